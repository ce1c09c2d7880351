"""Tables to put through the gate, made so that a test says only what matters to it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from gateway.population.declaration import Declaration
from gateway.population.gate import GatedCounts, gate_counts
from gateway.population.ledger import LedgerInMemory
from gateway.population.tables import CellName, CellNow, CountTable

TODAY = date(2026, 6, 1)
DECLARATION = Declaration(
    release="r1",
    dataset="violence",
    purpose="where to patrol",
    legal_basis="Serious Violence Duty",
    recipient="Community Safety Partnership",
    agreement="DSA-17",
    ends_on=date(2026, 12, 31),
    setting="the partnership's analysts, on its own system",
)


def named(value: object) -> str:
    """Name a value of a test alike in every process of a run, whatever order its sets have there."""
    if isinstance(value, Mapping):
        return " ".join(f"{key}={named(each)}" for key, each in value.items()) or "all"
    if isinstance(value, set | frozenset):
        return "+".join(sorted(map(str, value))) or "none"
    return str(value)


def members(*spans: range) -> frozenset[int]:
    return frozenset(each for span in spans for each in span)


def cell(*spans: range, population: int = 1_000) -> CellNow:
    """Count these people, once each."""
    who = members(*spans)
    return CellNow(len(who), who, population)


def by_area(
    cells: Mapping[str, CellNow],
    measure: str = "assaults",
    margins: tuple[tuple[str, ...], ...] = ((),),
) -> CountTable:
    """Lay cells out by area in one year, with the whole as their margin."""
    return CountTable(
        measure,
        {"year": "2025"},
        ("area",),
        {(area,): each for area, each in cells.items()},
        margins,
    )


def released(ledger: LedgerInMemory, *tables: CountTable, release: str = "r1") -> dict[str, str]:
    """Put tables through the gate, and tell each cell by its values: `whole` for the margin of all."""
    gated = gate_counts(replace(DECLARATION, release=release), tables, ledger, TODAY)
    assert isinstance(gated, GatedCounts), gated
    return {
        _said(name): str(each) for table in gated.tables for name, each in table.published.items()
    }


def _said(name: CellName) -> str:
    return "+".join(value for key, value in name.where if key not in ("year", "period")) or "whole"
