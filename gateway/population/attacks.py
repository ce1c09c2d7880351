"""Attack what is about to leave as a reader would, with what the gate knows to be true at hand to see whether it worked.

Run on every release; whatever succeeds refuses it. Shares no decision with the rules that made the release: it looks at what
would be published and nothing else.
Source of T15: Y. de Montjoye and others, Unique in the Crowd, 2013, doi:10.1038/srep01376 (four points tell most people).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import cast

from gateway.population.alike_in_secret import secrets_told
from gateway.population.anonymity import Database, listed, people_in_classes
from gateway.population.counting import GatedTable
from gateway.population.dominance import Costs, LargestShares, PercentRule, is_dominated
from gateway.population.intervals import Interval, Known, Sum, narrow_intervals
from gateway.population.ledger import PublishedCell
from gateway.population.linked_tables import Linkable, linked_to
from gateway.population.profile import DisclosureProfile
from gateway.population.small_numbers import (
    SMALLEST_SHOWN,
    PublishedCount,
    Rounded,
    possible_counts,
)
from gateway.population.suppression import FEWEST_VALUES, MOST, Beside, Total
from gateway.population.tables import CellNow
from gateway.population.views.quoting import identifier

EVENTS_KNOWN = 4
TARGETS = 1_000
MOST_UNIQUE = 0.01
"""One in a hundred of those attacked. Judgement."""


@dataclass(frozen=True, slots=True)
class AttackResult:
    """What an attack came to: it is withstood while `found` is no more than `allowed`."""

    attack: str
    tried: str
    found: float
    allowed: float = 0

    @property
    def is_withstood(self) -> bool:
        """Whether it failed."""
        return self.found <= self.allowed


def attacks_on_counts(
    gated: GatedTable, earlier: Iterable[PublishedCell]
) -> tuple[AttackResult, ...]:
    """Attack one table of counts or costs, with all that readers had before."""
    if gated.are_costs:
        return (_dominated_cells(gated),)
    return _small_cells(gated), _cells_told_by_sums(gated, earlier)


def attacks_on_rows(
    database: Database, table: str, profile: DisclosureProfile
) -> tuple[AttackResult, ...]:
    """Attack a table of rows."""
    always = (
        _register_joins(database, table, profile),
        _alike_in_secret(database, table, profile),
        _order(database, table, profile),
    )
    if not profile.event:
        return always
    return (
        *always,
        _one_known_event(database, table, profile),
        _four_known_events(database, table, profile),
    )


def _small_cells(gated: GatedTable) -> AttackResult:
    shown = [each for each in gated.remembered if each.is_shown]
    small = sum(0 < len(each.cell.members) < SMALLEST_SHOWN for each in shown)
    return AttackResult("T11", "cells of 1 to 7 people that show a number", small)


def _cells_told_by_sums(gated: GatedTable, earlier: Iterable[PublishedCell]) -> AttackResult:
    """Solve for each count of few, here and earlier, with all that is shown; of what is not, only that it is some number."""
    cells = {each.name: each.cell for each in gated.remembered}
    finest = tuple(gated.told.finest.values())
    unsaid = {each.name for each in gated.remembered if not each.is_shown and not each.cell.count}
    beside = linked_to(cells, finest, gated.told.dimensions, earlier, unsaid)
    sums = (*_sums(gated), *beside.sums)
    before = {name: each.shown for name, each in beside.cells.items()}
    shown = {name: _told(each) for name, each in gated.told.published.items()}
    few: dict[Linkable, float] = {
        name: _doubt(each) for name, each in cells.items() if _is_of_few(each)
    }
    asked = few | _still_in_doubt(beside, Known({**dict.fromkeys(cells, _ANY), **before}, sums))
    told = narrow_intervals(Known({**before, **shown}, sums), asked)
    return AttackResult("T12", "counts of few that sums tell, with what was told before", len(told))


def _still_in_doubt(
    beside: Beside[Linkable], known_before: Known[Linkable]
) -> dict[Linkable, float]:
    """Give the doubts of earlier counts of few, but for those that readers could work out without this table."""
    doubts = {name: each.doubt for name, each in beside.cells.items() if each.is_sensitive}
    had = narrow_intervals(known_before, doubts) if doubts else {}
    return {name: each for name, each in doubts.items() if name not in had}


def _is_of_few(cell: CellNow) -> bool:
    return 0 < cell.count < SMALLEST_SHOWN or 0 < len(cell.members) < SMALLEST_SHOWN


def _doubt(cell: CellNow) -> float:
    """Say how wide a count of few must stay: of few people's many contacts, as wide as they are many."""
    return FEWEST_VALUES - 1.0 if cell.count < SMALLEST_SHOWN else cell.count


def _sums(gated: GatedTable) -> tuple[Sum[Linkable], ...]:
    totals: tuple[Total[Linkable], ...] = tuple(
        Total(each.total, each.parts) for each in gated.told.totals
    )
    return tuple(each.as_sum for each in totals)


