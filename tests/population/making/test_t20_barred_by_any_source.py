"""T20, DE-05: what any source says against a person keeps all their rows out, of every source."""

import pytest

from fhir_profiles.systems import LABEL
from tests.population.making.raw import ANN, BEN, contact, patient, pulled, read, subject
from tests.population.making.test_reading import put

AGAINST = [
    *({"code": code} for code in ("R", "V", "unheard-of")),
    *(
        {"meta": {"security": [{"system": LABEL, "code": label}]}}
        for label in ("sealed", "reproductive", "gender", "prison", "safeguarding", "mental-health")
    ),
    *({"meta": meta} for meta in ("N", {"security": "N"}, {"security": [None]})),
    *({"modifierExtension": [{"url": "urn:x"}]}, {"implicitRules": "urn:x"}),
    {"modifierExtension": [], "deceasedBoolean": True},
    *({"deceasedBoolean": "true"}, {"deceasedDateTime": "soon"}, {"deceasedDateTime": None}),
    {"_deceasedDateTime": {"extension": []}},
    {"deceasedDateTime": "2026-01-05"},
]


@pytest.mark.parametrize("against", AGAINST, ids=str)
def test_t20_what_one_source_says_against_somebody_keeps_them_out_of_all(tmp_path, against):
    pulled(tmp_path / "s", "gp", patient("g1"), contact("g", "g1"), patient("g2", BEN))
    pulled(tmp_path / "s", "hospital", patient("p1", **against), contact("h", "p1"))
    pulled(tmp_path / "s", "ambulance", patient("a2", BEN), contact("a", "a2"))

    assert read(tmp_path / "s") == [("ambulance", BEN)]


def test_what_is_no_reason_against_somebody_keeps_nobody_out(tmp_path):
    pulled(tmp_path / "s", "gp", patient("g1", code="N"), contact("g", "g1"))
    pulled(tmp_path / "s", "hospital", patient(deceasedBoolean=False), contact())

    assert read(tmp_path / "s") == [("gp", ANN), ("hospital", ANN)]


@pytest.mark.parametrize("against", [*AGAINST[:2], AGAINST[-1]], ids=str)
@pytest.mark.parametrize("is_first", [True, False])
def test_t20_of_two_patients_who_are_one_person_the_stricter_counts(tmp_path, against, is_first):
    two = [patient("p1", **against), patient("p2")][:: 1 if is_first else -1]
    pulled(tmp_path / "s", "hospital", *two, contact("c1", "p1"), contact("c2", "p2"))
    pulled(tmp_path / "s", "gp", patient("g1"), contact("g", "g1"))

    assert read(tmp_path / "s") == []


def test_de_05_a_label_that_the_store_does_not_know_bars_its_person(tmp_path):
    pulled(tmp_path / "s", "gp", patient("g1"), contact("g", "g1"))
    meta = {"security": [{"system": LABEL, "code": "of another version"}]}
    put(tmp_path / "s" / "hospital", {"resourceType": "Patient", "id": subject(ANN), "meta": meta})

    assert read(tmp_path / "s") == []
