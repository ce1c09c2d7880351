"""Let a release pass, or refuse it with the reasons: in every doubt, and whenever anything here fails, refuse it.

`GatedCounts` and `GatedRows` are made here and nowhere else; nothing but these is written into a release
(docs/decisions/0030, section 1). Decides no rule itself: each is in a file of its own.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from gateway.population.anonymity import Database, faults_of, measured
from gateway.population.attacks import AttackResult, attacks_on_counts, attacks_on_rows
from gateway.population.counting import GatedTable, ToldTable, gated_table
from gateway.population.declaration import Declaration, faults_of_declaration
from gateway.population.ledger import ReleaseLedger
from gateway.population.profile import DisclosureProfile, Measure
from gateway.population.suppression import CannotProtect
from gateway.population.tables import CountTable
from gateway.population.views.quoting import identifier


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why nothing may leave. Holds no number and nobody: names of columns and cells, and rules."""

    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RowsRefusal(Refusal):
    """Why no rows may leave, which may tell that somebody has died or opted out: planners are told none of it."""


@dataclass(frozen=True, slots=True)
class GatedCounts:
    """Tables that may leave as they are here."""

    declaration: Declaration
    tables: tuple[ToldTable, ...]
    attacks: tuple[AttackResult, ...]
    costs_rounded_to: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class GatedRows:
    """A table of rows that may leave: just these columns, in the order in which they stand.

    It names the table and holds no copy: whoever writes it reads it before anything else is run on that database.
    """

    declaration: Declaration
    table: str
    columns: tuple[str, ...]
    attacks: tuple[AttackResult, ...]


def gate_counts(
    declaration: Declaration,
    tables: tuple[CountTable, ...],
    ledger: ReleaseLedger,
    today: date,
) -> GatedCounts | Refusal:
    """Protect tables of counts and costs, remember every cell, and only then let them pass."""
    return _or_refused(lambda: _counts(declaration, tables, ledger, today))


def gate_rows(
    declaration: Declaration,
    profile: DisclosureProfile,
    database: Database,
    table: str,
    today: date,
) -> GatedRows | Refusal:
    """Let a table of rows pass if it keeps to its profile and withstands every attack."""
    return _or_refused(lambda: _rows(declaration, profile, database, table, today))


Passed = TypeVar("Passed", GatedCounts, GatedRows)


def _or_refused(judge: Callable[[], Passed | Refusal]) -> Passed | Refusal:
    try:
        return judge()
    except Exception as fault:  # noqa: BLE001 - whatever fails here, nothing may leave
        # Only the kind of failure: its words may quote a row.
        return Refusal((f"the gate could not judge this release: {type(fault).__name__}",))


def _counts(
    declaration: Declaration,
    tables: tuple[CountTable, ...],
    ledger: ReleaseLedger,
    today: date,
) -> GatedCounts | Refusal:
    faults = (*faults_of_declaration(declaration, today), *_faults_of_tables(tables))
    if faults:
        return Refusal(faults)
    told, gated = tuple(ledger.published()), list[GatedTable]()
    attacks = list[AttackResult]()
    for table in tables:
        one = gated_table(declaration.release, table, told)
        if isinstance(one, CannotProtect):
            return Refusal(
                (f"a total of {table.measure} tells a part of it, whatever is kept back",)
            )
        attacks += attacks_on_counts(one, told)
        told, gated = (*told, *one.remembered), [*gated, one]
    tried = tuple(attacks)
    passed = GatedCounts(declaration, tuple(each.told for each in gated), tried, _roundings(tables))
    return _unless_attacked(tried, lambda: _remembered(passed, gated, ledger))


def _remembered(passed: GatedCounts, gated: list[GatedTable], ledger: ReleaseLedger) -> GatedCounts:
    ledger.remember(cell for each in gated for cell in each.remembered)
    return passed


def _roundings(tables: tuple[CountTable, ...]) -> tuple[int, ...]:
    return tuple(sorted({each.rounded_to for each in tables if each.rounded_to is not None}))


def _faults_of_tables(tables: tuple[CountTable, ...]) -> tuple[str, ...]:
    empty = tuple(f"{each.measure} has no cell" for each in tables if not each.cells)
    of_nobody = tuple(
        f"{each.measure} counts something of nobody" for each in tables if _counts_nobody(each)
    )
    return (*empty, *of_nobody) or (() if tables else ("there is no table to release",))


def _counts_nobody(table: CountTable) -> bool:
    return any(each.count and not each.members for each in table.cells.values())


def _rows(
    declaration: Declaration,
    profile: DisclosureProfile,
    database: Database,
    table: str,
    today: date,
) -> GatedRows | Refusal:
    faults = (
        *faults_of_declaration(declaration, today),
        *_faults_of_columns(declaration, profile, _columns_of(database, table)),
    )
    if faults := faults or _faults_of_rows(database, table, profile):
        return Refusal(faults)
    if short := tuple(
        fault for each in measured(database, table, profile) for fault in faults_of(each, profile)
    ):
        return Refusal(short)
    attacks = attacks_on_rows(database, table, profile)
    return _unless_attacked(
        attacks, lambda: GatedRows(declaration, table, profile.columns, attacks)
    )


def _unless_attacked(
    attacks: tuple[AttackResult, ...], let_pass: Callable[[], Passed]
) -> Passed | Refusal:
    failed = tuple(f"{each.attack}: {each.tried}" for each in attacks if not each.is_withstood)
    return Refusal(failed) if failed else let_pass()


def _columns_of(database: Database, table: str) -> tuple[str, ...]:
    described = database.execute(f"DESCRIBE {identifier(table)}").fetchall()
    return tuple(str(name) for name, *_kind in described)


def _faults_of_columns(
    declaration: Declaration, profile: DisclosureProfile, columns: tuple[str, ...]
) -> tuple[str, ...]:
    unknown = sorted({*columns} - {*profile.columns})
    missing = sorted({*profile.columns} - {*columns})
    other = () if profile.dataset == declaration.dataset else ("the profile is another dataset's",)
    return (
        *other,
        *(f"the column {each} is not declared" for each in unknown),
        *(f"the declared column {each} is missing" for each in missing),
    )


def _faults_of_rows(database: Database, table: str, profile: DisclosureProfile) -> tuple[str, ...]:
    """Say what is wrong with the rows one by one: none, nobody's, or with an amount that is not rounded."""
    checks = {
        "some rows are nobody's": f"count(*) FILTER ({identifier(profile.person)} IS NULL) > 0",
        "there is no row to release": "count(*) = 0",
    } | {
        f"{each.name} is not rounded to {each.rounded_to}": _is_not_rounded(each)
        for each in profile.measures
    }
    (found,) = database.execute(
        f"SELECT {', '.join(checks.values())} FROM {identifier(table)}"  # noqa: S608 - names are quoted
    ).fetchall()
    return tuple(fault for fault, is_so in zip(checks, found, strict=True) if is_so)


def _is_not_rounded(measure: Measure) -> str:
    amount = identifier(measure.name)
    return f"count(*) FILTER ({amount} IS NULL OR {amount} % {measure.rounded_to} <> 0) > 0"
