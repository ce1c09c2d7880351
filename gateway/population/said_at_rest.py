"""Say from the Patients at rest who is in the store, whom each source calls what, and against whom any of them speaks.

Decides nothing about opt-outs: those are no part of any record.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from gateway.population.objections import NamedByAnotherKeyError
from gateway.population.opt_outs import OptOutRule
from gateway.population.pulled import patient_rows, standing_pull
from gateway.population.rows_at_rest import read_row

Name = tuple[str, str]
"""A source, and what its rows have for a person (`Row.name`)."""

Pulls = Mapping[str, int | None]
"""By source, the last pull that counts; None is the newest."""


@dataclass(frozen=True, slots=True)
class Said:
    """Everybody who is a Patient, and of them who is flagged and who has died, by whichever source.

    Shape: `names` has for each source the names of its rows' people that are theirs.
    """

    everybody: frozenset[str] = field(repr=False)
    names: Mapping[str, frozenset[str]] = field(repr=False)
    flagged: frozenset[str] = field(repr=False)
    dead: frozenset[str] = field(repr=False)

    def barred(self, rule: OptOutRule) -> frozenset[str]:
        """Give those whom a dataset leaves out by what is said of them."""
        return self.flagged if rule.has_the_dead else self.flagged | self.dead

    def gone_by(self, later: "Said") -> frozenset[Name]:
        """Give the names that are no longer their people's, by each source's own word."""
        return frozenset(
            (source, name)
            for source, names in self.names.items()
            for name in names - later.names.get(source, frozenset())
        )


def said_in(store: Path, pulls: Pulls, rule: OptOutRule) -> Said:
    """Read all Patients of the pulls that stand. Raises AlteredPartitionError."""
    everybody, flagged, dead, names = set[str](), set[str](), set[str](), {}
    for source, through in pulls.items():
        known = set[str]()
        for row in map(read_row, patient_rows(store / source, through)):
            known.add(row.name)
            everybody.add(row.id)
            if row.is_restricted or rule.bars(row.labels):
                flagged.add(row.id)
            if row.is_dead:
                dead.add(row.id)
        names[source] = frozenset(known)
    return Said(frozenset(everybody), names, frozenset(flagged), frozenset(dead))


def must_be_named_by(store: Path, key_mark: str, pulls: Pulls | None = None) -> None:
    """See that all people of the pulls that stand, of the newest unless others are given, are named by one key.

    Raises NamedByAnotherKeyError, with the sources that are to be pulled from anew.
    """
    wanted = newest_in(store) if pulls is None else pulls
    stand = ((each, standing_pull(store / each, through)) for each, through in wanted.items())
    others = sorted(each for each, found in stand if found and found.key_mark != key_mark)
    if others:
        raise NamedByAnotherKeyError(
            f"People of {', '.join(others)} were not named by the store's key that is current: pull from there anew, and"
            " ask for releases that were begun before once more. Nothing is released before."
        )


def newest_in(store: Path) -> Pulls:
    """Name all sources of the store, also those that nothing is pulled from any more, each with its newest pull."""
    found = sorted(store.iterdir()) if store.is_dir() else []
    return {each.name: None for each in found}
