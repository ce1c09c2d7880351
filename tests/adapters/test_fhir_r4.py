import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from adapters.ambulance import ambulance_adapter
from adapters.contract import Caller, Contact, Notice, NoticeKind, Outcome, Reason, SourceRequest
from adapters.fhir_r4 import FhirR4Adapter
from adapters.hospital import hospital_adapter
from adapters.source_config import Caps
from fhir_profiles.nhs_number import NhsNumber
from fhir_profiles.vocabulary import Category
from tests.adapters.stub_source import answer, bundle, client_for, hangs, routes, stub_source

NUMBER = NhsNumber("9990000018")
TOKEN = "https://fhir.nhs.uk/Id/nhs-number|9990000018"
CALLER = Caller("u", "p", "R0260", "Family", "Given", "F84004", "Practice")
PATIENT = {"resourceType": "Patient", "id": "p1"}
ENCOUNTER = {"resourceType": "Encounter", "id": "e1", "status": "finished"}
ALLERGY = {"resourceType": "AllergyIntolerance", "id": "a1"}
NOTHING = answer(bundle())
NOT_SAID = answer(b"", 404)
NOT_ALL_ASKED = Notice(NoticeKind.UNREADABLE_PART)


def request(*categories):
    asked = frozenset(categories or {Category.ENCOUNTERS, Category.ALLERGIES})
    return SourceRequest(NUMBER, CALLER, asked, UUID(int=7))


def declares(*types, everything=False, includes=()):
    operations = [{"name": "everything", "definition": "x"}] if everything else []
    resources = [
        {"type": one, "searchInclude": list(includes), "operation": operations}
        for one in ("Patient", *types)
    ]
    rest = [{"mode": "client"}, {"mode": "server", "resource": resources}]
    return {"resourceType": "CapabilityStatement", "rest": rest}


@asynccontextmanager
async def adapter_on(behave, surroundings, build=FhirR4Adapter, deadline=2.0, **changes):
    async with (
        stub_source(behave) as stub,
        client_for(stub.url, surroundings, deadline, **changes) as client,
    ):
        yield build(client, surroundings.monotonic), stub


async def ask(table, surroundings, otherwise=NOTHING, asked=None, **changes):
    behave = routes({"/fhir/metadata": NOT_SAID, **table}, otherwise)
    async with adapter_on(behave, surroundings, **changes) as (adapter, stub):
        return await adapter.ask(asked or request()), stub


SEARCHED = {
    "/fhir/Patient": bundle(PATIENT),
    "/fhir/Encounter": bundle(ENCOUNTER),
    "/fhir/AllergyIntolerance": bundle(ALLERGY),
}


async def test_a_server_that_does_not_say_is_searched_by_the_chained_identifier(surroundings):
    result, stub = await ask(SEARCHED, surroundings)

    assert (result.outcome, result.reason, len(result.bodies)) == (Outcome.DATA, Reason.NONE, 3)
    queries = {asked.path: asked.query for asked in stub.asked}
    assert queries["/fhir/Patient"] == {"identifier": [TOKEN], "_count": ["500"]}
    assert queries["/fhir/Encounter"] == {"patient.identifier": [TOKEN], "_count": ["500"]}


async def test_every_call_names_the_view_it_belongs_to(surroundings):
    _, stub = await ask(SEARCHED, surroundings)

    searched = [asked for asked in stub.asked if asked.path != "/fhir/metadata"]
    assert {asked.headers["x-correlation-id"] for asked in searched} == {str(UUID(int=7))}
    assert len({asked.headers["x-request-id"] for asked in stub.asked}) == len(stub.asked)


async def test_only_types_that_hold_what_was_asked_are_searched(surroundings):
    _, stub = await ask(SEARCHED, surroundings, asked=request(Category.ALLERGIES))

    assert set(stub.paths) == {"/fhir/metadata", "/fhir/Patient", "/fhir/AllergyIntolerance"}


async def test_only_types_that_the_server_declares_are_searched(surroundings):
    table = {**SEARCHED, "/fhir/metadata": declares("Encounter", "Goal", "Account")}
    _, stub = await ask(table, surroundings, asked=request(*Category))

    assert set(stub.paths) == {
        f"/fhir/{one}" for one in ("metadata", "Patient", "Encounter", "Goal")
    }


