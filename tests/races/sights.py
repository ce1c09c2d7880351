"""What versions of the policy let each role see and do, as a small model tells it and as rules."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cache

from fhir_profiles.vocabulary import Category, Label
from rbac.policy import policy_of
from rbac.types import Act, Effect, Level, OrganisationKind, Policy, Purpose, Rule
from tests.safety.small_policy import administration

TREAT, ETREAT, BTG = "TREAT", "ETREAT", "BTG"
EMERGENCY = frozenset({ETREAT, BTG})
RANK = {"none": 0, "mask": 1, "summary": 2, "all": 3}
KINDS = {
    "gp": OrganisationKind.GENERAL_PRACTICE,
    "practice_admin": OrganisationKind.GENERAL_PRACTICE,
    "hospital_nurse": OrganisationKind.TRUST,
}


@dataclass(frozen=True)
class Sight:
    """What a version lets each role see of problems, by purpose, and who may break the glass at which step.

    Of what is not here the version knows nothing.
    """

    levels: dict[tuple[str, str], str]
    breaks_glass: frozenset[tuple[str, str]] = field(default_factory=frozenset)

    def shows_more_than(self, other: "Sight", *, in_emergencies_alone: bool = False) -> bool:
        """Say whether anybody sees or does more than under another version."""
        return bool(self.breaks_glass - other.breaks_glass) or any(
            RANK[level] > RANK[other.levels.get((role, purpose), "none")]
            for (role, purpose), level in self.levels.items()
            if purpose in EMERGENCY or not in_emergencies_alone
        )


GP, NURSE, DESK = "gp", "hospital_nurse", "practice_admin"
SIGHTS = (
    Sight(
        {
            (GP, TREAT): "all",
            (NURSE, TREAT): "summary",
            (DESK, TREAT): "mask",
            (GP, ETREAT): "all",
            (GP, BTG): "all",
            (NURSE, ETREAT): "summary",
        },
        frozenset({(GP, ETREAT), (GP, BTG), (NURSE, ETREAT)}),
    ),
    Sight(
        {
            (GP, TREAT): "all",
            (NURSE, TREAT): "none",
            (GP, ETREAT): "summary",
            (NURSE, ETREAT): "all",
            (NURSE, BTG): "all",
        },
        # A practice may look in an emergency, but none there may say that there is one.
        frozenset({(NURSE, ETREAT), (NURSE, BTG)}),
    ),
    Sight(
        {
            (NURSE, TREAT): "all",
            (DESK, TREAT): "none",
            (NURSE, ETREAT): "all",
            (NURSE, BTG): "none",
            (GP, ETREAT): "none",
        },
        frozenset({(NURSE, ETREAT), (NURSE, BTG), (GP, ETREAT)}),
    ),
    Sight({(GP, TREAT): "summary"}),
)


def policy_of_sight(sight: Sight) -> Policy:
    """Write a sight as rules; who sees none of what they would is denied by rows of their own."""
    return _policy(frozenset(sight.levels.items()), sight.breaks_glass)


@cache
def _policy(
    levels: frozenset[tuple[tuple[str, str], str]], breaks_glass: frozenset[tuple[str, str]]
) -> Policy:
    shown = [row for of_whom, level in sorted(levels) for row in _rows(*of_whom, Level(level))]
    rights = [_row(*each, Act.BREAK_GLASS) for each in sorted(breaks_glass)]
    return policy_of([*administration(), *shown, *rights])


def _rows(role: str, purpose: str, level: Level) -> Iterable[Rule]:
    for label in (Label.NORMAL, Label.OWN):
        shown = Level.ALL if level is Level.NONE else level
        allowed = replace(_row(role, purpose, Act.VIEW), label=label, level=shown)
        yield allowed
        if level is Level.NONE:
            yield replace(allowed, level=Level.NONE, effect=Effect.DENY)


def _row(role: str, purpose: str, act: Act) -> Rule:
    return Rule(
        role,
        KINDS[role],
        Category.PROBLEMS,
        Label.NORMAL,
        Purpose(purpose),
        act,
        Level.ALL,
        Effect.ALLOW,
    )
