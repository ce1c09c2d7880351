"""The right Patient and one item of somebody else's, by every way of saying whose it is (SO-02)."""

import pytest

from tests.safety.hostile_source import (
    CANARY,
    FOREIGN_NUMBER,
    Json,
    encounter,
    new_urn,
    nhs_identifier,
    observation,
    patient_like,
    refer,
    somebody_else,
)
from tests.safety.siege import DOCTOR, Siege

FOREIGN = nhs_identifier(FOREIGN_NUMBER)
ELSEWHERE = "https://elsewhere.example/fhir/Patient/p2"
URN = new_urn()

UNPROVEN: dict[str, Json | None] = {
    "by-id": refer("Patient/p2"),
    "by-absolute-url": refer(ELSEWHERE),
    "by-urn-uuid": refer(URN),
    "by-version": refer("Patient/p2/_history/3"),
    "by-display-only": {"display": CANARY},
    "missing": None,
    "by-the-right-id-elsewhere": refer("https://elsewhere.example/fhir/Patient/p1"),
    "by-a-group": refer("Group/p1"),
    "by-an-identifier-of-another-system": {
        "identifier": {"system": "https://elsewhere.example/mrn", "value": "1"}
    },
    "by-a-contained-patient-that-is-not-there": refer("#p9"),
    "by-a-name-in-other-letters": refer("patient/p1"),
}

FOREIGN_SUBJECTS: dict[str, Json] = {
    "by-identifier-only": {"identifier": FOREIGN},
    "by-logical-reference": {"type": "Patient", "identifier": FOREIGN, "display": CANARY},
    "by-right-reference-and-foreign-identifier": refer("Patient/p1", identifier=FOREIGN),
    "by-conditional-reference": refer(
        f"Patient?identifier=https://fhir.nhs.uk/Id/nhs-number|{FOREIGN_NUMBER}"
    ),
    "by-an-unreadable-number": {"identifier": {**FOREIGN, "value": "not-a-number"}},
}


def _good(siege: Siege) -> tuple[Json, Json]:
    return patient_like(siege.person), encounter("e1", refer("Patient/p1"), "their-own")


@pytest.mark.parametrize("way", UNPROVEN)
async def test_so_02_an_item_that_cannot_be_proven_is_dropped_and_counted(siege: Siege, way: str):
    answer = await siege.asked(*_good(siege), encounter("e2", UNPROVEN[way]))

    await siege.drops(answer, "their-own")


@pytest.mark.parametrize("way", FOREIGN_SUBJECTS)
async def test_so_02_an_item_of_another_number_rejects_the_whole_answer(siege: Siege, way: str):
    answer = await siege.asked(*_good(siege), encounter("e2", FOREIGN_SUBJECTS[way]))

    await siege.refuses_whole(answer)


@pytest.mark.parametrize(
    ("full_url", "subject"),
    [
        (None, refer("Patient/p2")),
        (ELSEWHERE, refer(ELSEWHERE)),
        (URN, refer(URN)),
        (None, refer("Patient/p2/_history/3")),
    ],
    ids=["by-id", "by-absolute-url", "by-urn-uuid", "by-version"],
)
async def test_so_02_an_item_of_the_other_patient_in_the_bundle_rejects_the_whole_answer(
    siege: Siege, full_url: str | None, subject: Json
):
    other = somebody_else() if full_url is None else (full_url, somebody_else())

    answer = await siege.asked(*_good(siege), other, encounter("e2", subject))

    await siege.refuses_whole(answer)


async def test_so_02_an_item_of_a_contained_foreign_patient_rejects_the_whole_answer(siege: Siege):
    foreign = encounter("e2", refer("#c"), contained=[somebody_else("c")])

    answer = await siege.asked(*_good(siege), foreign)

    await siege.refuses_whole(answer)


async def test_so_02_a_foreign_patient_hidden_inside_a_proven_item_is_not_told(siege: Siege):
    holder = encounter("e2", refer("Patient/p1"), contained=[somebody_else("c")])

    answer = await siege.asked(*_good(siege), holder)

    await siege.drops(answer, "their-own")


async def test_so_02_a_foreign_item_hidden_inside_a_proven_item_is_not_told(siege: Siege):
    inner = observation("c", refer("Patient/p2"))
    holder = encounter("e2", refer("Patient/p1"), contained=[inner])

    answer = await siege.asked(*_good(siege), holder)

    await siege.drops(answer, "their-own")


async def test_so_02_an_item_without_subject_is_dropped_even_where_a_proven_one_refers_to_it(
    siege: Siege,
):
    report = {
        "resourceType": "DiagnosticReport",
        "id": "d1",
        "status": "final",
        "code": {"text": "their report"},
        "subject": refer("Patient/p1"),
        "result": [refer("Observation/o2")],
    }

    answer = await siege.asked(*_good(siege), report, observation("o2", None))

    await siege.drops(answer, "their-own")
    assert len(answer.of("DiagnosticReport", "hospital")) == 1


async def test_so_02_a_patient_without_number_is_not_shown_where_a_proven_item_refers_to_them(
    siege: Siege,
):
    mother = somebody_else("p2", identifier=[])
    seen_by = encounter(
        "e2", refer("Patient/p1"), "with-mother", participant=[{"individual": refer("Patient/p2")}]
    )

    answer = await siege.asked(*_good(siege), mother, seen_by)

    await siege.drops(answer, "their-own", "with-mother")


async def test_so_02_an_id_that_two_patients_share_proves_nothing(siege: Siege):
    nobody = somebody_else("p1", identifier=[])

    answer = await siege.asked(*_good(siege), nobody, encounter("e2", refer("Patient/p1")))

    await siege.drops(answer)


@pytest.mark.parametrize(
    "spelling",
    [b'"subject":{"reference":"Patient/p2"},"subject":', b'"\\u0073ubject":'],
    ids=["twice", "escaped"],
)
async def test_so_02_a_subject_that_two_readers_would_read_differently_is_not_read(
    siege: Siege, spelling: bytes
):
    good, theirs = _good(siege)
    siege.hostile.holds(good, theirs)
    mine = siege.hostile.found_bytes("Encounter", encounter("e2", refer("Patient/p1")))
    last = mine.rindex(b'"subject":')
    siege.hostile.pages["Encounter"] = mine[:last] + spelling + mine[last + len(b'"subject":') :]

    answer = await siege.stack.everything(DOCTOR, "everything")

    assert {each["type"][0]["text"] for each in answer.of("Encounter", "hospital")} == {"their-own"}
    await siege.told_truly(answer, "malformed", "part-unreadable")