async def test_only_declared_includes_to_subjectless_types_are_asked_for(surroundings):
    includes = ("Encounter:location", "Encounter:subject", "AllergyIntolerance:patient", "*")
    table = {**SEARCHED, "/fhir/metadata": declares("Encounter", includes=includes)}
    _, stub = await ask(table, surroundings)

    [encounter] = [asked for asked in stub.asked if asked.path == "/fhir/Encounter"]
    assert encounter.query["_include"] == ["Encounter:location"]


async def test_what_included_roles_lead_to_is_asked_for_where_it_is_declared(surroundings):
    declared = declares(
        "Encounter", includes=["Encounter:participant", "PractitionerRole:practitioner"]
    )
    table = {**SEARCHED, "/fhir/metadata": declared}

    _, stub = await ask(table, surroundings, asked=request(Category.ENCOUNTERS))

    encounter = next(asked for asked in stub.asked if asked.path == "/fhir/Encounter")
    assert encounter.query["_include:iterate"] == ["PractitionerRole:practitioner"]


async def test_a_server_that_cannot_include_onward_is_asked_without(surroundings):
    async def refuses_to_iterate(asked, writer):
        can = "_include:iterate" not in asked.query
        await answer(bundle(ENCOUNTER) if can else {}, 200 if can else 400)(asked, writer)

    declared = declares(
        "Encounter", includes=["Encounter:participant", "PractitionerRole:practitioner"]
    )
    table = {**SEARCHED, "/fhir/metadata": declared, "/fhir/Encounter": refuses_to_iterate}

    result, _ = await ask(table, surroundings, asked=request(Category.ENCOUNTERS))

    assert (result.outcome, len(result.bodies)) == (Outcome.DATA, 2)


async def test_an_ambulance_service_is_asked_for_whatever_it_declares(surroundings):
    table = {**SEARCHED, "/fhir/metadata": declares("CarePlan")}

    _, stub = await ask(
        table, surroundings, asked=request(Category.CARE_PLANS), build=ambulance_adapter
    )

    assert "/fhir/CarePlan" in {asked.path for asked in stub.asked}


async def test_everything_is_used_where_it_is_declared(surroundings):
    record = bundle(PATIENT, ENCOUNTER)
    table = {
        "/fhir/metadata": declares("Encounter", everything=True),
        "/fhir/Patient": bundle(PATIENT),
        "/fhir/Patient/p1/$everything": record,
    }
    result, stub = await ask(table, surroundings)

    assert stub.paths == ["/fhir/metadata", "/fhir/Patient", "/fhir/Patient/p1/$everything"]
    assert (result.outcome, len(result.bodies)) == (Outcome.DATA, 1)
    assert stub.asked[-1].query == {"_count": ["500"]}


async def test_a_request_for_less_than_everything_gets_no_more(surroundings):
    table = {**SEARCHED, "/fhir/metadata": declares("Encounter", "Condition", everything=True)}
    _, stub = await ask(table, surroundings, asked=request(Category.ENCOUNTERS))

    assert set(stub.paths) == {"/fhir/metadata", "/fhir/Patient", "/fhir/Encounter"}


async def test_each_record_of_one_number_is_read(surroundings):
    other = {**PATIENT, "id": "p2"}
    table = {
        "/fhir/metadata": declares("Encounter", everything=True),
        "/fhir/Patient": bundle(PATIENT, other),
        "/fhir/Patient/p1/$everything": bundle(PATIENT, ENCOUNTER),
        "/fhir/Patient/p2/$everything": bundle(other),
    }
    result, _ = await ask(table, surroundings)

    assert (result.outcome, len(result.bodies)) == (Outcome.DATA, 2)


async def test_a_failed_everything_is_partial_with_the_patient_kept(surroundings):
    table = {
        "/fhir/metadata": declares("Encounter", everything=True),
        "/fhir/Patient": bundle(PATIENT),
        "/fhir/Patient/p1/$everything": answer(b"", 500),
    }
    result, _ = await ask(table, surroundings)

    assert (result.outcome, result.http_status, len(result.bodies)) == (Outcome.FAILED, 500, 1)
    assert {notice.category for notice in result.notices} == request().categories


