"""Every way in which a FHIR R4 source can be wrong is seen for what it is."""

import pytest

from adapters.source_config import Auth
from gateway.source_report.seen import Standing
from gateway.source_report.trials import all_trials
from tests.adapters.stub_source import FakeMonotonic, answer, bundle
from tests.patient.factories import NUMBER
from tests.source_report.conftest import (
    PATIENT,
    condition,
    on_trial,
    outcome,
    pages_of,
    statement,
)

PLAIN = answer(b"no", 401, "text/plain")


def problems(seen):
    return {name for name, each in seen.items() if each.standing is Standing.PROBLEM}


async def test_a_good_source_has_no_problem(source, report):
    seen = await report(source)

    assert problems(seen) == set()
    assert seen["description"].saw == "CapabilityStatement of FHIR 4.0.1, Stub 1"
    assert seen["bad token"].saw == "refused with status 401"
    assert seen["paging"].saw == "2 pages of 1 give all 2 Condition"
    assert "$everything" not in seen


@pytest.mark.parametrize(
    ("question", "behave", "trial", "saw"),
    [
        ("metadata", outcome(404), "description", "status 404"),
        ("metadata", {"resourceType": "Bundle"}, "description", "but Bundle"),
        ("metadata", {"resourceType": "<b>"}, "description", "but something else"),
        ("metadata", answer(b"["), "description", "cannot be read as JSON"),
        ("metadata", statement(mode="client"), "description", "no part for a server"),
        ("metadata", statement(version="3.0.1"), "description", "of FHIR 3.0.1"),
        ("metadata", statement(version=""), "description", "no stated version"),
        ("metadata", statement(parameter="code"), "missing searches", "not by patient: Condition"),
        ("metadata", {**statement(), "rest": [{"mode": "server"}]}, "missing searches", "Patient"),
        ("bad token", answer(bundle()), "bad token", "not refused: status 200"),
        ("bad token", PLAIN, "bad token", "without an OperationOutcome"),
        ("nobody", answer(bundle(PATIENT)), "unknown person", "people are found"),
        ("unknown parameter", outcome(500), "unknown parameter", "neither refused nor"),
        ("unknown parameter", answer(b"no", 400), "unknown parameter", "without an OperationO"),
        ("unknown type", answer(bundle()), "unknown type", "status 200, an answer"),
        ("unknown type", answer(b"{}", 404), "unknown type", "without an OperationOutcome"),
        ("patient", bundle(), "test person", "no Patient has this number"),
        ("patient", bundle({**PATIENT, "identifier": []}), "test person", "1 of 1 found carry"),
        ("patient", outcome(200), "test person", "no readable searchset"),
        ("conditions", outcome(403), "Condition by patient", "status 403"),
        ("conditions", bundle(condition(), total=3), "Condition by patient", "fewer results"),
        ("conditions", bundle(PATIENT), "Condition by patient", "1 of 1 are not said to be"),
        ("small pages", outcome(410), "paging", "status 410"),
        ("small pages", pages_of(condition("c1")), "paging", "pages of 1 give fewer Condition"),
    ],
)
async def test_one_thing_wrong_is_one_problem(source, report, question, behave, trial, saw):
    seen = await report(source.but(question, behave))

    assert problems(seen) == {trial}
    assert saw in seen[trial].saw
    assert seen[trial].remedy.endswith(".")


@pytest.mark.parametrize(
    "subject",
    [
        {"reference": "Patient/p2"},
        {"display": "somebody"},
        {"identifier": {"system": "other", "value": NUMBER.digits}},
    ],
)
async def test_items_that_do_not_say_whose_they_are_would_be_dropped(source, report, subject):
    seen = await report(
        source.but("conditions", bundle(condition(), condition("c2", subject=subject)))
    )

    assert "1 of 2 are not said to be about the Patient found" in seen["Condition by patient"].saw


