"""Which lines are left out whole, what is counted, and that the bytes do not depend on how the work is cut."""

import json
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.population.allow_list import AllowListError, Kept, Kind
from gateway.population.deidentify import Deidentifier, deidentify
from gateway.population.left_out import Refused, Report
from gateway.population.pseudonyms import KeyLengthError, SourceNameError
from tests.population.deidentification.grounds import (
    ALLOW_LISTS,
    GROUND,
    PATIENT,
    PERSON,
    about,
    concept,
    done_with,
    ground,
    left_of,
    ndjson,
)

V3 = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
LABEL = "https://shared-care-record.example/CodeSystem/label"
LINES = [
    ndjson(about("Patient", name=[{"family": "Zola"}])),
    ndjson(about("Encounter", status="finished", period={"start": "2024-01-01T09:41:00Z"})),
    ndjson(about("Encounter", status="finished", participant=[], madeUp="9434765919")),
    ndjson(about("Condition", code=concept("38341003"), recordedDate="1947-03-09")),
    ndjson(about("Condition", subject={"reference": "Patient/p2"})),
    ndjson({"resourceType": "Claim", "id": "c1"}),
    b"{\n",
    b"\n",
]
REFUSED = [
    (b"{", "", Refused.NOT_JSON),
    (b'{"a":1} {"b":2}', "", Refused.NOT_JSON),
    (b"\xff\xfe{}", "", Refused.NOT_JSON),
    (b'{"resourceType":"Patient","id":"caf\xe9"}', "", Refused.NOT_JSON),
    (b'{"resourceType":"Organization","id":"caf\xe9"}', "", Refused.NOT_JSON),
    (b'{"resourceType":"Organization","id":"1","name":"\xed\xa0\x80"}', "", Refused.NOT_JSON),
    (b'{"resourceType":"Organization","id":"1","caf\xe9":1}', "", Refused.NOT_JSON),
    (b'{"resourceType":"Patient","id":' + b"[" * 100_000, "", Refused.NOT_JSON),
    (b"[]", "", Refused.NO_RESOURCE),
    (b"{}", "", Refused.NO_RESOURCE),
    (b'{"resourceType":"Claim","id":"1"}', "", Refused.UNLISTED_TYPE),
    (b'{"resourceType":["Patient"],"id":"p1"}', "", Refused.UNLISTED_TYPE),
    (b'{"resourceType":"Organization"}', "Organization", Refused.NO_ID),
    (b'{"resourceType":"Organization","id":""}', "Organization", Refused.NO_ID),
    (b'{"resourceType":"Organization","id":7}', "Organization", Refused.NO_ID),
    (b'{"resourceType":"Condition","subject":{},"id":""}', "Condition", Refused.NO_ID),
    (b'{"resourceType":"Patient","id":"p2"}', "Patient", Refused.NO_PERSON),
    (b'{"resourceType":"Condition"}', "Condition", Refused.NO_PERSON),
]
STUB = {"security": [{"system": V3, "code": "R"}]}
"""All that stays of what is refused, beside its type and what the store calls it."""


@pytest.mark.parametrize(("line", "resource_type", "why"), REFUSED)
def test_a_line_that_cannot_be_used_is_left_out_and_counted(line, resource_type, why):
    done = deidentify(line, GROUND)

    assert done.ndjson == b""
    assert done.report == Report(1, {}, {(resource_type, why): 1}, {})


@pytest.mark.parametrize(
    ("said_to_be", "refused"),
    [
        ("", {}),
        ("Organization", {}),
        ("Location", {("", Refused.ANOTHER_TYPE): 1}),
        ("Claim", {("", Refused.ANOTHER_TYPE): 1}),
    ],
)
def test_a_line_of_another_type_than_is_said_is_left_out_and_counted(said_to_be, refused):
    done = Deidentifier(GROUND)(ndjson(about("Organization")), said_to_be)

    assert done.report.refused == refused
    assert (done.ndjson == b"") is bool(refused)


