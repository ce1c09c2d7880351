"""Report what makes a release safe, under the five headings that a governance lead decides by.

Pure data: words and the results of the attacks, no count of anybody. Decides nothing; what may leave has left the gate before.
Source: T. Desai, F. Ritchie, R. Welpton, Five Safes: designing data access for research, 2016.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from gateway.population.attacks import AttackResult
from gateway.population.declaration import Declaration
from gateway.population.gate import GatedCounts, GatedRows
from gateway.population.profile import DisclosureProfile
from gateway.population.small_numbers import ROUNDED_TO, SMALLEST_SHOWN, SUPPRESSED, Rounded

Sayings: TypeAlias = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FiveSafes:
    """What is said under each heading, and what was tried."""

    projects: Sayings
    people: Sayings
    settings: Sayings
    data: Sayings
    outputs: Sayings
    attacks: tuple[Mapping[str, str | float | bool], ...]


def five_safes_of_counts(gated: GatedCounts) -> FiveSafes:
    """Report on tables of counts and costs, by what was done to them."""
    told = [each for table in gated.tables for each in table.published.values()]
    kept_back = any(
        value == SUPPRESSED and name not in table.small
        for table in gated.tables
        for name, value in table.published.items()
    )
    rules = (
        *((_COUNTS,) if any(isinstance(each, Rounded) for each in told) else ()),
        *(
            f"costs are rounded to {each} pounds; one that is of 1 to {_FEW} people, or mostly of two, is kept back"
            for each in gated.costs_rounded_to
        ),
        *((_FURTHER,) if kept_back else ()),
        "no sum of what is told tells a count that is kept back for its size to within four",
        f"what has changed by 1 to {_FEW} people since it was told is told as it was, or kept back: "
        f"it may lag by up to {_FEW} who came and {_FEW} who went",
    )
    return _report(gated.declaration, rules, gated.attacks)


_FEW = SMALLEST_SHOWN - 1
_COUNTS = f"counts of 1 to {_FEW} are kept back, all others are rounded to the nearest {ROUNDED_TO}"
_FURTHER = (
    "other cells are kept back too, lest sums, differences or other releases tell of a few people"
)


def five_safes_of_rows(gated: GatedRows, profile: DisclosureProfile) -> FiveSafes:
    """Report on rows."""
    known = ", ".join(profile.quasi_identifiers)
    rules = (
        f"at least {profile.fewest_people} people are alike by any five of: {known}",
        *(
            f"of {each.name} these have at least {each.fewest_values} values, and are within "
            f"{profile.furthest} of everybody"
            for each in profile.sensitive
        ),
    )
    return _report(gated.declaration, rules, gated.attacks)


def _report(
    declaration: Declaration, rules: Sayings, attacks: tuple[AttackResult, ...]
) -> FiveSafes:
    return FiveSafes(
        projects=(declaration.purpose, declaration.legal_basis),
        people=(
            declaration.recipient,
            f"{declaration.agreement}, until {declaration.ends_on.isoformat()}",
        ),
        settings=(declaration.setting,),
        data=rules,
        outputs=tuple(f"{each.attack} withstood: {each.tried}" for each in attacks),
        attacks=tuple(_told(each) for each in attacks),
    )


def _told(attack: AttackResult) -> Mapping[str, str | float | bool]:
    return {
        "attack": attack.attack,
        "tried": attack.tried,
        "found": attack.found,
        "allowed": attack.allowed,
        "withstood": attack.is_withstood,
    }
