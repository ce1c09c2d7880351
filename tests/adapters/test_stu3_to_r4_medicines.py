"""The mapping table of the GP Connect specification, row by row: medicines, allergies and immunisations."""

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
    UNTIMED,
    coded,
    complex_extension,
    extension,
    mapped_one,
)

ROWS = [
    ("MedicationStatement", {"taken": "unk"}, {}),
    (
        "MedicationStatement",
        {"taken": "n", "reasonNotTaken": [CONCEPT]},
        {
            "extension": [extension(f"{STU3}MedicationStatement.taken", valueCode="n")],
            "statusReason": [CONCEPT],
        },
    ),
    (
        "MedicationStatement",
        {
            "extension": [
                extension(f"{GPC}MedicationStatementLastIssueDate-1", valueDateTime="2019-03-28"),
                extension(f"{GPC}PrescribingAgency-1", valueCodeableConcept=CONCEPT),
            ],
            "dosage": [{"text": "one", "doseQuantity": {"value": 1}, "rateRatio": {}}],
        },
        {
            "extension": [
                extension(f"{UK_CORE}MedicationStatementLastIssueDate", valueDateTime="2019-03-28"),
                extension(
                    f"{UK_CORE}MedicationPrescribingOrganizationType", valueCodeableConcept=CONCEPT
                ),
            ],
            "dosage": [
                {"text": "one", "doseAndRate": [{"doseQuantity": {"value": 1}, "rateRatio": {}}]}
            ],
        },
    ),
    (
        "MedicationRequest",
        {
            "context": ENCOUNTER,
            "requester": {"agent": REFERENCE, "onBehalfOf": ORGANISATION},
            "category": CONCEPT,
            "substitution": {"allowed": False},
        },
        {
            "encounter": ENCOUNTER,
            "requester": REFERENCE,
            "extension": [
                extension(
                    f"{STU3}MedicationRequest.requester.onBehalfOf", valueReference=ORGANISATION
                )
            ],
            "category": [CONCEPT],
            "substitution": {"allowedBoolean": False},
        },
    ),
    (
        "MedicationRequest",
        {
            "extension": [
                complex_extension(
                    f"{GPC}MedicationStatusReason-1",
                    extension("statusReason", valueCodeableConcept=CONCEPT),
                    extension("statusChangeDate", valueDateTime="2020-11-25"),
                )
            ]
        },
        {
            "statusReason": {
                **CONCEPT,
                "extension": [extension(f"{OURS}status-change-date", valueDateTime="2020-11-25")],
            }
        },
    ),
    (
        "MedicationRequest",
        {
            "extension": [
                extension(
                    f"{GPC}PrescriptionType-1",
                    valueCodeableConcept={"coding": [{"code": "repeat", "display": "Repeat"}]},
                )
            ]
        },
        {
            "courseOfTherapyType": {
                "coding": [
                    {"code": "repeat", "display": "Repeat"},
                    *coded("medicationrequest-course-of-therapy", "continuous")["coding"],
                ]
            }
        },
    ),
    (
        "MedicationRequest",
        {
            "extension": [
                complex_extension(
                    f"{GPC}MedicationRepeatInformation-1",
                    extension("numberOfRepeatPrescriptionsAllowed", valuePositiveInt=6),
                    extension("numberOfRepeatPrescriptionsIssued", valuePositiveInt=2),
                    extension("authorisationExpiryDate", valueDateTime="2021-09-22"),
                )
            ]
        },
        {
            "extension": [
                extension(f"{OURS}repeat-prescriptions-allowed", valuePositiveInt=6),
                complex_extension(
                    f"{UK_CORE}MedicationRepeatInformation",
                    extension("numberOfPrescriptionsIssued", valueUnsignedInt=2),
                    extension("authorisationExpiryDate", valueDateTime="2021-09-22"),
                ),
            ]
        },
    ),
    (
        "Medication",
        {
            "isBrand": True,
            "ingredient": [{"amount": {"numerator": {}}}],
            "package": {"container": CONCEPT, "batch": [{"lotNumber": "L1"}]},
        },
        {"ingredient": [{"strength": {"numerator": {}}}], "batch": {"lotNumber": "L1"}},
    ),
    (
        "AllergyIntolerance",
        {
            "clinicalStatus": "resolved",
            "verificationStatus": "unconfirmed",
            "assertedDate": "2007-01",
            "extension": [
                extension(
                    "http://hl7.org/fhir/StructureDefinition/encounter-associatedEncounter",
                    valueReference=ENCOUNTER,
                ),
                complex_extension(
                    f"{GPC}AllergyIntoleranceEnd-1",
                    extension("endDate", valueDateTime="2007-01-01"),
                ),
            ],
        },
        {
            "clinicalStatus": {
                **coded("allergyintolerance-clinical", "resolved"),
                "extension": [
                    complex_extension(
                        f"{UK_CORE}AllergyIntoleranceEnd",
                        extension("endDate", valueDateTime="2007-01-01"),
                    )
                ],
            },
            "verificationStatus": coded("allergyintolerance-verification", "unconfirmed"),
            "recordedDate": "2007-01",
            "encounter": ENCOUNTER,
        },
    ),
    (
        "Immunization",
        {"status": "completed", "notGiven": False},
        {"status": "completed", **UNTIMED},
    ),
    ("Immunization", {"status": "completed", "notGiven": True}, {"status": "not-done", **UNTIMED}),
    (
        "Immunization",
        {"status": "entered-in-error", "notGiven": True},
        {
            "status": "entered-in-error",
            "extension": [extension(f"{STU3}Immunization.notGiven", valueBoolean=True)],
            **UNTIMED,
        },
    ),
    (
        "Immunization",
        {
            "date": "2005-03-16",
            "practitioner": [{"actor": REFERENCE, "role": CONCEPT}],
            "extension": [
                extension(f"{CARE_CONNECT}DateRecorded-1", valueDateTime="2021-01-12"),
                extension(f"{CARE_CONNECT}ParentPresent-1", valueBoolean=True),
                extension(f"{CARE_CONNECT}VaccinationProcedure-1", valueCodeableConcept=CONCEPT),
            ],
        },
        {
            "occurrenceDateTime": "2005-03-16",
            "performer": [{"actor": REFERENCE, "function": CONCEPT}],
            "recorded": "2021-01-12",
            "extension": [
                extension(f"{UK_CORE}ParentPresent", valueBoolean=True),
                extension(f"{UK_CORE}VaccinationProcedure", valueCodeableConcept=CONCEPT),
            ],
        },
    ),
    (
        "Immunization",
        {"explanation": {"reason": [CONCEPT], "reasonNotGiven": [CONCEPT, OTHER_CONCEPT]}},
        {
            "reasonCode": [CONCEPT],
            "statusReason": CONCEPT,
            "extension": [
                extension(
                    f"{STU3}Immunization.explanation.reasonNotGiven",
                    valueCodeableConcept=OTHER_CONCEPT,
                )
            ],
            **UNTIMED,
        },
    ),
    (
        "Immunization",
        {
            "vaccinationProtocol": [
                {"doseSequence": 1, "seriesDoses": 3, "targetDisease": [CONCEPT]},
                {"doseStatus": CONCEPT},
            ]
        },
        {
            "protocolApplied": [
                {
                    "doseNumberPositiveInt": 1,
                    "seriesDosesPositiveInt": 3,
                    "targetDisease": [CONCEPT],
                },
                {
                    "doseNumberString": "unknown",
                    "extension": [
                        extension(
                            f"{STU3}Immunization.vaccinationProtocol.doseStatus",
                            valueCodeableConcept=CONCEPT,
                        )
                    ],
                },
            ],
            **UNTIMED,
        },
    ),
]


@pytest.mark.parametrize(
    ("stu3_type", "stu3", "r4"), ROWS, ids=[f"{n}-{row[0]}" for n, row in enumerate(ROWS)]
)
def test_an_stu3_resource_becomes_the_r4_one_of_the_table(stu3_type, stu3, r4):
    assert mapped_one({"resourceType": stu3_type, **stu3}) == r4


@pytest.mark.parametrize(
    "amount", ["doseQuantity", "doseRange", "rateQuantity", "rateRange", "rateRatio"]
)
def test_an_amount_of_any_kind_stands_where_r4_has_doses(amount):
    dosage = {"text": "as needed", amount: {"id": "a"}}

    result = mapped_one({"resourceType": "MedicationStatement", "dosage": [dosage]})

    assert result["dosage"] == [{"text": "as needed", "doseAndRate": [{amount: {"id": "a"}}]}]