@pytest.mark.parametrize(
    "subject",
    [
        {"reference": "Patient/p2"},
        {"reference": "Practitioner/p1"},
        {"reference": "https://elsewhere.example/Patient/p1"},
        {"reference": "Patient?identifier=p1"},
        {"identifier": {"system": "https://fhir.nhs.uk/Id/nhs-number", "value": "9990000018"}},
        {"display": "Patient/p1"},
        "Patient/p1",
        None,
    ],
)
def test_what_is_nobodys_is_left_out_whole(subject):
    done = done_with(about("Condition", subject=subject, code=concept("38341003")))

    assert set(stub := json.loads(done.ndjson)) == {"resourceType", "id", "meta"}
    assert stub["meta"] == STUB
    assert done.report.refused == {("Condition", Refused.NO_PERSON): 1}


@pytest.mark.parametrize("element", ["modifierExtension", "implicitRules"])
def test_what_means_something_else_is_left_out_whole(element):
    done = done_with(about("Condition", **{element: []}))

    assert done.report.refused == {("Condition", Refused.CHANGED_MEANING): 1}


@pytest.mark.parametrize(
    ("meta", "left"),
    [
        ({"security": [{"system": V3, "code": "N"}], "versionId": "1"}, None),
        ({"security": [{"system": V3, "code": "R"}]}, [{"system": V3, "code": "R"}]),
        ({"security": [{"code": "PSY"}]}, [{"system": LABEL, "code": "mental-health"}]),
        ({"profile": ["a"]}, None),
    ],
)
def test_why_it_is_sensitive_is_said_in_our_own_words(meta, left):
    done = left_of(about("Condition", meta=meta))

    assert done["resourceType"] == "Condition"
    assert done.get("meta", {}).get("security") == left


@pytest.mark.parametrize(
    "meta",
    [
        {"security": [{"system": V3, "code": "V"}]},
        {"security": [{"code": "never-heard-of"}]},
        {"security": [{"code": None}]},
        {"security": ["R"]},
        {"security": {"code": "N"}},
        {"security": []},
        "N",
    ],
)
def test_what_nobody_may_see_is_left_out_whole(meta):
    done = done_with(about("Condition", meta=meta, code=concept("38341003")))

    assert done.report.refused == {("Condition", Refused.NOBODY_MAY_SEE): 1}


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"meta": {"security": [{"system": V3, "code": "V"}]}}, Refused.NOBODY_MAY_SEE),
        ({"modifierExtension": [], "meta": {"profile": ["a"]}}, Refused.CHANGED_MEANING),
        ({"implicitRules": "urn:x", "deceasedBoolean": True}, Refused.CHANGED_MEANING),
        ({"deceasedDateTime": "soon"}, Refused.NOBODY_MAY_SEE),
        ({"deceasedBoolean": "true"}, Refused.NOBODY_MAY_SEE),
        ({"_deceasedDateTime": {"extension": []}}, Refused.CHANGED_MEANING),
    ],
    ids=str,
)
def test_de_05_of_a_patient_who_is_refused_only_that_they_are_barred_stays(told, why):
    done = done_with(about("Patient", **told))

    assert json.loads(done.ndjson) == {"resourceType": "Patient", "id": PERSON, "meta": STUB}
    assert (done.report.kept, done.report.refused) == ({}, {("Patient", why): 1})


@pytest.mark.parametrize("without", ["id", "identifier"])
def test_of_a_patient_who_is_nobody_nothing_stays(without):
    nobody = about("Patient", modifierExtension=[], id="p2")
    del nobody[without]

    assert done_with(nobody).ndjson == b""


@pytest.mark.parametrize("told", [{"meta": "N"}, {"modifierExtension": []}, {"subject": "nobody"}])
def test_de_05_of_a_row_that_is_refused_its_name_stays_barred(told):
    refused, kept = left_of(about("Condition", **told)), left_of(about("Condition"))

    assert refused == {"resourceType": "Condition", "id": kept["id"], "meta": STUB}


