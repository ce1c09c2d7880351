"""Say which cells of the ledger somebody was given, or may yet be, and whether the ledger can be gone by at all.

Pure. A cell is in the ledger before anybody is given it, so some were written for nothing: they count until it is certain
that nobody was given them (docs/decisions/0036).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from gateway.population.ledger import Attempt, PublishedCell

COUNTS = "counts-"
"""What the names begin with under which the ledger has counts that questions are answered from."""


@dataclass(frozen=True, slots=True)
class Given:
    """What is on record beside the ledger, releases by name; `counts`, whether counts were ever told.

    `given_up` has the generation in which a release ended that never was published.
    """

    published: frozenset[str] = frozenset()
    given_up: Mapping[str, int] = field(default_factory=dict)
    counts: bool = False


def that_count(cells: Iterable[PublishedCell], given: Given) -> tuple[PublishedCell, ...]:
    """Give the cells of each release's last attempt, but of a release that was given up after it.

    An attempt begins only while nothing is published, and whatever an earlier one made can then be published no more.
    """
    every, last = tuple(cells), dict[str, Attempt]()
    for each in every:
        last[each.release] = max(each.attempt, last.get(each.release, each.attempt))
    return tuple(
        each
        for each in every
        # An attempt that the records do not know of is later than they are: who was given it is not known.
        if each.attempt == last[each.release]
        and given.given_up.get(each.release, 0) <= each.attempt.generation
    )


def faults_of_ledger(cells: Sequence[PublishedCell], given: Given, under: str) -> Iterator[str]:
    """Say why nothing can be judged by cells that count: whom they count is under another key, or some are lacking."""
    if any(each.under != under for each in cells):
        yield "the ledger knows people under another key of the store: nothing can be compared with it"
    names = {each.release for each in cells}
    if given.published - names:
        yield "the ledger lacks releases that were published: it is another's, or an old copy, or was lost"
    if given.counts and not any(each.startswith(COUNTS) for each in names):
        yield "the ledger lacks counts that were told: it is another's, or an old copy, or was lost"