async def test_a_patient_id_that_would_change_the_path_is_not_followed(surroundings):
    table = {
        "/fhir/metadata": declares("Encounter", everything=True),
        "/fhir/Patient": bundle({**PATIENT, "id": "../Patient/2"}),
    }
    result, stub = await ask(table, surroundings)

    assert (result.outcome, result.reason) == (Outcome.MALFORMED, Reason.UNREADABLE)
    assert len(stub.asked) == 2


@pytest.mark.parametrize("everything", [True, False])
async def test_nobody_found_is_empty(surroundings, everything):
    table = {"/fhir/metadata": declares("Encounter", everything=everything)}
    result, _ = await ask(table, surroundings)

    assert (result.outcome, result.bodies, result.notices) == (Outcome.EMPTY, (), ())


@pytest.mark.parametrize(
    "metadata",
    [
        answer(b"", 500),
        answer(b"not JSON"),
        answer({"resourceType": "OperationOutcome"}),
        answer(b"", 403),
        hangs,
    ],
    ids=["500", "no JSON", "other resource", "forbidden", "hangs"],
)
async def test_a_server_whose_declaration_fails_is_searched_and_not_taken_for_whole(
    surroundings, metadata
):
    table = {**SEARCHED, "/fhir/metadata": metadata}
    result, _ = await ask(table, surroundings, asked=request(*Category), deadline=0.6)

    assert (result.outcome, len(result.bodies)) == (Outcome.DATA, 3)
    assert result.notices == (NOT_ALL_ASKED,)


@pytest.mark.parametrize(
    "metadata",
    [
        NOT_SAID,
        answer({"resourceType": "CapabilityStatement", "rest": [{"mode": "client"}]}),
        answer(declares("Encounter", "AllergyIntolerance")),
    ],
    ids=["absent", "no server", "declared"],
)
async def test_a_server_that_says_what_or_that_nothing_is_declared_is_whole(surroundings, metadata):
    table = {**SEARCHED, "/fhir/metadata": metadata}
    result, _ = await ask(table, surroundings, asked=request(*Category))

    assert (result.outcome, result.notices) == (Outcome.DATA, ())


async def test_an_unread_declaration_takes_nothing_from_a_role_whose_every_type_is_asked(
    surroundings,
):
    table = {**SEARCHED, "/fhir/metadata": answer(b"", 500)}
    result, _ = await ask(table, surroundings, asked=request(Category.APPOINTMENTS))

    assert result.notices == ()


async def test_a_declaration_read_before_stands_when_it_cannot_be_read_again(
    surroundings, monotonic
):
    said = [answer(declares("Encounter")), answer(b"", 500)]

    async def metadata(asked, writer):
        await said.pop(0)(asked, writer)

    behave = routes({"/fhir/metadata": metadata}, NOTHING)
    async with adapter_on(behave, surroundings) as (adapter, _):
        await adapter.ask(request(*Category))
        monotonic.seconds += 3600
        result = await adapter.ask(request(*Category))

    assert (result.outcome, result.notices) == (Outcome.EMPTY, ())


@pytest.mark.parametrize(
    ("metadata", "kept_seconds"), [(declares("Encounter"), 3600), (answer(b"", 404), 60)]
)
async def test_a_declaration_is_kept_for_an_hour_and_its_absence_a_minute(
    surroundings, monotonic, metadata, kept_seconds
):
    behave = routes({"/fhir/metadata": metadata}, NOTHING)
    async with adapter_on(behave, surroundings) as (adapter, stub):
        for later in (0, kept_seconds - 1, 1):
            monotonic.seconds += later
            await adapter.ask(request())

    assert stub.paths.count("/fhir/metadata") == 2


async def test_a_declaration_that_failed_is_read_again_next_time(surroundings):
    behave = routes({"/fhir/metadata": answer(b"", 503)}, NOTHING)
    async with adapter_on(behave, surroundings) as (adapter, stub):
        await adapter.ask(request())
        await adapter.ask(request())

    assert stub.paths.count("/fhir/metadata") == 2


def pages_of(stub_pages):
    """Serve pages of Encounter by `page`; a value is (resource, next link)."""

    async def behave(asked, writer):
        resource, link = stub_pages[asked.query.get("page", ["1"])[0]]
        await answer(bundle(resource, next_link=link))(asked, writer)

    return {"/fhir/Patient": bundle(PATIENT), "/fhir/Encounter": behave}


