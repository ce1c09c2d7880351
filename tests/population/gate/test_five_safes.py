"""The report on a release says what it was for and what was tried, and tells nobody's number."""

import json
from dataclasses import asdict

from gateway.population.five_safes import five_safes_of_counts, five_safes_of_rows
from gateway.population.gate import GatedCounts, GatedRows, gate_counts, gate_rows
from gateway.population.ledger import LedgerInMemory
from gateway.population.tables import CellNow, CountTable
from tests.population.gate.row_samples import PROFILE, alike, rows
from tests.population.gate.samples import DECLARATION, TODAY, by_area, cell, members


def test_a_report_on_counts_says_who_may_do_what_and_what_was_tried():
    gated = gate_counts(DECLARATION, (by_area({"E1": cell(range(4321))}),), LedgerInMemory(), TODAY)
    assert isinstance(gated, GatedCounts)

    report = five_safes_of_counts(gated)

    assert report.projects == ("where to patrol", "Serious Violence Duty")
    assert report.people == ("Community Safety Partnership", "DSA-17, until 2026-12-31")
    assert [each["attack"] for each in report.attacks] == ["T11", "T12"]
    assert all(each["withstood"] for each in report.attacks)
    assert "432" not in json.dumps(asdict(report))


def said_of(*tables: CountTable) -> tuple[str, ...]:
    gated = gate_counts(DECLARATION, tables, LedgerInMemory(), TODAY)
    assert isinstance(gated, GatedCounts)
    return five_safes_of_counts(gated).data


def test_a_report_on_counts_says_what_was_done_to_them_and_no_more():
    whole = said_of(by_area({"E1": cell(range(40))}))
    small = said_of(
        by_area({"E1": cell(range(40)), "E2": cell(range(50, 53)), "E3": cell(range(60, 64))})
    )
    further = said_of(
        by_area({"E1": cell(range(23)), "E2": cell(range(50, 73)), "E3": cell(range(90, 91))})
    )

    assert whole == small
    assert whole[0] == "counts of 1 to 7 are kept back, all others are rounded to the nearest 5"
    assert "lag by up to 7 who came and 7 who went" in whole[-1]
    assert [each for each in further if each not in whole] == [
        "other cells are kept back too, lest sums, differences or other releases tell of a few people"
    ]


def test_a_report_on_costs_says_how_they_are_rounded():
    one = CellNow(2_000, members(range(20)), 1_000, (100, 100))

    said = said_of(CountTable("cost", {}, ("area",), {("E1",): one}, rounded_to=1000))

    assert said[0].startswith("costs are rounded to 1000 pounds")
    assert not any("nearest 5" in each for each in said)


def test_a_report_on_rows_says_how_alike_people_are():
    gated = gate_rows(DECLARATION, PROFILE, rows(alike(40)), "people", TODAY)
    assert isinstance(gated, GatedRows)

    assert five_safes_of_rows(gated, PROFILE).data == (
        "at least 8 people are alike by any five of: area, sex",
        "of kind these have at least 2 values, and are within 0.3 of everybody",
    )
