"""Attack what is about to leave as a reader would, with what the gate knows to be true at hand to see whether it worked.

Run on every release; whatever succeeds refuses it. Shares no decision with the rules that made the release: it looks at what
would be published and nothing else.
Source of T15: Y. de Montjoye and others, Unique in the Crowd, 2013, doi:10.1038/srep01376 (four points tell most people).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from gateway.population.anonymity import (
    Database,
    listed,
    people_in_classes,
    variety_of_classes,
)
from gateway.population.counting import GatedTable
from gateway.population.dominance import Costs, LargestShares, PercentRule, is_dominated
from gateway.population.intervals import Interval, Known, Sum, narrow_intervals
from gateway.population.profile import DisclosureProfile
from gateway.population.small_numbers import (
    SMALLEST_SHOWN,
    PublishedCount,
    Rounded,
    possible_counts,
)
from gateway.population.suppression import FEWEST_VALUES, MOST
from gateway.population.tables import CellName
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


def attacks_on_counts(gated: GatedTable) -> tuple[AttackResult, ...]:
    """Attack one table of counts or costs."""
    if gated.are_costs:
        return (_dominated_cells(gated),)
    return _small_cells(gated), _cells_told_by_totals(gated)


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


def _cells_told_by_totals(gated: GatedTable) -> AttackResult:
    """Solve for each count of 1 to 7 with all that is shown; nothing is known of what is not, but that it is some number."""
    small = [each.name for each in gated.remembered if 0 < each.cell.count < SMALLEST_SHOWN]
    bounds = {name: _told(each) for name, each in gated.told.published.items()}
    known = Known(bounds, _sums(gated))
    told = narrow_intervals(known, dict.fromkeys(small, FEWEST_VALUES - 1.0))
    return AttackResult("T12", "counts of 1 to 7 that totals tell to within four", len(told))


def _sums(gated: GatedTable) -> tuple[Sum[CellName], ...]:
    return tuple(
        Sum({each.total: 1, **dict.fromkeys(each.parts, -1)}, Interval(0, 0))
        for each in gated.told.totals
    )


def _told(published: PublishedCount | int) -> Interval:
    if isinstance(published, Rounded):
        possible = possible_counts(published)
        return Interval(possible[0], possible[-1])
    return Interval(0, MOST)


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
    """Learn something of somebody without finding them: all who might be them are alike, or unlike everybody else."""
    told = sum(
        _number(
            database,
            f"SELECT count(*) FROM ({variety_of_classes(table, columns, profile.person, each.name)}) "  # noqa: S608
            f"WHERE fewest < {each.fewest_values} OR distance > {profile.furthest} + 1e-9",
        )
        for columns in profile.known_subsets()
        for each in profile.sensitive
    )
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
