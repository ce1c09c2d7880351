"""What holds for a whole mapped record: exact values, ids, references, losses, broken parts."""

import json

import msgspec
import pytest

from adapters.contract import Notice, NoticeKind, Reason
from adapters.stu3_to_r4 import LossReason, UnreadableRecordError, map_bundle
from tests.adapters.stu3_records import (
    CARE_CONNECT,
    GPC,
    PATIENT,
    STU3,
    body_of,
    bundle,
    lost,
    mapped,
    record_list,
)


@pytest.mark.parametrize(
    "number", ["1.50", "0.10", "1E2", "-0.0", "12345678901234567890123", "1.0000000000000000001"]
)
def test_a_number_keeps_every_digit(number):
    body = json.dumps(bundle({"resourceType": "Observation", "id": "1", "valueQuantity": {}}))
    body = body.replace('"valueQuantity": {}', f'"valueQuantity": {{"value": {number}}}')

    record = map_bundle(body.encode())

    assert f'"valueQuantity":{{"value":{number}}}'.encode() in record.body


def test_text_is_kept_letter_for_letter():
    text = 'é \\ "quoted" \n\t \u2028 😀 <b>&amp;</b>'

    _, [result] = mapped({"resourceType": "Observation", "id": "1", "comment": text})

    assert result["note"] == [{"text": text}]


def test_narrative_stays_for_the_splicer_to_remove():
    narrative = {"status": "generated", "div": "<div>x</div>"}

    _, [result] = mapped({**PATIENT, "text": narrative})

    assert result["text"] == narrative


@pytest.mark.parametrize("stu3_type", ["Condition", "MedicationRequest", "ReferralRequest"])
def test_what_turns_the_meaning_of_an_item_round_is_kept(stu3_type):
    modifier = [{"url": "https://x.example/not-taken", "valueBoolean": True}]

    record, [result] = mapped({"resourceType": stu3_type, "id": "1", "modifierExtension": modifier})

    assert result["modifierExtension"] == modifier
    assert not any("modifierExtension" in path for _, path, _ in lost(record))


def test_what_stands_beside_a_primitive_follows_it():
    beside = {"extension": [{"url": "https://x.example", "valueCode": "asked"}]}
    condition = {"resourceType": "Condition", "id": "1", "_assertedDate": beside}

    _, [patient, result] = mapped({**PATIENT, "_birthDate": beside}, condition)

    assert patient["_birthDate"] == beside
    assert result["_recordedDate"] == beside


def test_what_stands_beside_a_converted_primitive_is_kept_in_its_own_extension():
    beside = {"id": "a", "extension": [{"url": "https://x.example", "valueCode": "asked"}]}

    _, [result] = mapped({"resourceType": "Condition", "id": "1", "_clinicalStatus": beside})

    assert result["extension"] == [{"url": f"{STU3}Condition.clinicalStatus", **beside}]


def test_an_element_that_stu3_does_not_have_is_listed():
    record, [result] = mapped({**PATIENT, "recordedDate": "2020", "_shoeSize": {"id": "x"}})

    assert "recordedDate" not in result
    assert ("Patient", "recordedDate", LossReason.UNKNOWN_ELEMENT) in lost(record)
    assert ("Patient", "_shoeSize.id", LossReason.UNKNOWN_ELEMENT) in lost(record)


def test_a_record_says_what_it_left_out_and_where():
    statement = {"resourceType": "MedicationStatement", "id": "1", "taken": "unk"}
    medication = {"resourceType": "Medication", "id": "1", "isBrand": True}

    record, _ = mapped(statement, medication)

    assert lost(record) == [
        ("MedicationStatement", "taken", LossReason.RETIRED_MEANINGLESS),
        ("Medication", "isBrand", LossReason.NO_PLACE_IN_R4),
    ]


def test_a_source_profile_is_replaced_and_other_meta_kept():
    meta = {
        "profile": ["https://fhir.nhs.uk/STU3/StructureDefinition/CareConnect-GPC-Patient-1"],
        "versionId": "7",
        "security": [{"system": "http://hl7.org/fhir/v3/ActCode", "code": "NOPAT"}],
    }

    _, [result] = mapped({**PATIENT, "meta": meta})

    v3 = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
    assert result["meta"] == {
        "profile": ["https://fhir.hl7.org.uk/StructureDefinition/UKCore-Patient"],
        "versionId": "7",
        "security": [{"system": v3, "code": "NOPAT"}],
    }


