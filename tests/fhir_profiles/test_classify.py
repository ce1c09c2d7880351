"""What an item is, and why it is sensitive."""

import pytest

from fhir_profiles import systems
from fhir_profiles.classify import (
    CATEGORY_OF_TYPE,
    INFRASTRUCTURE,
    REFINABLE,
    category_of,
    is_known_type,
    labels_of,
)
from fhir_profiles.topics import code_lists
from fhir_profiles.vocabulary import Category, Label

SCT = systems.SNOMED_CT
BARS = "https://fhir.nhs.uk/CodeSystem/flag-categories-bars"
HEADINGS = "https://fhir.hl7.org.uk/CodeSystem/UKCore-RecordStandardHeadings"
LEGAL_STATUS = "https://fhir.hl7.org.uk/CodeSystem/UKCore-LegalStatusClassificationEngland"
TREATMENT_FUNCTION = "https://fhir.hl7.org.uk/CodeSystem/UKCore-PracticeSettingCode"
ICD_10 = "http://hl7.org/fhir/sid/icd-10"


@pytest.mark.parametrize(
    ("resource_type", "category"),
    [
        ("AllergyIntolerance", Category.ALLERGIES),
        ("Appointment", Category.APPOINTMENTS),
        ("CarePlan", Category.CARE_PLANS),
        ("Condition", Category.PROBLEMS),
        ("DocumentReference", Category.DOCUMENTS),
        ("Encounter", Category.ENCOUNTERS),
        ("Flag", Category.ALERTS),
        ("Immunization", Category.IMMUNISATIONS),
        ("MedicationAdministration", Category.MEDICATIONS),
        ("MedicationRequest", Category.MEDICATIONS),
        ("Observation", Category.RESULTS),
        ("Patient", Category.DEMOGRAPHICS),
        ("Procedure", Category.PROCEDURES),
        ("ServiceRequest", Category.PROCEDURES),
    ],
)
def test_a_plain_item_is_what_its_type_says(resource_type: str, category: Category) -> None:
    assert category_of(resource_type, [(SCT, "38341003")]) is category


@pytest.mark.parametrize("resource_type", sorted(INFRASTRUCTURE))
def test_infrastructure_is_served_but_has_no_category(resource_type: str) -> None:
    assert is_known_type(resource_type)
    assert category_of(resource_type) is None


@pytest.mark.parametrize("resource_type", ["Claim", "Basic", "encounter", "", "Zzz"])
def test_a_type_that_nobody_listed_is_not_served(resource_type: str) -> None:
    assert not is_known_type(resource_type)
    assert category_of(resource_type) is None


@pytest.mark.parametrize("resource_type", sorted(REFINABLE))
@pytest.mark.parametrize(
    ("coding", "category"),
    [
        ((SCT, "736373009"), Category.END_OF_LIFE),
        ((SCT, "450476008"), Category.END_OF_LIFE),
        ((BARS, "RT"), Category.END_OF_LIFE),
        ((HEADINGS, "advance-statement"), Category.END_OF_LIFE),
        ((None, "end-of-life"), Category.END_OF_LIFE),
        ((SCT, "310134006"), Category.SOCIAL_CARE),
        ((HEADINGS, "services-and-care"), Category.SOCIAL_CARE),
    ],
)
def test_a_plan_by_its_code_is_that_plan_whatever_its_type(
    resource_type: str, coding: tuple[str | None, str], category: Category
) -> None:
    assert category_of(resource_type, [(SCT, "1"), coding]) is category


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("End-of-life plan", Category.END_OF_LIFE),
        ("DNACPR decision", Category.END_OF_LIFE),
        ("Social care support plan", Category.SOCIAL_CARE),
        ("Asthma plan", Category.CARE_PLANS),
    ],
)
def test_a_plan_by_its_title_is_that_plan(text: str, category: Category) -> None:
    assert category_of("CarePlan", [("urn:local", "plan-1")], [text]) is category


def test_an_item_of_both_kinds_is_an_end_of_life_plan_in_either_order() -> None:
    both = [(SCT, "310134006"), (SCT, "736373009")]

    assert category_of("CarePlan", both) is Category.END_OF_LIFE
    assert category_of("CarePlan", both[::-1]) is Category.END_OF_LIFE


def test_a_visit_stays_a_visit_whatever_its_codes() -> None:
    assert category_of("Encounter", [(SCT, "736373009")]) is Category.ENCOUNTERS


def test_every_category_is_the_home_of_some_type_or_code() -> None:
    refined = {one.category for one in code_lists()}

    assert set(Category) <= set(CATEGORY_OF_TYPE.values()) | refined


