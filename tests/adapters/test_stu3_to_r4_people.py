"""The mapping table of the GP Connect specification, row by row: people, places and encounters."""

import pytest

from tests.adapters.stu3_records import (
    AMBULATORY,
    CONCEPT,
    GPC,
    HOME,
    ORGANISATION,
    REFERENCE,
    UK_CORE,
    VIRTUAL,
    complex_extension,
    extension,
    mapped_one,
)

ROWS = [
    ("Patient", {"birthDate": "1961-04-93"}, {"birthDate": "1961-04-93"}),
    ("Patient", {"animal": {"species": CONCEPT}}, {}),
    (
        "Patient",
        {
            "identifier": [
                {
                    "system": "https://fhir.hl7.org.uk/Id/nhs-number",
                    "value": "9990000018",
                    "extension": [
                        extension(
                            f"{GPC}NHSNumberVerificationStatus-1",
                            valueCodeableConcept={"coding": [{"code": "01"}]},
                        )
                    ],
                }
            ]
        },
        {
            "identifier": [
                {
                    "system": "https://fhir.nhs.uk/Id/nhs-number",
                    "value": "9990000018",
                    "extension": [
                        extension(
                            f"{UK_CORE}NHSNumberVerificationStatus",
                            valueCodeableConcept={"coding": [{"code": "01"}]},
                        )
                    ],
                }
            ]
        },
    ),
    (
        "Patient",
        {
            "extension": [
                complex_extension(
                    f"{GPC}NHSCommunication-1",
                    extension("language", valueCodeableConcept=CONCEPT),
                    extension("preferred", valueBoolean=True),
                    extension("interpreterRequired", valueBoolean=False),
                )
            ]
        },
        {
            "communication": [{"language": CONCEPT, "preferred": True}],
            "extension": [
                extension(
                    "http://hl7.org/fhir/StructureDefinition/patient-interpreterRequired",
                    valueBoolean=False,
                )
            ],
        },
    ),
    ("RelatedPerson", {"relationship": CONCEPT}, {"relationship": [CONCEPT]}),
    ("Encounter", {}, {"class": AMBULATORY}),
    (
        "Encounter",
        {"type": [{"text": "Telephone consultation"}]},
        {"type": [{"text": "Telephone consultation"}], "class": VIRTUAL},
    ),
    (
        "Encounter",
        {"type": [{"coding": [{"display": "Night home visit"}]}]},
        {"type": [{"coding": [{"display": "Night home visit"}]}], "class": HOME},
    ),
    ("Encounter", {"class": VIRTUAL}, {"class": VIRTUAL}),
    (
        "Encounter",
        {
            "class": VIRTUAL,
            "reason": [CONCEPT],
            "incomingReferral": [{"reference": "ReferralRequest/3"}],
            "appointment": {"reference": "Appointment/4"},
            "diagnosis": [{"condition": {"reference": "Condition/5"}, "role": CONCEPT}],
        },
        {
            "class": VIRTUAL,
            "reasonCode": [CONCEPT],
            "basedOn": [{"reference": "ServiceRequest/3"}],
            "appointment": [{"reference": "Appointment/4"}],
            "diagnosis": [{"condition": {"reference": "Condition/5"}, "use": CONCEPT}],
        },
    ),
    (
        "Practitioner",
        {
            "extension": [
                complex_extension(
                    f"{GPC}NHSCommunication-1", extension("language", valueCodeableConcept=CONCEPT)
                )
            ]
        },
        {"communication": [CONCEPT]},
    ),
    (
        "PractitionerRole",
        {
            "code": [
                {
                    "coding": [
                        {
                            "system": "https://fhir.nhs.uk/STU3/CodeSystem/"
                            "CareConnect-SDSJobRoleName-1",
                            "code": "R0260",
                        }
                    ]
                }
            ]
        },
        {
            "code": [
                {
                    "coding": [
                        {
                            "system": "https://fhir.hl7.org.uk/CodeSystem/UKCore-SDSJobRoleName",
                            "code": "R0260",
                        }
                    ]
                }
            ]
        },
    ),
    (
        "Organization",
        {"extension": [extension(f"{GPC}MainLocation-1", valueReference=REFERENCE)]},
        {"extension": [extension(f"{UK_CORE}MainLocation", valueReference=REFERENCE)]},
    ),
    ("Location", {"type": CONCEPT}, {"type": [CONCEPT]}),
    (
        "HealthcareService",
        {
            "category": CONCEPT,
            "programName": ["P"],
            "eligibility": CONCEPT,
            "eligibilityNote": "over 65",
        },
        {
            "category": [CONCEPT],
            "program": [{"text": "P"}],
            "eligibility": [{"code": CONCEPT, "comment": "over 65"}],
        },
    ),
    (
        "Appointment",
        {
            "reason": [CONCEPT],
            "indication": [REFERENCE],
            "incomingReferral": [{"reference": "ReferralRequest/3"}],
            "serviceCategory": CONCEPT,
            "extension": [
                extension(
                    "https://fhir.nhs.uk/STU3/StructureDefinition/"
                    "Extension-GPConnect-DeliveryChannel-2",
                    valueCode="Video",
                ),
                extension(
                    "https://fhir.nhs.uk/STU3/StructureDefinition/"
                    "Extension-GPConnect-BookingOrganisation-1",
                    valueReference=ORGANISATION,
                ),
            ],
        },
        {
            "reasonCode": [CONCEPT],
            "reasonReference": [REFERENCE],
            "basedOn": [{"reference": "ServiceRequest/3"}],
            "serviceCategory": [CONCEPT],
            "extension": [
                extension(
                    f"{UK_CORE}DeliveryChannel",
                    valueCodeableConcept={
                        "coding": [
                            {
                                "system": "https://fhir.hl7.org.uk/CodeSystem/UKCore-DeliveryChannel",
                                "code": "Video",
                            }
                        ]
                    },
                ),
                extension(f"{UK_CORE}BookingOrganization", valueReference=ORGANISATION),
            ],
        },
    ),
]


@pytest.mark.parametrize(
    ("stu3_type", "stu3", "r4"), ROWS, ids=[f"{n}-{row[0]}" for n, row in enumerate(ROWS)]
)
def test_an_stu3_resource_becomes_the_r4_one_of_the_table(stu3_type, stu3, r4):
    assert mapped_one({"resourceType": stu3_type, **stu3}) == r4
