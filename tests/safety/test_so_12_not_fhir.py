"""What is JSON and not FHIR (SO-12): what cannot be read or proven is counted, the good beside it is shown.

Corpus: the cases of the HL7 FHIR validator, all through the join, a sample through the whole service.
`SCR_PROVE_COUNT` sets how large the sample is, and lets the longest answer be as long as its bytes may be.
"""

import json
from collections.abc import Mapping
from random import Random
from typing import Any

import orjson
import pytest

from adapters.contract import Outcome, SourceAnswer
from adapters.stu3_to_r4 import map_bundle
from fhir_profiles.headers import subjects_of
from fhir_profiles.spans import read_resource
from gateway.patient.join import View
from gateway.patient.verify import verify
from gateway.patient.work import WorkMemory
from tests.adapters.stu3_records import PATIENT, bundle
from tests.safety.hostile_source import Json, encounter, patient_like, refer
from tests.safety.published_lists import COUNT, FOLDER, SEED, needs_lists
from tests.safety.siege import Siege
from tests.safety.test_p01_mixups import KNOWN, PERSON, joiner_of_one_source, permit_under

OWN = refer("Patient/p1")
GOOD = "their good data"
PATIENT_ENTRY = patient_like(PERSON)
DEEP = 1000


def page_of(*raw: bytes, patient: Json = PATIENT_ENTRY) -> bytes:
    """Put raw resources into a searchset behind the person's Patient and a good encounter."""
    known = (json.dumps(each).encode() for each in (patient, encounter("good", OWN, GOOD)))
    entries = b",".join(b'{"resource":%b}' % each for each in (*known, *raw))
    return b'{"resourceType":"Bundle","type":"searchset","entry":[%b]}' % entries


def joined(compiled: Mapping[str, Any], *raw: bytes) -> View:
    answer = SourceAnswer("hospital", Outcome.DATA, bodies=(page_of(*raw),))
    return joiner_of_one_source().join(permit_under(compiled), [answer])


def shown_in(view: View) -> list[Json]:
    """Give what the hospital's part of a view reads as; every item must be one JSON text."""
    items = [each for each in view.items if each.source_id == "hospital"]
    return [orjson.loads(b"".join(item.render())) for item in items]


def is_good(resource: Json) -> bool:
    types = resource.get("type")
    return isinstance(types, list) and types[:1] == [{"text": GOOD}]


def others_in(view: View) -> list[Json]:
    shown = shown_in(view)
    assert sum(map(is_good, shown)) == 1
    return [each for each in shown if not is_good(each) and each["resourceType"] != "Patient"]


def cases() -> dict[str, bytes]:
    folder = FOLDER / "validator_cases_r4" / "cases"
    found = {str(each.relative_to(folder)): each for each in sorted(folder.rglob("*.json"))}
    return {name: each.read_bytes() for name, each in found.items()}


def is_json(case: bytes) -> bool:
    try:
        orjson.loads(case)
    except orjson.JSONDecodeError:
        return False
    return True


@needs_lists
def test_so_12_no_case_of_the_validator_is_shown_unless_it_is_the_persons(compiled):
    for name, case in cases().items():
        if is_json(case):
            view = joined(compiled, case)
            assert others_in(view) == [], name


def with_own_subject(case: bytes) -> bytes | None:
    """Give a case with the person as its subject; None when it names none or cannot be read."""
    span = read_resource(case) if is_json(case) else None
    if span is None or not subjects_of(span.header):
        return None
    resource = orjson.loads(case)
    named = [name for name in ("subject", "patient") if isinstance(resource.get(name), dict)]
    if len(named) != 1:
        return None
    return orjson.dumps({**resource, named[0]: OWN})


@needs_lists
def test_so_12_a_fault_of_the_model_never_makes_a_persons_item_silently_gone(compiled):
    repointed = {name: with_own_subject(case) for name, case in cases().items()}
    tried = {name: case for name, case in repointed.items() if case is not None}
    shown = 0
    for name, case in tried.items():
        view = joined(compiled, case)
        others = others_in(view)
        shown += len(others)
        assert others or view.ends[0].outcome is Outcome.MALFORMED, name

    assert shown > 10
    assert len(tried) > 15


@needs_lists
async def test_so_12_the_whole_service_shows_the_good_beside_a_case(siege: Siege):
    chosen = sorted(name for name, case in cases().items() if is_json(case))
    Random(SEED).shuffle(chosen)
    own = patient_like(siege.person)
    for name in chosen[: COUNT or 10]:
        siege.hostile.holds(own)
        siege.hostile.pages["Encounter"] = page_of(cases()[name], patient=own)

        answer = await siege.asked()

        told = f"{name}, seed {SEED}"
        assert answer.status == 200, told
        assert [is_good(each) for each in answer.of("Encounter", "hospital")] == [True], told


ODD_TYPES = ("", "encounter", "Foo", "Encounter ", "../Encounter", "Encounter/1")


@pytest.mark.parametrize(
    "told", [*(f'"{each}"' for each in ODD_TYPES), "1", "null", "[]", '["Encounter"]', "{}"]
)
def test_so_12_a_resource_of_no_known_type_is_left_out_and_counted(compiled, told: str):
    odd = json.dumps(encounter("e2", OWN)).replace('"Encounter"', told).encode()

    view = joined(compiled, odd)

    assert others_in(view) == []
    assert view.ends[0].outcome is Outcome.MALFORMED


