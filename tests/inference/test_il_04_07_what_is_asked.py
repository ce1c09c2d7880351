"""Whom the service asks tells nothing: not in the receipt (IL-07), not in how often it asks about whom (IL-04)."""

from collections import Counter
from collections.abc import Callable

import pytest

from adapters.simulators.faults import FaultKind
from fhir_profiles.nhs_number import NhsNumber
from tests.inference.answers import Told, told
from tests.inference.scripted import says
from tests.safety.hostile_source import encounter, observation, patient_like, refer
from tests.safety.siege import person_of
from tests.safety.two_hostiles import TwoHostiles

OWN = refer("Patient/p1")
NAMED = "no-records"
HIDDEN = {"security": [{"code": "SEX"}]}
NOBODY = NhsNumber("9990000042")
"""A number that the demographics service does not know."""

READERS = ("gp", "receptionist", "paramedic")


@pytest.mark.parametrize("user", READERS)
async def test_il_07_a_receipt_lists_the_same_sources_about_everybody(two: TwoHostiles, user: str):
    listed: dict[str, tuple[str, ...]] = {}
    for name in two.stack.london.people:
        answer = await two.stack.get(user, f"/fhir/Encounter?patient={two.stack.patient(name)}")
        if answer.status_code == 200:
            entries = answer.json()["entry"]
            issues = [
                each["resource"]["issue"][0] for each in entries if "issue" in each["resource"]
            ]
            listed[name] = tuple(each["diagnostics"].split(" ")[0] for each in issues)

    # Some object to a source, some have no record anywhere, of some a source does not know.
    assert len(listed) >= 10
    assert set(listed.values()) == {("gp", "hospital", "ambulance")}


class Asked:
    """Count what each source was asked since the last look."""

    def __init__(self, two: TwoHostiles) -> None:
        self._two = two
        self.counted: Counter[str] = Counter()
        for name in ("pds", "gp"):
            two.stack.london.faults[name].set(FaultKind.HANG, matching=self._seeing(name))

    def _seeing(self, name: str) -> Callable[[str], bool]:
        def see(_path: str) -> bool:
            # Each request is shown to the fault, which hits none.
            self.counted[name] += 1
            return False

        return see

    def take(self) -> Counter[str]:
        """Give the counts and begin anew."""
        for name, source in (("hospital", self._two.hospital), ("ambulance", self._two.ambulance)):
            self.counted[name] = len(source.stub.asked)
            source.stub.asked.clear()
        taken, self.counted = self.counted, Counter()
        return taken


async def settled(two: TwoHostiles, path: str) -> Told:
    return told(await two.stack.get("gp", path))


def holding(two: TwoHostiles) -> None:
    patient = patient_like(person_of(two.stack, NAMED))
    items = [observation("o1", OWN, "plain"), encounter("e1", OWN, "hidden", meta=HIDDEN)]
    for source in (two.hospital, two.ambulance):
        says(source, [patient, *items])


async def test_il_04_a_hidden_item_and_one_that_never_was_ask_the_same_sources_as_often(
    two: TwoHostiles,
):
    holding(two)
    ids, patient = two.stack.services.ids, two.stack.patient(NAMED)
    shown, hidden, never = (
        ids.resource_id(patient, "hospital", kind, local)
        for kind, local in (("Observation", "o1"), ("Encounter", "e1"), ("Encounter", "e2"))
    )
    assert (await settled(two, f"/fhir/Observation/{shown}")).status == 200
    asked = Asked(two)

    answers = {each: await settled(two, f"/fhir/Encounter/{each}") for each in (hidden, never)}
    counts = []
    for each in (hidden, never, hidden, never):
        await settled(two, f"/fhir/Encounter/{each}")
        counts.append(asked.take())

    assert answers[hidden] == answers[never]
    assert answers[hidden].status == 404
    assert counts[1:] == [counts[1]] * 3
    assert all(counts[1][source] > 0 for source in ("pds", "gp", "hospital", "ambulance"))


@pytest.mark.parametrize("user", ["ed-consultant", "paramedic", "gp"])
@pytest.mark.parametrize("path", ["Patient/{}", "Encounter/{}" + 26 * "0", "Encounter?patient={}"])
async def test_il_04_a_stranger_and_nobody_ask_the_same_sources_as_often(
    two: TwoHostiles, user: str, path: str
):
    holding(two)
    seal = two.stack.services.ids.seal
    people = {"stranger": seal(two.stack.london.people["other-practice"]), "nobody": seal(NOBODY)}
    await two.stack.everything(user, NAMED)
    asked = Asked(two)
    asked.take()

    counts = {}
    for who, patient in people.items():
        answer = await two.stack.get(user, f"/fhir/{path.format(patient)}")
        counts[who] = asked.take()
        assert answer.status_code in {403, 404}

    assert counts["stranger"] == counts["nobody"]
    assert counts["nobody"]["pds"] == 1
    assert counts["nobody"]["gp"] == 0