async def test_pages_are_followed_in_order(surroundings):
    pages = {
        number: ({**ENCOUNTER, "id": f"e{number}"}, following)
        for number, following in (("1", "?page=2"), ("2", "Encounter?page=3"), ("3", None))
    }
    result, _ = await ask(pages_of(pages), surroundings, asked=request(Category.ENCOUNTERS))

    encounters = [body for body in result.bodies if b"Encounter" in body]
    assert result.outcome is Outcome.DATA
    assert [f'"e{number}"'.encode() in body for number, body in enumerate(encounters, 1)] == [
        True
    ] * 3


@pytest.mark.parametrize(
    ("link", "reason"),
    [
        ("http://169.254.169.254/latest", Reason.PAGING_HOST),
        ("?page=1&same=1", Reason.PAGING_LOOP),
    ],
)
async def test_so_14_a_bad_next_link_is_failed_with_the_good_pages_kept(surroundings, link, reason):
    pages = {"1": (ENCOUNTER, link)}
    result, _ = await ask(pages_of(pages), surroundings, asked=request(Category.ENCOUNTERS))

    assert (result.outcome, result.reason) == (Outcome.FAILED, reason)
    assert any(b"Encounter" in body for body in result.bodies)


async def test_so_14_pages_without_end_stop_at_the_cap(surroundings):
    async def behave(asked, writer):
        following = int(asked.query.get("page", ["1"])[0]) + 1
        await answer(bundle(ENCOUNTER, next_link=f"?page={following}"))(asked, writer)

    table = {"/fhir/Patient": bundle(PATIENT), "/fhir/Encounter": behave}
    result, stub = await ask(
        table, surroundings, asked=request(Category.ENCOUNTERS), caps=Caps(pages=10)
    )

    assert (result.outcome, result.reason) == (Outcome.FAILED, Reason.PAGING_LIMIT)
    assert len(stub.asked) <= 11