def test_what_is_left_out_is_counted_by_path_and_never_by_an_unknown_name():
    done = done_with(
        about("Patient", name=[{"family": "Zola"}], telecom=[], Zola={"Zola": "Zola"}, Émile=1),
        about("Patient", name=[{"family": "Zola"}]),
    )

    assert done.report.kept == {"Patient": 2}
    assert done.report.left_out == {
        "Patient.(unlisted)": 2,
        "Patient.identifier": 2,
        "Patient.name": 2,
        "Patient.telecom": 1,
    }


def test_an_id_with_escapes_is_the_same_id():
    plain = ndjson(about("Condition", id="a-b", subject={"reference": "Patient/p1"}))
    escaped = plain.replace(b"a-b", b"\\u0061-b").replace(b"Patient/p1", b"Patient\\/p\\u0031")

    assert deidentify(escaped, GROUND).ndjson == deidentify(plain, GROUND).ndjson != b""


@pytest.mark.parametrize("spelt", [b'"\\ud800"', b'"\\u0000"', b'"a\\"b"'])
def test_a_strange_id_is_no_reason_to_fail(spelt):
    line = ndjson(about("Condition")).replace(b'"r1"', spelt)

    assert deidentify(line, GROUND).report.lines == 1


def test_the_same_input_gives_the_same_bytes_whatever_the_order_of_elements():
    turned = dict(reversed(list(about("Encounter", status="finished", class_={}).items())))

    assert done_with(turned).ndjson == done_with(dict(reversed(list(turned.items())))).ndjson


def test_another_key_gives_no_id_again():
    ours = left_of(about("Condition"))
    theirs = left_of(about("Condition"), ground(store_key=bytes(32)))

    assert ours["id"] != theirs["id"]


@given(st.lists(st.sampled_from(LINES), max_size=12), st.integers(0, 12))
def test_wherever_the_lines_are_cut_the_parts_make_up_the_whole(lines, at):
    whole = deidentify(b"".join(lines), GROUND)
    parts = [deidentify(b"".join(part), GROUND) for part in (lines[:at], lines[at:])]

    assert b"".join(part.ndjson for part in parts) == whole.ndjson
    assert Report.of_all(part.report for part in parts) == whole.report


def test_two_processes_give_the_bytes_of_one():
    halves = [b"".join(LINES[:3]), b"".join(LINES[3:])]

    with ProcessPoolExecutor(2) as processes:
        done = list(processes.map(deidentify, halves, [GROUND, GROUND]))

    assert b"".join(each.ndjson for each in done) == deidentify(b"".join(LINES), GROUND).ndjson


def test_every_line_is_json_and_its_person_the_one_of_the_patient():
    done = deidentify(b"".join(LINES), GROUND)

    *written, stub = [json.loads(line) for line in done.ndjson.splitlines()]
    types = [each["resourceType"] for each in written]
    assert types == ["Patient", "Encounter", "Encounter", "Condition"]
    assert written[0]["id"] == PERSON
    assert {each["subject"]["reference"] for each in written[1:]} == {f"Patient/{PERSON}"}
    assert stub["meta"] == STUB


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"store_key": b"short"}, KeyLengthError),
        ({"source": "a|b"}, SourceNameError),
        ({"code_lists": {}}, AllowListError),
    ],
)
def test_a_ground_that_is_not_firm_is_refused(changed, fault):
    with pytest.raises(fault):
        deidentify(ndjson(PATIENT), replace(GROUND, **changed))


@pytest.mark.parametrize("kind", [Kind.PERSON, Kind.RESOURCE_ID, Kind.LABELS])
def test_a_kind_that_has_no_place_inside_a_group_is_refused(kind):
    group, inside = Kept("g", Kind.GROUP, "why"), Kept("g.x", kind, "why")
    lists = tuple(replace(one, kept=(*one.kept, group, inside)) for one in ALLOW_LISTS)

    with pytest.raises(AllowListError, match=r"\.g\.x cannot be"):
        deidentify(b"", replace(GROUND, allow_lists=lists))