@pytest.mark.parametrize(
    "form", ["Patient/p1/_history/3", "urn:uuid:7f", "{base}/Patient/p1", None]
)
async def test_every_form_of_reference_to_the_patient_found_is_taken(source, report, form):
    async def conditions(asked, writer):
        base = f"http://{asked.headers['host']}/fhir"
        told = {"reference": form and form.format(base=base)}
        if form is None:
            told = {
                "identifier": {
                    "system": "https://fhir.nhs.uk/Id/nhs-number",
                    "value": NUMBER.digits,
                }
            }
        await answer(bundle(condition("c1", subject=told), condition("c2")))(asked, writer)

    found = bundle(PATIENT)
    found["entry"][0]["fullUrl"] = "urn:uuid:7f"
    seen = await report(source.but("patient", found).but("conditions", conditions))

    assert problems(seen) == set()


async def test_a_source_that_ignores_what_it_does_not_know_is_told_of_it(source, report):
    seen = await report(source.but("unknown parameter", bundle()))

    assert seen["unknown parameter"].standing is Standing.REMARK


async def test_a_source_that_ignores_the_page_size_is_told_of_it(source, report):
    seen = await report(source.but("small pages", bundle(condition("c1"), condition("c2"))))

    assert seen["paging"].saw == "_count is ignored: everything comes on one page"


async def test_a_source_that_shows_no_token_is_not_tried_with_a_bad_one(source, report):
    seen = await report(source, auth=Auth())

    assert seen["bad token"].saw == "auth kind none shows no token"
    assert seen["admission"].saw == "a search with no credentials is answered"


EVERYTHING = {"type": "Patient", "interaction": [], "operation": [{"name": "$everything"}]}


@pytest.mark.parametrize(
    ("given", "saw"),
    [
        (bundle(PATIENT, condition("c1"), condition("c2")), "3 items on 1 page"),
        (bundle(PATIENT, condition("c1")), "leaves out 1 item that the searches give"),
        (outcome(501), "status 501"),
    ],
)
async def test_everything_is_held_against_the_searches(source, report, given, saw):
    declared = statement()
    declared["rest"][0]["resource"][0] |= {"operation": EVERYTHING["operation"]}

    seen = await report(source.but("metadata", declared).but("everything", given))

    assert seen["$everything"].saw == saw
    assert (seen["$everything"].standing is Standing.FINE) is ("items" in saw)


async def test_a_patient_whose_id_is_no_fhir_id_cannot_be_asked_for_everything(source, report):
    declared = statement()
    declared["rest"][0]["operation"] = EVERYTHING["operation"]
    found = bundle({**PATIENT, "id": "p/1"})

    seen = await report(source.but("metadata", declared).but("patient", found))

    assert seen["$everything"].saw == "the Patient's id is no FHIR id"


@pytest.mark.parametrize(("pause", "is_fine"), [(10, True), (20, False)])
async def test_a_source_that_takes_over_half_its_time_is_too_slow(source, report, pause, is_fine):
    clock = FakeMonotonic()

    async def slowly(asked, writer):
        clock.seconds += pause
        await answer(bundle())(asked, writer)

    seen = await report(source.but("nobody", slowly), monotonic=clock)

    assert (seen["timing"].standing is Standing.FINE) is is_fine
    assert (
        seen["timing"].saw == f"p50 of 5 small questions: {pause * 1000:.0f} ms, deadline 30000 ms"
    )


async def test_a_source_that_breaks_off_while_it_is_timed_is_told_of_it(source, report):
    asked_before = []

    async def breaks_off(asked, writer):
        asked_before.append(1)
        if len(asked_before) > 4:
            writer.close()
        else:
            await answer(bundle())(asked, writer)

    seen = await report(source.but("nobody", breaks_off))

    assert seen["timing"].saw.endswith("not all were answered")


async def test_a_token_endpoint_that_gives_no_token_is_named(source, report):
    auth = Auth(
        kind="client-credentials", client_id="me", secret="s", token_url="http://127.0.0.1:9/t"
    )

    seen = await report(source, auth=auth)

    assert problems(seen) == {"connection"}


async def test_the_number_goes_to_the_source_alone_and_only_where_the_adapter_sends_it(source):
    async with on_trial(source) as (trial, stub):
        seen = [each async for each in all_trials(trial, NUMBER)]

    told = repr(seen) + repr(trial)
    carrying = {asked.path for asked in stub.asked if NUMBER.digits in asked.target}
    assert NUMBER.digits not in told
    assert carrying == {"/fhir/Patient", "/fhir/Condition"}