def _told(published: PublishedCount | int) -> Interval:
    if isinstance(published, Rounded):
        possible = possible_counts(published)
        return Interval(possible[0], possible[-1])
    return _ANY


_ANY = Interval(0, MOST)


def _dominated_cells(gated: GatedTable) -> AttackResult:
    shown = [each.cell for each in gated.remembered if each.is_shown]
    rules = PercentRule(), LargestShares()
    told = sum(
        any(
            is_dominated(Costs(each.count, len(each.members), each.largest), rule) for rule in rules
        )
        or 0 < len(each.members) < SMALLEST_SHOWN
        for each in shown
    )
    return AttackResult("T13", "costs that tell what one person cost", told)


def _register_joins(database: Database, table: str, profile: DisclosureProfile) -> AttackResult:
    """Join a register of everybody on each set of columns that it may have: how few may each person be among?"""
    worst = sum(
        _number(
            database,
            f"SELECT count(*) FROM ({people_in_classes(table, columns, profile.person)}) "  # noqa: S608
            f"WHERE people < {profile.fewest_people}",
        )
        for columns in profile.known_subsets()
    )
    return AttackResult("T7", "sets of known columns that leave fewer people than allowed", worst)


def _alike_in_secret(database: Database, table: str, profile: DisclosureProfile) -> AttackResult:
    told = secrets_told(database, table, profile)
    return AttackResult(
        "T8", "sets of people of whom something is told that is not so of all", told
    )


def _order(database: Database, table: str, profile: DisclosureProfile) -> AttackResult:
    """Look for rows that are not in the order of what they say: their order would say something more."""
    row = f"row({listed(profile.columns)})"
    pairs = f"SELECT {row} AS here, lag({row}) OVER () AS above FROM {identifier(table)}"  # noqa: S608
    found = _number(database, f"SELECT count(*) FROM ({pairs}) WHERE here < above")  # noqa: S608
    return AttackResult("T17", "rows that are not in the order of the pseudonym", found)


def _one_known_event(database: Database, table: str, profile: DisclosureProfile) -> AttackResult:
    classes = people_in_classes(table, profile.event, profile.person)
    few = _number(database, f"SELECT count(*) FROM ({classes}) WHERE people < {SMALLEST_SHOWN}")  # noqa: S608
    return AttackResult("T14", "events that fewer than 8 people had", few)


def _four_known_events(database: Database, table: str, profile: DisclosureProfile) -> AttackResult:
    """Give the share of people whom any four of their events, chosen blindly, tell from everybody else."""
    attacked, unique = _numbers(database, _unique_by_events(table, profile.person, profile.event))
    share = unique / attacked if attacked else 0.0
    return AttackResult("T15", "people whom four events tell from all others", share, MOST_UNIQUE)


def _unique_by_events(table: str, person: str, event: Sequence[str]) -> str:
    """Give SQL for how many people were attacked, and how many of them are found.

    Whoever had all four had the rarest of them: so few are looked at first that it is as quick among millions.
    """
    return f"""
        WITH events AS (
            SELECT DISTINCT dense_rank() OVER (ORDER BY {identifier(person)}) AS person,
                dense_rank() OVER (ORDER BY row({listed(event)})) AS event
            FROM {identifier(table)}
        ), chosen AS (
            SELECT person, event, count(*) OVER (PARTITION BY person) AS had,
                row_number() OVER (PARTITION BY person ORDER BY hash(person, event), event) AS turn
            FROM events
        ), targets AS (
            SELECT DISTINCT person FROM chosen WHERE had >= {EVENTS_KNOWN} ORDER BY person LIMIT {TARGETS}
        ), frequent AS (
            SELECT event, count(*) AS people FROM events GROUP BY event
        ), known AS (
            SELECT person, event, row_number() OVER (PARTITION BY person ORDER BY people, event) AS rarity
            FROM chosen JOIN frequent USING (event)
            WHERE turn <= {EVENTS_KNOWN} AND person IN (SELECT person FROM targets)
        ), had_the_rarest AS (
            SELECT known.person, events.person AS candidate
            FROM known JOIN events USING (event) WHERE rarity = 1
        ), candidates AS (
            SELECT rarest.person, candidate
            FROM had_the_rarest AS rarest
            JOIN known ON known.person = rarest.person AND rarity > 1
            JOIN events ON events.person = candidate AND events.event = known.event
            GROUP BY ALL HAVING count(*) = {EVENTS_KNOWN} - 1
        )
        SELECT (SELECT count(*) FROM targets), count(*)
        FROM (SELECT person FROM candidates GROUP BY person HAVING count(*) = 1)"""  # noqa: S608


def _number(database: Database, query: str) -> int:
    (number,) = _numbers(database, query)
    return number


def _numbers(database: Database, query: str) -> tuple[int, ...]:
    (row,) = database.execute(query).fetchall()
    return cast("tuple[int, ...]", row)
