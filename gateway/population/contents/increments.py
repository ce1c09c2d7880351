"""Say whose rows wait, because too few people come or go between two releases of rows of one dataset.

Pure, over the ledger's members; which project was given the earlier rows makes no difference, for projects may lay theirs side
by side. Whoever came among 1 to 7 waits for others; where 1 to 7 have gone nobody can be put back, and there is no release
(docs/decisions/0035).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from gateway.population.differencing import Members, isolates
from gateway.population.ledger import PublishedCell
from gateway.population.small_numbers import SUPPRESSED
from gateway.population.tables import CellName, CellNow

_MEASURE = "rows"


@dataclass(frozen=True, slots=True)
class RowsBefore:
    """Whose rows an earlier release had."""

    project: str
    members: Members = field(repr=False)


def rows_cell(release: str, dataset: str, project: str, members: Members) -> PublishedCell:
    """Give what the ledger keeps of a release of rows: no number is told of it, so no table's cell is laid beside it."""
    name = CellName.of(_MEASURE, {"dataset": dataset, "project": project})
    now = CellNow(len(members), members, len(members))
    return PublishedCell(release, name, str(SUPPRESSED), now)


def rows_before(published: Iterable[PublishedCell], dataset: str) -> Iterator[RowsBefore]:
    """Give the earlier releases of a dataset's rows, in their order."""
    for each in published:
        where = dict(each.name.where)
        if each.name.measure == _MEASURE and where["dataset"] == dataset:
            yield RowsBefore(where["project"], each.cell.members)


def waiting(now: Members, before: Iterable[RowsBefore]) -> Members:
    """Give those who came among fewer than 8, beside any earlier release: their rows wait.

    Who waits is no longer there for the next comparison, so it goes on until nobody more does.
    """
    earlier, staying = tuple(before), now
    while few := next(
        (came for each in earlier if isolates(len(came := staying - each.members))), None
    ):
        staying -= few
    return now - staying


def too_few_differ(now: Members, before: Iterable[RowsBefore]) -> bool:
    """Say whether rows of these people tell, beside any earlier release, of 1 to 7 who came or went."""
    return any(
        isolates(len(now - each.members)) or isolates(len(each.members - now)) for each in before
    )
