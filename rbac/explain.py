"""Say which rule or guard decides what a role sees of an item, and what would change it.

Decides nothing: the level is the one that requests look up. Knows no patient.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from fhir_profiles.vocabulary import HARD_BARRED, Category, Label
from rbac.bars import shows_person_outside_care
from rbac.canonical import fields_of
from rbac.decide import CompiledPolicy
from rbac.types import Act, Effect, Level, OrganisationKind, Policy, Purpose, Rule


class DecidedBy(StrEnum):
    """What decided."""

    GUARD_LABEL = "guard: nobody sees items with this label, whatever a policy says"
    GUARD_OUTSIDE_CARE = "guard: this role, or this purpose, never shows one person's record"
    DENY_RULE = "a deny rule"
    NO_RULE = "no rule allows it"
    ALLOW_RULE = "the allow rule of the lowest level"


@dataclass(frozen=True, slots=True)
class Item:
    """One kind of item that one role at one kind of organisation asks to see, for one purpose."""

    role: str
    organisation_kind: OrganisationKind
    purpose: Purpose
    category: Category
    labels: frozenset[Label]


class Change(StrEnum):
    """What to do with a rule."""

    ADD = "add"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True)
class Step:
    """One change of a policy."""

    change: Change
    rule: Rule


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a level is what it is.

    `rules` decided it. `steps`, all taken, would raise it; there are none where a guard decides or all is shown.
    """

    level: Level
    decided_by: DecidedBy
    rules: tuple[Rule, ...]
    steps: tuple[Step, ...]


def explain(policy: Policy, compiled: CompiledPolicy, item: Item) -> Explanation:
    """Explain the level of an item under a policy."""
    levels = compiled.levels_for(item.role, item.organisation_kind, item.purpose)
    level = Level.NONE if levels is None else levels.level_of(item.category, item.labels)
    guard = _guard(item)
    if guard is not None:
        return Explanation(level, guard, (), ())
    cells = [
        _Cell(_would_show(item, label), tuple(_matching(policy.rules, item, label)))
        for label in _counted(item.labels)
    ]
    lowest = [cell for cell in cells if cell.level is level]
    return Explanation(
        level,
        min((cell.decided_by for cell in lowest), key=list(DecidedBy).index),
        tuple(rule for cell in lowest for rule in cell.deciding),
        () if level is Level.ALL else tuple(step for cell in lowest for step in cell.steps(level)),
    )


@dataclass(frozen=True, slots=True)
class _Cell:
    """One of the pairs (category, label) that an item's level is the lowest over."""

    whole: Rule
    rules: tuple[Rule, ...]

    @property
    def denying(self) -> tuple[Rule, ...]:
        return tuple(rule for rule in self.rules if rule.effect is Effect.DENY)

    @property
    def level(self) -> Level:
        levels = [Level.NONE] if self.denying else [rule.level for rule in self.rules]
        return min(levels, key=lambda level: level.rank, default=Level.NONE)

    @property
    def deciding(self) -> tuple[Rule, ...]:
        return self.denying or tuple(rule for rule in self.rules if rule.level is self.level)

    @property
    def decided_by(self) -> DecidedBy:
        if self.denying:
            return DecidedBy.DENY_RULE
        return DecidedBy.ALLOW_RULE if self.rules else DecidedBy.NO_RULE

    def steps(self, level: Level) -> Iterator[Step]:
        """Give what would show the cell whole."""
        kept = [rule for rule in self.rules if rule not in self.deciding]
        yield from (Step(Change.REMOVE, rule) for rule in self.deciding)
        if not any(rule.level.rank > level.rank for rule in kept):
            yield Step(Change.ADD, self.whole)


def _guard(item: Item) -> DecidedBy | None:
    if item.labels & HARD_BARRED:
        return DecidedBy.GUARD_LABEL
    if shows_person_outside_care(_would_show(item, Label.NORMAL)):
        return DecidedBy.GUARD_OUTSIDE_CARE
    return None


def _counted(labels: frozenset[Label]) -> list[Label]:
    # As Levels.level_of counts them: `own` stands in for the sexual-health label.
    counted = labels - {Label.SEXUAL_HEALTH} if Label.OWN in labels else labels
    return sorted(counted | {Label.NORMAL})


def _would_show(item: Item, label: Label) -> Rule:
    return Rule(
        item.role,
        item.organisation_kind,
        item.category,
        label,
        item.purpose,
        Act.VIEW,
        Level.ALL,
        Effect.ALLOW,
    )


def _matching(rules: Iterable[Rule], item: Item, label: Label) -> Iterator[Rule]:
    wanted = fields_of(_would_show(item, label))
    for rule in rules:
        if fields_of(replace(rule, level=Level.ALL, effect=Effect.ALLOW)) == wanted:
            yield rule