async def test_so_12_a_resource_of_no_known_type_makes_the_record_incomplete(siege: Siege):
    own = patient_like(siege.person)
    siege.hostile.holds(own)
    odd = json.dumps(encounter("e2", OWN)).replace('"Encounter"', '"Foo"').encode()
    siege.hostile.pages["Encounter"] = page_of(odd, patient=own)

    answer = await siege.asked()

    assert [is_good(each) for each in answer.of("Encounter", "hospital")] == [True]
    assert (answer.outcomes["hospital"], answer.is_complete) == ("malformed", "false")


def test_so_12_fields_of_a_later_fhir_in_a_gp_record_are_listed_and_not_passed_on():
    later = {"actualPeriod": {"start": "2024-01-01"}, "plannedStartDate": "2024-01-01"}
    odd = {
        "resourceType": "Encounter",
        "id": "1",
        "status": "finished",
        "subject": {"reference": f"Patient/{PATIENT['id']}"},
        **later,
    }

    record = map_bundle(json.dumps(bundle(PATIENT, odd)).encode())

    assert set(later) <= {each.path.partition(".")[0] for each in record.listed}
    assert not any(name.encode() in record.body for name in later)
    assert record.unreadable == 0


async def test_so_12_a_source_with_nothing_is_empty_and_one_with_empty_entries_is_not(siege: Siege):
    nothing = await siege.asked(patient_like(siege.person))
    siege.hostile.pages["Encounter"] = (
        b'{"resourceType":"Bundle","type":"searchset","entry":[{},{"resource":{}},null]}'
    )
    gaps = await siege.asked()

    assert (nothing.outcomes["hospital"], nothing.is_complete) == ("data", "true")
    assert (gaps.outcomes["hospital"], gaps.is_complete) == ("malformed", "false")


def nested(before: str, inner: str, after: str) -> bytes:
    whole = json.dumps(encounter("deep", OWN, "deep", odd="HERE"))
    return whole.replace('"HERE"', before * DEEP + inner + after * DEEP).encode()


DEEP_ONES = {
    "lists": nested("[", "1", "]"),
    "objects": nested('{"a":', "1", "}"),
    "extensions": nested('{"url":"u","extension":[', '{"url":"u"}', "]}"),
    "contained": nested('{"resourceType":"Observation","contained":[', "{}", "]}"),
    "references": nested('{"subject":', '{"reference":"Patient/p2"}', "}"),
    "bundles": nested('{"resourceType":"Bundle","entry":[{"resource":', "{}", "}]}"),
}


@pytest.mark.parametrize("shape", DEEP_ONES)
async def test_so_12_a_resource_a_thousand_levels_deep_breaks_nothing(siege: Siege, shape: str):
    own = patient_like(siege.person)
    siege.hostile.holds(own)
    siege.hostile.pages["Encounter"] = page_of(DEEP_ONES[shape], patient=own)

    answer = await siege.asked()

    assert answer.status == 200
    assert answer.outcomes["hospital"] in {"data", "malformed"}
    told = {each["type"][0]["text"] for each in answer.of("Encounter", "hospital")}
    assert told <= {GOOD, "deep"}
    assert told or answer.is_complete == "false"


CIRCLES: dict[str, Json] = {
    "itself": {"contained": [{"resourceType": "Encounter", "id": "c", "partOf": refer("#c")}]},
    "each other": {
        "contained": [
            {"resourceType": "Encounter", "id": "c", "partOf": refer("#d")},
            {"resourceType": "Encounter", "id": "d", "partOf": refer("#c")},
        ]
    },
    "its holder": {"contained": [{"resourceType": "Encounter", "id": "c", "partOf": refer("#")}]},
    "the same id": {"contained": [{"resourceType": "Location", "id": "c"}] * 2},
    "the holder's id": {"contained": [{"resourceType": "Encounter", "id": "round"}]},
}


@pytest.mark.parametrize("circle", CIRCLES)
def test_so_12_what_is_contained_may_refer_in_a_circle(compiled, circle: str):
    subject = {"subject": OWN}
    inner = [
        each | (subject if each["resourceType"] == "Encounter" else {})
        for each in CIRCLES[circle]["contained"]
    ]
    around = encounter("round", OWN, "round", partOf=refer("Encounter/round"), contained=inner)

    view = joined(compiled, json.dumps(around).encode())

    assert others_in(view) or view.ends[0].outcome is Outcome.MALFORMED


def many(count: int, patient: Json) -> bytes:
    bare = {"resourceType": "Encounter", "status": "finished", "subject": OWN}
    text = json.dumps(bare, separators=(",", ":")).encode()
    return page_of(
        *(text[:-1] + b',"id":"e%d"}' % number for number in range(count)), patient=patient
    )


def test_so_12_of_a_hundred_thousand_entries_none_is_lost():
    count = 100_000 if COUNT else 20_000
    answer = SourceAnswer("hospital", Outcome.DATA, bodies=(many(count, PATIENT_ENTRY),))

    verified = verify(WorkMemory(lambda: 0.0).read(answer), KNOWN, PERSON.nhs_number)

    assert (verified.outcome, len(verified.proven)) == (Outcome.DATA, count + 2)


async def test_so_12_thousands_of_entries_are_shown_whole_or_the_gap_is_told(siege: Siege):
    own = patient_like(siege.person)
    siege.hostile.holds(own)
    siege.hostile.pages["Encounter"] = many(5_000, own)

    answer = await siege.asked()

    assert (answer.outcomes["hospital"], answer.is_complete) == ("data", "true")
    assert len(answer.of("Encounter", "hospital")) == 5_001
