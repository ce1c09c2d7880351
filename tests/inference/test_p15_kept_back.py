"""A whole source that is kept back from a reader leaves no trace of what it holds, or whether it holds anything (P15)."""

from collections.abc import Awaitable, Callable
from random import Random

import pytest

from gateway.access.registry import patient_key
from gateway.audit.acts import RelationshipsImported
from gateway.keys import KeyPurpose
from gateway.store.objections import Objection, record_objection
from gateway.store.words import ObjectionExceptions
from gateway.wiring import now
from tests.inference.answers import Told, difference, told
from tests.inference.scripted import says
from tests.inference.worlds import world_of
from tests.safety.hostile_source import nhs_identifier, patient_like
from tests.safety.siege import person_of
from tests.safety.two_hostiles import TwoHostiles

NAMED = "no-records"
READERS = ("gp", "ed-consultant")
"""Each may read much of what a source gives: that they are shown nothing of it is not their role's doing."""


async def objected(two: TwoHostiles) -> None:
    """Let the person object to what the hospital shares."""
    number = person_of(two.stack, NAMED).nhs_number
    key = patient_key(two.stack.keys.current(KeyPurpose.REGISTRY), number)
    objection = Objection(key, "hospital", ObjectionExceptions.NONE, now())
    async with two.stack.services.log.recorded(
        RelationshipsImported(now(), "test", "test", 1)
    ) as session:
        await session.do(record_objection, objection)


async def held(two: TwoHostiles) -> None:
    """Let the hospital answer once under a number that is not verified: what it has is held from then on."""
    person = person_of(two.stack, NAMED)
    doubtful = [nhs_identifier(person.nhs_number.digits, "02")]
    says(two.hospital, [patient_like(person, identifier=doubtful)])
    await two.stack.everything("gp", NAMED)


async def all_asked(two: TwoHostiles, user: str) -> list[Told]:
    patient = two.stack.patient(NAMED)
    kinds = ("Encounter", "Condition", "Observation", "DocumentReference", "Flag")
    item = two.stack.services.ids.resource_id(patient, "hospital", "Condition", "h1")
    paths = [f"/fhir/Patient/{patient}/$everything", f"/fhir/Condition/{item}"]
    paths += [f"/fhir/{kind}?patient={patient}&_count=1&_sort=-date" for kind in kinds]
    return [told(await two.stack.get(user, path)) for path in paths]


@pytest.mark.parametrize("kept_back", [objected, held])
async def test_p15_what_a_source_holds_that_is_kept_back_is_as_if_it_held_nothing(
    two: TwoHostiles, kept_back: Callable[[TwoHostiles], Awaitable[None]]
):
    patient = patient_like(person_of(two.stack, NAMED))
    worlds = [world_of(Random(f"kept back {number}"), patient) for number in range(2)]
    says(two.ambulance, worlds[0].holds["ambulance"])
    await kept_back(two)

    for user in READERS:
        says(two.hospital, [])
        nothing = await all_asked(two, user)
        assert b'"code":"withheld"' in nothing[0].body
        for world in worlds:
            says(two.hospital, world.holds["hospital"])
            for one, other in zip(await all_asked(two, user), nothing, strict=True):
                assert one == other, f"{user}: {difference(one, other)}"