FAULTS = {
    "no content": (answer(b"", 204), Outcome.FAILED, Reason.HTTP_STATUS),
    "redirect": (answer(b"", 302, location="http://127.0.0.1:1/"), Outcome.FAILED, Reason.REDIRECT),
    "bad request": (answer(b"{}", 400), Outcome.FAILED, Reason.HTTP_STATUS),
    "unauthorised": (answer(b"{}", 401), Outcome.REFUSED, Reason.UNAUTHORISED),
    "forbidden": (answer(b"{}", 403), Outcome.REFUSED, Reason.UNAUTHORISED),
    "not found": (answer(b"{}", 404), Outcome.FAILED, Reason.NOT_FOUND),
    "too many": (answer(b"{}", 429), Outcome.FAILED, Reason.HTTP_STATUS),
    "server fault": (answer(bundle(), 500), Outcome.FAILED, Reason.HTTP_STATUS),
    "gateway fault": (answer(bundle(), 502), Outcome.FAILED, Reason.HTTP_STATUS),
    "sign-in page": (
        answer(b"<html>", content_type="text/html"),
        Outcome.FAILED,
        Reason.CONTENT_TYPE,
    ),
    "refusal": (answer({"resourceType": "OperationOutcome"}), Outcome.FAILED, Reason.NOT_A_BUNDLE),
    "no JSON": (answer(b"{"), Outcome.MALFORMED, Reason.UNREADABLE),
    "no body": (answer(b""), Outcome.MALFORMED, Reason.UNREADABLE),
    "deep": (answer(b"[" * 100_000), Outcome.MALFORMED, Reason.UNREADABLE),
    "no Bundle": (answer(ENCOUNTER), Outcome.MALFORMED, Reason.NOT_A_BUNDLE),
    "no search": (answer(bundle(type="history")), Outcome.MALFORMED, Reason.NOT_A_BUNDLE),
    "nothing of many": (answer(bundle(total=7)), Outcome.MALFORMED, Reason.PART_UNREADABLE),
    "odd links": (answer(bundle(link="x")), Outcome.MALFORMED, Reason.UNREADABLE),
    "hangs": (hangs, Outcome.TIMED_OUT, Reason.DEADLINE),
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_so_08_so_12_a_fault_is_its_outcome_and_never_empty(surroundings, fault):
    behave, outcome, reason = FAULTS[fault]
    table = {"/fhir/metadata": declares("Encounter", "AllergyIntolerance")}
    result, _ = await ask(table, surroundings, otherwise=behave, deadline=0.2)

    assert (result.outcome, result.reason, result.bodies) == (outcome, reason, ())


@pytest.mark.parametrize("fault", FAULTS)
async def test_one_failed_search_makes_the_answer_failed_and_keeps_the_rest(surroundings, fault):
    behave, outcome, reason = FAULTS[fault]
    result, _ = await ask(
        {**SEARCHED, "/fhir/AllergyIntolerance": behave}, surroundings, deadline=0.2
    )

    assert (result.outcome, result.reason, len(result.bodies)) == (outcome, reason, 2)
    [notice] = result.notices
    assert (notice.kind, notice.category) == (NoticeKind.UNREADABLE_PART, Category.ALLERGIES)


async def test_of_several_faults_the_same_one_names_the_answer_every_time(surroundings):
    table = {
        "/fhir/Patient": answer(b"{"),
        "/fhir/Encounter": answer(b"", 403),
        "/fhir/AllergyIntolerance": answer(b"", 500),
    }
    result, _ = await ask(table, surroundings)

    assert (result.outcome, result.http_status) == (Outcome.FAILED, 500)
    assert len(result.notices) == 3


@pytest.mark.parametrize("resource", [{"id": 5}, "text", {"resourceType": ["Encounter"]}])
@pytest.mark.parametrize("remark", [{}, {"resourceType": "OperationOutcome"}])
async def test_an_entry_of_the_wrong_shape_leaves_its_neighbours_readable(
    surroundings, resource, remark
):
    odd = bundle(ENCOUNTER, remark)
    odd["entry"].append({"resource": resource})
    result, _ = await ask({**SEARCHED, "/fhir/Encounter": odd}, surroundings)

    assert (result.outcome, result.reason) == (Outcome.MALFORMED, Reason.PART_UNREADABLE)
    assert len(result.bodies) == 3


@pytest.mark.parametrize("has_another", [True, False])
async def test_a_patient_whose_id_cannot_be_read_is_kept_and_its_record_is_missing(
    surroundings, has_another
):
    nameless = {**PATIENT, "id": 5}
    table = {
        "/fhir/metadata": declares("Encounter", everything=True),
        "/fhir/Patient": bundle(nameless, *[PATIENT] * has_another),
        "/fhir/Patient/p1/$everything": bundle(PATIENT),
    }
    result, stub = await ask(table, surroundings)

    assert (result.outcome, result.reason) == (Outcome.MALFORMED, Reason.UNREADABLE)
    assert (len(result.bodies), len(stub.asked)) == (1 + has_another, 2 + has_another)


async def test_patients_that_are_none_are_kept_for_the_caller_to_judge(surroundings):
    table = {
        "/fhir/metadata": declares("Encounter", everything=True),
        "/fhir/Patient": bundle(ENCOUNTER),
    }
    result, stub = await ask(table, surroundings)

    assert (result.outcome, result.reason) == (Outcome.MALFORMED, Reason.PART_UNREADABLE)
    assert (len(result.bodies), len(stub.asked)) == (1, 2)


def remark(*issues, mode="outcome"):
    outcome = {"resourceType": "OperationOutcome", "issue": list(issues)}
    return {"resource": outcome, **({"search": {"mode": mode}} if mode else {})}


ERROR = {"severity": "error", "code": "processing"}
GAPS = {
    "no resource": {"search": {"mode": "match"}},
    "null for a resource": {"resource": None},
    "a response alone": {"response": {"status": "500"}},
    "no type": {"resource": {"id": "e9"}},
    "a Bundle": {"resource": bundle(ENCOUNTER)},
    "Parameters": {"resource": {"resourceType": "Parameters"}, "search": {"mode": "include"}},
    "an error": remark(ERROR),
    "an error as a match": remark(ERROR, mode="match"),
    "an error as an include": remark(ERROR, mode="include"),
    "an error without a mode": remark(ERROR, mode=None),
    "a fatal error": remark({"severity": "fatal"}),
    "an error after a warning": remark({"severity": "warning", "code": "value"}, ERROR),
    "a warning of a cut": remark({"severity": "warning", "code": "too-costly"}),
    "a note of what is held back": remark({"severity": "information", "code": "suppressed"}),
    "an unknown severity": remark({"severity": "grave"}),
    "an issue of the wrong shape": remark("text"),
    "a remark without issues": remark(),
}


@pytest.mark.parametrize("gap", GAPS)
async def test_a_page_with_a_sign_of_something_missing_is_partial(surroundings, gap):
    page = bundle(ENCOUNTER)
    page["entry"].append(GAPS[gap])
    result, _ = await ask({**SEARCHED, "/fhir/Encounter": page}, surroundings)

    assert (result.outcome, result.reason) == (Outcome.MALFORMED, Reason.PART_UNREADABLE)
    assert len(result.bodies) == 3
    assert result.notices == (Notice(NoticeKind.UNREADABLE_PART, Category.ENCOUNTERS),)


@pytest.mark.parametrize("gap", ["no resource", "a Bundle", "a warning of a cut"])
async def test_a_whole_record_with_a_sign_of_something_missing_is_partial(surroundings, gap):
    page = bundle(PATIENT, ENCOUNTER)
    page["entry"].append(GAPS[gap])
    table = {
        "/fhir/metadata": declares("Encounter", everything=True),
        "/fhir/Patient": bundle(PATIENT),
        "/fhir/Patient/p1/$everything": page,
    }
    result, _ = await ask(table, surroundings)

    assert (result.outcome, result.reason) == (Outcome.MALFORMED, Reason.PART_UNREADABLE)


@pytest.mark.parametrize("code", ["informational", "processing", "value"])
async def test_a_warning_of_nothing_missing_leaves_the_page_whole(surroundings, code):
    page = bundle(ENCOUNTER)
    page["entry"].append(remark({"severity": "warning", "code": code}))
    result, _ = await ask({**SEARCHED, "/fhir/Encounter": page}, surroundings)

    assert (result.outcome, result.notices) == (Outcome.DATA, ())


async def test_a_gap_beside_the_patient_does_not_keep_the_record_away(surroundings):
    table = {
        "/fhir/metadata": declares("Encounter", everything=True),
        "/fhir/Patient": bundle(PATIENT, total=2),
        "/fhir/Patient/p1/$everything": bundle(PATIENT, ENCOUNTER),
    }
    result, _ = await ask(table, surroundings)

    assert (result.outcome, result.reason) == (Outcome.MALFORMED, Reason.PART_UNREADABLE)
    [body] = result.bodies
    assert b"Encounter" in body


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


FORMER = NhsNumber("9000000009")


@pytest.mark.parametrize("everything", [True, False])
async def test_a_person_is_asked_for_by_every_number_they_had(surroundings, everything):
    table = {
        **SEARCHED,
        "/fhir/metadata": declares("Encounter", everything=everything),
        "/fhir/Patient/p1/$everything": bundle(PATIENT),
    }
    asked = replace(request(*Category), former_numbers=(FORMER, NUMBER))
    _, stub = await ask(table, surroundings, asked=asked)

    tokens = f"{TOKEN},https://fhir.nhs.uk/Id/nhs-number|{FORMER.digits}"
    searched = [one.query for one in stub.asked if one.path in SEARCHED]
    named = {*(one.get("identifier", one.get("patient.identifier"))[0] for one in searched)}
    assert named == {tokens}


async def test_a_remark_of_the_server_is_not_data(surroundings):
    told = bundle(total=0)
    issue = {"resourceType": "OperationOutcome", "issue": [{"severity": "information"}]}
    told["entry"].append({"resource": issue, "search": {"mode": "outcome"}})
    result, _ = await ask({}, surroundings, otherwise=answer(told))

    assert result.outcome is Outcome.EMPTY


async def test_so_09_all_pages_together_stay_under_the_cap(surroundings):
    large = bundle({**ENCOUNTER, "note": "x" * 4000})
    result, _ = await ask(
        {**SEARCHED, "/fhir/Encounter": large, "/fhir/AllergyIntolerance": large},
        surroundings,
        caps=Caps(decoded_bytes=6000),
    )

    assert (result.outcome, result.reason) == (Outcome.FAILED, Reason.TOO_LARGE)


async def test_an_open_breaker_is_failed_and_never_empty(surroundings):
    async with adapter_on(routes({}, NOTHING), surroundings) as (adapter, stub):
        for _ in range(5):
            adapter.report_wrong_patient()
        result = await adapter.ask(request())

    assert (result.outcome, result.reason) == (Outcome.FAILED, Reason.BREAKER_OPEN)
    assert stub.connections == 0


async def test_av_12_a_caller_who_leaves_stops_every_search(surroundings):
    async with adapter_on(routes({}, hangs), surroundings) as (adapter, stub):
        task = asyncio.create_task(adapter.ask(request()))
        await stub.was_asked.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.wait_for(stub.hung_up.wait(), 1)


def encounter(status, start=None, end=None):
    return {**ENCOUNTER, "status": status, "period": {"start": start, "end": end}}


async def probe(encounters, surroundings, build=hospital_adapter):
    behave = routes({"/fhir/Encounter": bundle(*encounters)})
    async with adapter_on(behave, surroundings, build) as (adapter, stub):
        return await adapter.contacts(NUMBER), stub


async def test_the_probe_asks_for_four_elements_of_encounters_and_nothing_else(surroundings):
    _, stub = await probe([], surroundings)

    [asked] = stub.asked
    assert asked.path == "/fhir/Encounter"
    assert asked.query == {
        "patient.identifier": [TOKEN],
        "_elements": ["id,status,period,subject"],
        "_count": ["500"],
    }


async def test_contacts_are_told_in_utc(surroundings):
    found, _ = await probe(
        [
            encounter("finished", "2026-07-01T10:00:00+01:00", "2026-07-02"),
            encounter("in-progress", "2026-01-01T10:00:00"),
            encounter("unknown", "2026-07", "soon"),
        ],
        surroundings,
    )

    assert found.outcome is Outcome.DATA
    assert found.contacts == (
        Contact(
            "finished", datetime(2026, 7, 1, 9, tzinfo=UTC), datetime(2026, 7, 1, 23, tzinfo=UTC)
        ),
        Contact("in-progress", datetime(2026, 1, 1, 10, tzinfo=UTC), None),
        Contact("unknown", None, None),
    )


async def test_encounters_that_never_happened_found_nothing(surroundings):
    found, _ = await probe(
        [encounter("cancelled"), encounter("entered-in-error"), PATIENT], surroundings
    )

    assert (found.outcome, found.contacts) == (Outcome.EMPTY, ())


@pytest.mark.parametrize(
    ("build", "status"), [(ambulance_adapter, "in-progress"), (hospital_adapter, "planned")]
)
async def test_an_open_call_is_care_under_way_for_an_ambulance_only(surroundings, build, status):
    found, _ = await probe([encounter("planned", "2026-01-01")], surroundings, build)

    assert [contact.status for contact in found.contacts] == [status]


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_failed_probe_founds_nothing(surroundings, fault):
    behave, outcome, _ = FAULTS[fault]
    async with adapter_on(behave, surroundings, hospital_adapter, deadline=0.15) as (adapter, _):
        found = await adapter.contacts(NUMBER)

    assert (found.outcome, found.contacts) == (outcome, ())


async def test_a_contact_beside_a_gap_is_still_a_contact(surroundings):
    page = bundle(encounter("in-progress", "2026-01-01"), total=2)
    async with adapter_on(routes({"/fhir/Encounter": page}), surroundings) as (adapter, _):
        found = await adapter.contacts(NUMBER)

    assert (found.outcome, len(found.contacts)) == (Outcome.DATA, 1)


async def test_a_probe_with_an_odd_period_founds_nothing(surroundings):
    found, _ = await probe([{**ENCOUNTER, "period": "today"}], surroundings)

    assert (found.outcome, found.contacts) == (Outcome.MALFORMED, ())


async def test_an_ambulance_is_not_asked_for_what_it_never_holds(surroundings):
    async with adapter_on(routes({}, NOTHING), surroundings, ambulance_adapter) as (adapter, stub):
        await adapter.ask(request(*Category))
        await adapter.aclose()

    assert "/fhir/Observation" in stub.paths
    assert not {"/fhir/Immunization", "/fhir/Appointment"} & set(stub.paths)
