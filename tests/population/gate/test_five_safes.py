"""The report on a release says what it was for and what was tried, and tells nobody's number."""

import json
from dataclasses import asdict

from gateway.population.five_safes import five_safes_of_counts, five_safes_of_rows
from gateway.population.gate import GatedCounts, GatedRows, gate_counts, gate_rows
from gateway.population.ledger import LedgerInMemory
from tests.population.gate.row_samples import PROFILE, alike, rows
from tests.population.gate.samples import DECLARATION, TODAY, by_area, cell


def test_a_report_on_counts_says_who_may_do_what_and_what_was_tried():
    gated = gate_counts(DECLARATION, (by_area({"E1": cell(range(4321))}),), LedgerInMemory(), TODAY)
    assert isinstance(gated, GatedCounts)

    report = five_safes_of_counts(gated)

    assert report.projects == ("where to patrol", "Serious Violence Duty")
    assert report.people == ("Community Safety Partnership", "DSA-17, until 2026-12-31")
    assert [each["attack"] for each in report.attacks] == ["T11", "T12"]
    assert all(each["withstood"] for each in report.attacks)
    assert "432" not in json.dumps(asdict(report))


def test_a_report_on_rows_says_how_alike_people_are():
    gated = gate_rows(DECLARATION, PROFILE, rows(alike(40)), "people", TODAY)
    assert isinstance(gated, GatedRows)

    assert five_safes_of_rows(gated, PROFILE).data == (
        "at least 8 people are alike by any five of: area, sex",
        "of kind these have at least 2 values, and are within 0.3 of everybody",
    )