@pytest.mark.parametrize(
    "resource",
    [
        {"resourceType": "CarePlan", "id": "1"},
        {"resourceType": "Encounter", "id": "1", "diagnosis": [None]},
        {"resourceType": "Patient", "id": "1", "extension": [{"url": 1}], "identifier": [1]},
        {"resourceType": "List", "id": "1", "contained": "x"},
        {"resourceType": "Observation", "related": [None]},
        {"resourceType": 5},
        [],
        "text",
    ],
)
def test_a_resource_of_impossible_shape_is_counted_and_the_rest_given(resource):
    record, resources = mapped(PATIENT, resource)

    assert [one["resourceType"] for one in resources] == ["Patient"]
    assert record.unreadable == 1
    assert [one.reason for one in record.listed] == [LossReason.UNREADABLE]
    assert record.notices == (Notice(NoticeKind.UNREADABLE_PART),)


def test_an_entry_without_resource_is_counted():
    body = json.dumps({"resourceType": "Bundle", "entry": [{"fullUrl": "urn:x"}, 5]})

    assert map_bundle(body.encode()).unreadable == 2


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", Reason.UNREADABLE),
        (b"<html>", Reason.UNREADABLE),
        (b'{"resourceType":"Bundle","entry":[', Reason.UNREADABLE),
        (b"[]", Reason.NOT_A_BUNDLE),
        (b'{"resourceType":"Patient"}', Reason.NOT_A_BUNDLE),
        (b'{"resourceType":"Bundle","entry":{}}', Reason.NOT_A_BUNDLE),
        (b"[" * 5000, Reason.NOT_A_BUNDLE),
        (b'{"resourceType":"Bundle","x":' + b"[" * 5000, Reason.UNREADABLE),
    ],
)
def test_what_is_no_bundle_is_refused_with_a_reason(body, reason):
    with pytest.raises(UnreadableRecordError) as refused:
        map_bundle(body)

    assert refused.value.reason is reason


def test_every_cut_of_a_good_record_is_refused():
    body = body_of(PATIENT)

    for length in range(len(body)):
        with pytest.raises(UnreadableRecordError):
            map_bundle(body[:length])


def test_the_bundle_keeps_its_id_and_lists_the_rest_of_its_head():
    body = body_of(PATIENT, id="b", total=1, type="searchset")

    record = map_bundle(body)

    head = json.loads(record.body)
    del head["entry"]
    assert head == {"resourceType": "Bundle", "type": "collection", "id": "b"}
    assert lost(record) == [
        ("Bundle", "type", LossReason.VALUE_TRANSLATED),
        ("Bundle", "total", LossReason.NO_PLACE_IN_R4),
    ]


def test_the_labels_of_the_bundle_are_kept():
    labels = [{"system": "urn:s", "code": "R"}]

    record = map_bundle(body_of(PATIENT, meta={"security": labels, "profile": ["urn:p"]}))

    assert json.loads(record.body)["meta"] == {"security": labels}
    assert ("Bundle", "meta.profile", LossReason.VALUE_TRANSLATED) in lost(record)


def test_a_full_url_is_kept_and_renamed_with_its_type():
    url = "https://x.example/fhir/ProcedureRequest/3"
    entry = {"fullUrl": url, "resource": {"resourceType": "ProcedureRequest", "id": "3"}}

    record = map_bundle(json.dumps({"resourceType": "Bundle", "entry": [entry]}).encode())

    [result] = json.loads(record.body)["entry"]
    assert result["fullUrl"] == "https://x.example/fhir/ServiceRequest/3"
    assert ("Bundle", "entry.fullUrl", LossReason.VALUE_TRANSLATED) in lost(record)


def test_an_outcome_among_the_entries_becomes_a_notice_and_no_resource():
    issue = {
        "severity": "warning",
        "details": {"coding": [{"code": "NOT_IMPLEMENTED"}]},
        "diagnostics": "includeProblems",
    }

    record, resources = mapped(PATIENT, {"resourceType": "OperationOutcome", "issue": [issue]})

    assert [one["resourceType"] for one in resources] == ["Patient"]
    assert {one.kind for one in record.notices} == {NoticeKind.AREA_SWITCHED_OFF}
    assert {one.reason for one in record.listed} == {LossReason.MOVED}


def test_equal_bytes_give_equal_results():
    warned = [{"url": f"{GPC}ListWarningCode-1", "valueCode": "confidential-items"}]
    related = [{"url": f"{CARE_CONNECT}RelatedProblemHeader-1", "extension": []}]
    body = body_of(PATIENT, record_list("1", extension=warned), record_list("2", extension=related))

    assert map_bundle(body) == map_bundle(body)


def test_a_record_does_not_show_its_content_in_its_repr():
    record, _ = mapped({**PATIENT, "birthDate": "1961-04-09"})

    assert "1961" not in repr(record)
    assert msgspec.json.decode(record.body)["entry"]
