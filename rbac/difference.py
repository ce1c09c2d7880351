"""Say what a change of policy changes: rows, cells of the matrix, acts, and who must agree to it.

Decides no request. Source of who must agree: docs/decisions/0013, section 2.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from fhir_profiles.vocabulary import Category, Label
from rbac.bars import EMERGENCY_PURPOSES
from rbac.canonical import fields_of
from rbac.decide import CompiledPolicy
from rbac.matrix import MatrixRow, widened
from rbac.types import Act, OrganisationKind, Policy, Purpose, Rule

GUARDED_LABELS = frozenset(
    {Label.SEXUAL_HEALTH, Label.MENTAL_HEALTH, Label.SUBSTANCE, Label.SAFEGUARDING}
)
"""Labels that only a Caldicott Guardian loosens; substance misuse is treated as mental health."""


@dataclass(frozen=True, slots=True, order=True)
class ActRow:
    """One act that one role at one kind of organisation may do upon a category, for one purpose."""

    role: str
    organisation_kind: OrganisationKind
    purpose: Purpose
    act: Act
    category: Category


@dataclass(frozen=True, slots=True)
class Difference:
    """All that differs between two policies, sorted. Cells stand as the policy that shows more has them."""

    added: tuple[Rule, ...]
    removed: tuple[Rule, ...]
    widened: tuple[MatrixRow, ...]
    narrowed: tuple[MatrixRow, ...]
    gained: tuple[ActRow, ...]
    lost: tuple[ActRow, ...]

    @property
    def is_widening(self) -> bool:
        """Say whether anybody sees or does more."""
        return bool(self.widened or self.gained)

    @property
    def needs_guardian(self) -> bool:
        """Say whether a guarded label is loosened or an emergency right is added."""
        return any(
            row.label in GUARDED_LABELS or row.purpose in EMERGENCY_PURPOSES for row in self.widened
        ) or any(row.purpose in EMERGENCY_PURPOSES for row in self.gained)


@dataclass(frozen=True, slots=True)
class Side:
    """A policy and what it allows."""

    policy: Policy
    compiled: CompiledPolicy


def difference_of(before: Side, after: Side) -> Difference:
    """Compare two policies."""
    earlier, later = set(before.policy.rules), set(after.policy.rules)
    could, can = set(_acts(before.compiled)), set(_acts(after.compiled))
    return Difference(
        added=tuple(sorted(later - earlier, key=fields_of)),
        removed=tuple(sorted(earlier - later, key=fields_of)),
        widened=widened(before.compiled, after.compiled),
        narrowed=widened(after.compiled, before.compiled),
        gained=tuple(sorted(can - could)),
        lost=tuple(sorted(could - can)),
    )


def _acts(compiled: CompiledPolicy) -> Iterator[ActRow]:
    for scope, levels in compiled.levels.items():
        for act, category in levels.acts:
            # What is shown stands in the matrix, level by level.
            if act is not Act.VIEW:
                yield ActRow(scope.role, scope.organisation_kind, scope.purpose, act, category)