@pytest.mark.parametrize(
    ("coding", "label"),
    [
        ((SCT, "86406008"), Label.SEXUAL_HEALTH),
        ((SCT, "404856006"), Label.SEXUAL_HEALTH),
        ((SCT, "310861008"), Label.SEXUAL_HEALTH),
        ((SCT, "922411000000106"), Label.SEXUAL_HEALTH),
        ((ICD_10, "B20.1"), Label.SEXUAL_HEALTH),
        ((SCT, "708168004"), Label.MENTAL_HEALTH),
        ((LEGAL_STATUS, "02"), Label.MENTAL_HEALTH),
        ((HEADINGS, "mental-health-act-or-equivalent-status"), Label.MENTAL_HEALTH),
        ((BARS, "SG"), Label.SAFEGUARDING),
        ((SCT, "836881000000105"), Label.SAFEGUARDING),
        (("https://fhir.nhs.uk/CodeSystem/safeguarding-codes-bars", "U"), Label.SAFEGUARDING),
        ((SCT, "494041000000102"), Label.SUBSTANCE),
        ((SCT, "714812005"), Label.REPRODUCTIVE),
        ((SCT, "185268003"), Label.REPRODUCTIVE),
        ((SCT, "1101621000000101"), Label.GENDER),
        (("http://loinc.org", "76691-5"), Label.GENDER),
        ((SCT, "1047991000000102"), Label.PRISON),
        (("http://terminology.hl7.org/CodeSystem/v3-RoleCode", "CHLDADOPT"), Label.ADOPTION),
        ((HEADINGS, "confidential-patient-data"), Label.SEALED),
    ],
)
def test_a_sensitive_code_gives_its_topic(coding: tuple[str, str], label: Label) -> None:
    assert labels_of(codings=[(SCT, "38341003"), coding]) == {label}


@pytest.mark.parametrize("system", [None, "", "https://dmd.nhs.uk", "urn:oid:1.2.3", "SNOMED"])
def test_a_sensitive_code_tells_under_any_system(system: str | None) -> None:
    assert labels_of(codings=[(system, "86406008")]) == {Label.SEXUAL_HEALTH}


def test_a_code_of_two_topics_gives_both() -> None:
    both = labels_of(codings=[(SCT, "893261000000103")])

    assert both == {Label.MENTAL_HEALTH, Label.SUBSTANCE}


@pytest.mark.parametrize(
    "codings",
    [
        [],
        [(SCT, None)],
        [(None, None)],
        [(LEGAL_STATUS, None)],
        [(SCT, "38341003"), (ICD_10, "I10"), (BARS, "RA")],
        [("http://example.org/local", "SG"), (TREATMENT_FUNCTION, "100")],
        [("urn:local", "B20")],
    ],
)
def test_an_ordinary_item_has_no_label(codings: list[tuple[str | None, str | None]]) -> None:
    assert labels_of(codings=codings) == frozenset()


@pytest.mark.parametrize(
    ("code", "label"),
    [("360", Label.SEXUAL_HEALTH), ("710", Label.MENTAL_HEALTH), ("711", Label.MENTAL_HEALTH)],
)
@pytest.mark.parametrize("system", [TREATMENT_FUNCTION, None, "urn:trust:specialty"])
def test_a_visit_to_a_sensitive_service_is_sensitive(
    system: str | None, code: str, label: Label
) -> None:
    assert labels_of(services=[(system, code)]) == {label}


def test_hl7s_own_service_numbers_are_not_treatment_functions() -> None:
    other = "http://terminology.hl7.org/CodeSystem/service-type"

    assert labels_of(services=[(other, "360"), (SCT, "100"), (None, None)]) == frozenset()


def test_a_snomed_service_counts_where_a_service_stands() -> None:
    assert labels_of(services=[(SCT, "830039004")]) == {Label.SEXUAL_HEALTH}


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("HIV viral load", Label.SEXUAL_HEALTH),
        ("Test (H.I.V.): HIV-2", Label.SEXUAL_HEALTH),
        ("Emtricitabine 200mg / Tenofovir disoproxil 245mg tablets", Label.SEXUAL_HEALTH),
        ("Seen in  Sexual\u2013Health clinic", Label.SEXUAL_HEALTH),
        ("Mental health crisis plan", Label.MENTAL_HEALTH),
        ("MARAC referral", Label.SAFEGUARDING),
        ("Attends drug and alcohol service.", Label.SUBSTANCE),
        ("Termination of pregnancy", Label.REPRODUCTIVE),
        ("IVF", Label.REPRODUCTIVE),
        ("Gender identity clinic letter", Label.GENDER),
        ("Prison health visit", Label.PRISON),
        ("Adoption medical", Label.ADOPTION),
        ("protected-witness", Label.WITNESS),
        ("Letter from a relative", Label.THIRD_PARTY),
        ("Entry sealed by the patient", Label.SEALED),
    ],
)
def test_a_title_or_drug_name_that_reveals_a_topic_gives_it(text: str, label: Label) -> None:
    assert labels_of(texts=["Essential hypertension", text]) == {label}


@pytest.mark.parametrize(
    "texts",
    [
        ["Uses hearing aids"],
        ["Archives reviewed"],
        ["Mentally alert", "Health check"],
        ["Seen with his mental", "health visitor"],
        ["Prison officer by occupation"],
        ["\ud800 broken text"],
        ["Pregnancy test; miscarriage; contraception"],
    ],
)
def test_a_text_that_only_resembles_a_topic_gives_nothing(texts: list[str]) -> None:
    assert labels_of(texts=texts) == frozenset()


def test_a_legal_status_extension_tells_by_its_presence() -> None:
    urls = ["http://example.org/other", f"{systems.UK_CORE}/Extension-UKCore-LegalStatus"]

    assert labels_of(extensions=urls) == {Label.MENTAL_HEALTH}
