"""What a source's security labels mean here."""

import pytest

from fhir_profiles import systems
from fhir_profiles.classify import labels_of
from fhir_profiles.security_labels import marking_of
from fhir_profiles.vocabulary import Label

BARS = "https://fhir.nhs.uk/CodeSystem/flag-categories-bars"


@pytest.mark.parametrize(
    ("code", "label"),
    [
        ("HIV", Label.SEXUAL_HEALTH),
        ("STD", Label.SEXUAL_HEALTH),
        ("SEX", Label.SEXUAL_HEALTH),
        ("PSY", Label.MENTAL_HEALTH),
        ("MH", Label.MENTAL_HEALTH),
        ("ETH", Label.SUBSTANCE),
        ("SUD", Label.SUBSTANCE),
        ("SDV", Label.SAFEGUARDING),
        ("GENDER", Label.GENDER),
    ],
)
@pytest.mark.parametrize(
    "system", [systems.V3_ACT_CODE, "http://hl7.org/fhir/v3/ActCode", None, "HTTP://WRONG"]
)
def test_a_sensitivity_code_is_known_under_any_system_and_in_any_case(
    system: str | None, code: str, label: Label
) -> None:
    assert labels_of([(system, code)]) == labels_of([(system, f" {code.lower()}")]) == {label}


@pytest.mark.parametrize("label", sorted(set(Label) - {Label.NORMAL, Label.OWN}))
def test_our_own_words_are_known(label: Label) -> None:
    assert labels_of([(systems.LABEL, label.value)]) == {label}


@pytest.mark.parametrize(
    "coding",
    [
        (systems.LABEL, "research-interest"),
        (systems.LABEL, "own"),
        (systems.LABEL, None),
        (None, None),
        (systems.V3_ACT_CODE, "CEL"),
        (systems.V3_ACT_CODE, "TBOO"),
        (systems.V3_ACT_CODE, "ＨＩＶ"),
        (systems.V3_CONFIDENTIALITY, "V"),
        (systems.V3_CONFIDENTIALITY, "X"),
        (None, "N"),
        ("urn:other", "normal"),
        (systems.V3_ACT_REASON, "HRESCH"),
    ],
)
def test_an_unknown_label_is_the_most_restrictive(coding: tuple[str | None, str | None]) -> None:
    assert labels_of([coding]) == {Label.SEALED}


@pytest.mark.parametrize(
    "coding",
    [
        (systems.V3_CONFIDENTIALITY, "N"),
        (systems.V3_CONFIDENTIALITY, "u"),
        ("http://hl7.org/fhir/v3/Confidentiality", "L"),
        (systems.V3_ACT_CODE, "NOPAT"),
        ("http://hl7.org/fhir/v3/ActCode", "NOPAT"),
        (systems.V3_ACT_REASON, "HTEST"),
        (systems.LABEL, "normal"),
    ],
)
def test_a_label_that_restricts_nobody_on_staff_is_none(coding: tuple[str, str]) -> None:
    assert labels_of([coding]) == frozenset()


def test_a_restriction_without_a_reason_is_sealed() -> None:
    assert labels_of([(systems.V3_CONFIDENTIALITY, "R")]) == {Label.SEALED}


def test_a_restriction_with_a_reason_is_that_reason() -> None:
    restricted = (systems.V3_CONFIDENTIALITY, "R")

    assert labels_of([restricted], [(BARS, "SG")]) == {Label.SAFEGUARDING}
    assert labels_of([restricted, (systems.V3_ACT_CODE, "PSY")]) == {Label.MENTAL_HEALTH}


def test_a_very_restricted_item_stays_sealed_whatever_its_reason() -> None:
    labels = labels_of([(systems.V3_CONFIDENTIALITY, "V"), (systems.V3_ACT_CODE, "SDV")])

    assert labels == {Label.SEALED, Label.SAFEGUARDING}


def test_a_marking_keeps_the_restriction_apart_from_the_reasons() -> None:
    marking = marking_of([(systems.V3_CONFIDENTIALITY, "r"), (systems.V3_ACT_CODE, "STD")])

    assert marking.is_restricted
    assert marking.labels == {Label.SEXUAL_HEALTH}
