"""What a server states as its total is held against what it gave."""

import pytest

from adapters.contract import Outcome
from fhir_profiles.vocabulary import Category
from tests.adapters.fhir_r4.asking import ENCOUNTER, PATIENT, SEARCHED, ask, declares, request
from tests.adapters.stub_source import answer, bundle


def entries(*modes):
    return [
        {
            "resource": {**ENCOUNTER, "id": f"e{number}"},
            **({"search": {"mode": one}} if one else {}),
        }
        for number, one in enumerate(modes)
    ]


@pytest.mark.parametrize(
    ("modes", "total", "outcome"),
    [
        (["match"], 1, Outcome.DATA),
        (["match"], 50, Outcome.MALFORMED),
        (["match"], 0, Outcome.DATA),
        (["match"], None, Outcome.DATA),
        ([None, "match"], 2, Outcome.DATA),
        (["match", "include"], 2, Outcome.MALFORMED),
        (["match", "include"], 1, Outcome.DATA),
        (["match", "outcome"], 2, Outcome.MALFORMED),
    ],
)
async def test_fewer_matches_than_the_server_states_are_not_all(
    surroundings, modes, total, outcome
):
    page = bundle(entry=entries(*modes), total=total)
    result, _ = await ask({**SEARCHED, "/fhir/Encounter": page}, surroundings)

    assert (result.outcome, len(result.bodies)) == (outcome, 3)


@pytest.mark.parametrize(
    ("total", "outcome"), [(3, Outcome.DATA), (2, Outcome.DATA), (4, Outcome.MALFORMED)]
)
async def test_a_whole_record_counts_what_surrounds_the_patient_too(surroundings, total, outcome):
    whole = bundle(PATIENT, total=total)
    whole["entry"] += entries("include", None)
    table = {
        "/fhir/metadata": declares("Encounter", everything=True),
        "/fhir/Patient": bundle(PATIENT),
        "/fhir/Patient/p1/$everything": whole,
    }
    result, _ = await ask(table, surroundings)

    assert result.outcome is outcome


@pytest.mark.parametrize(
    ("second", "totals", "outcome"),
    [
        ("e2", (2, 2), Outcome.DATA),
        ("e2", (2, None), Outcome.DATA),
        ("e2", (3, None), Outcome.MALFORMED),
        ("e2", (None, 3), Outcome.MALFORMED),
        ("e1", (2, 2), Outcome.MALFORMED),
    ],
    ids=["all", "stated first", "one short", "stated last", "the same again"],
)
async def test_a_total_is_held_against_all_pages_together(surroundings, second, totals, outcome):
    async def behave(asked, writer):
        is_last = "page" in asked.query
        one = {**ENCOUNTER, "id": second if is_last else "e1"}
        link = None if is_last else "?page=2"
        await answer(bundle(one, next_link=link, total=totals[is_last]))(asked, writer)

    table = {"/fhir/Patient": bundle(PATIENT), "/fhir/Encounter": behave}
    result, _ = await ask(table, surroundings, asked=request(Category.ENCOUNTERS))

    assert (result.outcome, len(result.bodies)) == (outcome, 3)


async def test_an_empty_last_page_after_all_that_was_stated_is_no_gap(surroundings):
    async def behave(asked, writer):
        found = [] if "page" in asked.query else [ENCOUNTER]
        link = "?page=2" if found else None
        await answer(bundle(*found, next_link=link, total=1))(asked, writer)

    table = {"/fhir/Patient": bundle(PATIENT), "/fhir/Encounter": behave}
    result, _ = await ask(table, surroundings, asked=request(Category.ENCOUNTERS))

    assert (result.outcome, len(result.bodies)) == (Outcome.DATA, 2)
