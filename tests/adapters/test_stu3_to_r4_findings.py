"""The mapping table of the GP Connect specification, row by row: problems, results, requests, documents and lists."""

import pytest

from tests.adapters.stu3_records import (
    CARE_CONNECT,
    CONCEPT,
    ENCOUNTER,
    GPC,
    ORGANISATION,
    OTHER_CONCEPT,
    OURS,
    REFERENCE,
    STU3,
    UK_CORE,
    coded,
    complex_extension,
    extension,
    mapped_one,
)

ROWS = [
    (
        "Condition",
        {
            "clinicalStatus": "active",
            "context": ENCOUNTER,
            "assertedDate": "2019-03-28",
            "asserter": REFERENCE,
        },
        {
            "clinicalStatus": coded("condition-clinical", "active"),
            "encounter": ENCOUNTER,
            "recordedDate": "2019-03-28",
            "recorder": REFERENCE,
        },
    ),
    (
        "Condition",
        {
            "category": [
                {
                    "coding": [
                        {
                            "system": "https://fhir.hl7.org.uk/STU3/CodeSystem/"
                            "CareConnect-ConditionCategory-1",
                            "code": "problem-list-item",
                        }
                    ]
                }
            ]
        },
        {"category": [coded("condition-category", "problem-list-item")]},
    ),
    (
        "Condition",
        {
            "extension": [
                extension(f"{CARE_CONNECT}ProblemSignificance-1", valueCode="major"),
                extension(f"{GPC}ActualProblem-1", valueReference=REFERENCE),
            ]
        },
        {
            "extension": [
                extension(f"{OURS}problem-significance", valueCode="major"),
                extension(f"{OURS}actual-problem", valueReference=REFERENCE),
            ]
        },
    ),
    ("Condition", {"clinicalStatus": "odd"}, {"clinicalStatus": {"text": "odd"}}),
    ("Condition", {"verificationStatus": "unknown"}, {"verificationStatus": {"text": "unknown"}}),
    (
        "Condition",
        {"abatementBoolean": True, "stage": {"summary": CONCEPT}},
        {
            "extension": [extension(f"{STU3}Condition.abatementBoolean", valueBoolean=True)],
            "stage": [{"summary": CONCEPT}],
        },
    ),
    (
        "Observation",
        {"context": ENCOUNTER, "comment": "better", "interpretation": CONCEPT},
        {"encounter": ENCOUNTER, "note": [{"text": "better"}], "interpretation": [CONCEPT]},
    ),
    (
        "Observation",
        {
            "related": [
                {"type": "has-member", "target": {"reference": "Observation/2"}},
                {"type": "derived-from", "target": {"reference": "Observation/3"}},
                {"type": "replaces", "target": {"reference": "Observation/4"}},
                {"target": {"reference": "Observation/5"}},
            ]
        },
        {
            "hasMember": [{"reference": "Observation/2"}],
            "derivedFrom": [{"reference": "Observation/3"}],
            "extension": [
                complex_extension(
                    f"{STU3}Observation.related",
                    extension("type", valueCode="replaces"),
                    extension("target", valueReference={"reference": "Observation/4"}),
                ),
                complex_extension(
                    f"{STU3}Observation.related",
                    extension("target", valueReference={"reference": "Observation/5"}),
                ),
            ],
        },
    ),
    (
        "Observation",
        {
            "valueAttachment": {"title": "ECG"},
            "component": [{"interpretation": CONCEPT, "valueAttachment": {"size": 2}}],
        },
        {
            "extension": [
                extension(f"{STU3}Observation.valueAttachment", valueAttachment={"title": "ECG"})
            ],
            "note": [{"text": "ECG"}],
            "component": [
                {
                    "interpretation": [CONCEPT],
                    "extension": [
                        extension(
                            f"{STU3}Observation.component.valueAttachment",
                            valueAttachment={"size": 2},
                        )
                    ],
                }
            ],
        },
    ),
    (
        "DiagnosticReport",
        {
            "context": ENCOUNTER,
            "category": CONCEPT,
            "performer": [{"actor": ORGANISATION}, {"actor": REFERENCE, "role": CONCEPT}],
            "codedDiagnosis": [CONCEPT],
            "image": [{"link": {"reference": "Media/1"}}],
            "basedOn": [{"reference": "ProcedureRequest/3"}],
        },
        {
            "encounter": ENCOUNTER,
            "category": [CONCEPT],
            "performer": [
                ORGANISATION,
                {
                    **REFERENCE,
                    "extension": [
                        extension(
                            f"{STU3}DiagnosticReport.performer.role", valueCodeableConcept=CONCEPT
                        )
                    ],
                },
            ],
            "conclusionCode": [CONCEPT],
            "media": [{"link": {"reference": "Media/1"}}],
            "basedOn": [{"reference": "ServiceRequest/3"}],
        },
    ),
    (
        "ProcedureRequest",
        {
            "status": "suspended",
            "context": ENCOUNTER,
            "requester": {"agent": REFERENCE},
            "performer": ORGANISATION,
            "occurrenceDateTime": "2027-01-01",
        },
        {
            "status": "on-hold",
            "encounter": ENCOUNTER,
            "requester": REFERENCE,
            "performer": [ORGANISATION],
            "occurrenceDateTime": "2027-01-01",
        },
    ),
    ("ProcedureRequest", {"status": "active"}, {"status": "active"}),
    (
        "ReferralRequest",
        {
            "status": "cancelled",
            "type": CONCEPT,
            "serviceRequested": [CONCEPT, OTHER_CONCEPT],
            "specialty": CONCEPT,
            "recipient": [ORGANISATION],
            "note": [{"text": "first"}],
            "description": "second",
            "groupIdentifier": {"value": "G"},
        },
        {
            "status": "revoked",
            "category": [CONCEPT],
            "code": CONCEPT,
            "orderDetail": [OTHER_CONCEPT],
            "performerType": CONCEPT,
            "performer": [ORGANISATION],
            "note": [{"text": "first"}, {"text": "second"}],
            "requisition": {"value": "G"},
        },
    ),
    ("ReferralRequest", {"status": "unknown"}, {"status": "unknown"}),
    (
        "DocumentReference",
        {
            "indexed": "2021-06-28T14:10:51.147+01:00",
            "created": "2020-06-23",
            "class": CONCEPT,
            "content": [{"attachment": {"url": "https://x.example/Binary/1", "size": 204327}}],
            "context": {
                "encounter": ENCOUNTER,
                "related": [{"ref": REFERENCE}, {"identifier": {"value": "I"}}],
            },
        },
        {
            "date": "2021-06-28T14:10:51.147+01:00",
            "category": [CONCEPT],
            "content": [
                {
                    "attachment": {
                        "url": "https://x.example/Binary/1",
                        "size": 204327,
                        "creation": "2020-06-23",
                    }
                }
            ],
            "context": {
                "encounter": [ENCOUNTER],
                "related": [REFERENCE, {"identifier": {"value": "I"}}],
            },
        },
    ),
    (
        "DocumentReference",
        {"created": "2020-06-23"},
        {"extension": [extension(f"{STU3}DocumentReference.created", valueDateTime="2020-06-23")]},
    ),
    ("Binary", {"content": "AA=="}, {"data": "AA=="}),
    (
        "QuestionnaireResponse",
        {
            "context": ENCOUNTER,
            "parent": [REFERENCE],
            "questionnaire": {"reference": "Questionnaire/1", "display": "lost"},
            "item": [{"linkId": "1", "subject": REFERENCE, "answer": [{"item": []}]}],
        },
        {
            "encounter": ENCOUNTER,
            "partOf": [REFERENCE],
            "questionnaire": "Questionnaire/1",
            "item": [{"linkId": "1", "answer": [{"item": []}]}],
        },
    ),
    (
        "List",
        {"extension": [extension(f"{GPC}ListWarningCode-1", valueCode="confidential-items")]},
        {
            "extension": [
                extension(
                    f"{UK_CORE}ListWarningCode",
                    valueCodeableConcept={
                        "coding": [
                            {
                                "system": "https://fhir.hl7.org.uk/CodeSystem/UKCore-ListWarningCode",
                                "code": "confidential-items",
                            }
                        ]
                    },
                )
            ]
        },
    ),
    ("Specimen", {"receivedTime": "2017-11-01"}, {"receivedTime": "2017-11-01"}),
]


@pytest.mark.parametrize(
    ("stu3_type", "stu3", "r4"), ROWS, ids=[f"{n}-{row[0]}" for n, row in enumerate(ROWS)]
)
def test_an_stu3_resource_becomes_the_r4_one_of_the_table(stu3_type, stu3, r4):
    assert mapped_one({"resourceType": stu3_type, **stu3}) == r4
