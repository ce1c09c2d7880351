"""What is known of staff themselves is kept as keyed hashes, on record, and marks what they ask about."""

import hmac
from hashlib import sha256

import orjson
import pytest
from sqlalchemy import select

from adapters.contract import TraceOutcome
from gateway.access.likeness import Alike, Mark
from gateway.access.permit import Permit, Refusal, RefusalReason
from gateway.access.registry import patient_key
from gateway.access.staff_register import (
    KnownAbout,
    NobodyKnown,
    StaffKeeping,
    StoredStaffRegister,
    household_key,
)
from gateway.audit.acts import StaffKnown
from gateway.audit.entries import entries_between
from gateway.store.staff_members import StaffMember, replace_staff_members
from gateway.store.tables import staff_member
from tests.access.parts import Parts, pds
from tests.patient.factories import NUMBER, OLD_NUMBER, OTHER_NUMBER, person
from tests.store_factories import NOW, clock

SECRET = b"s" * 64
ME = KnownAbout("F84004", "u1", OTHER_NUMBER, "N1 1AA", "1 High Street")
COLLEAGUE = KnownAbout("F84004", "u2", NUMBER, None, "")
ELSEWHERE = KnownAbout("RRV", "u3", None, "", "")


@pytest.fixture
def keeping(log):
    return StaffKeeping(log, clock, SECRET)


@pytest.fixture
def register(store):
    return StoredStaffRegister(store, SECRET)


async def everybody(store):
    rows = await store.read(lambda reading: reading.connection.execute(select(staff_member)).all())
    return {row.user_id: row for row in rows}


async def test_what_is_kept_is_keyed_hashes_and_on_record(keeping, store):
    assert await keeping.keep([ME, COLLEAGUE, ELSEWHERE], "Sam Ade") == 3

    kept = await everybody(store)
    home = hmac.new(SECRET, b"home N11AA|1HIGHSTREET", sha256).hexdigest()
    assert tuple(kept["u1"]) == ("F84004", "u1", patient_key(SECRET, OTHER_NUMBER), home, NOW)
    assert tuple(kept["u2"])[2:4] == (patient_key(SECRET, NUMBER), None)
    assert tuple(kept["u3"])[2:4] == (None, None)
    rows = [orjson.loads(row.body) for row in await store.read(entries_between, 1, 9)]
    assert [(row["action"], row["organisation"], row["count"]) for row in rows] == [
        ("staff-known", "F84004", 2),
        ("staff-known", "RRV", 1),
    ]
    assert {row["user_id"] for row in rows} == {"Sam Ade"}


async def test_who_left_is_forgotten_and_other_organisations_are_not(keeping, store):
    await keeping.keep([ME, COLLEAGUE, ELSEWHERE], "Sam Ade")
    await keeping.keep([COLLEAGUE], "Sam Ade")

    assert set(await everybody(store)) == {"u2", "u3"}


async def test_an_organisation_without_staff_is_forgotten_whole(keeping, log, store):
    await keeping.keep([ME, ELSEWHERE], "Sam Ade")
    async with log.recorded(StaffKnown(NOW, "test", "F84004", 0)) as session:
        await session.do(replace_staff_members, "F84004", [])

    assert set(await everybody(store)) == {"u3"}


async def test_a_member_of_staff_and_whoever_is_the_patient_are_found(keeping, register):
    await keeping.keep([ME, COLLEAGUE, ELSEWHERE], "Sam Ade")

    found = await register.concerned("u1", NUMBER)

    assert {row.user_id for row in found} == {"u1", "u2"}
    assert all(isinstance(row, StaffMember) for row in found)
    assert await register.concerned("u9", OLD_NUMBER) == ()


def test_a_person_is_compared_by_every_number_and_by_their_home(register):
    alike = register.alike(person(superseded=(OLD_NUMBER,)), OTHER_NUMBER)

    numbers = (NUMBER, OLD_NUMBER, OTHER_NUMBER)
    assert alike.patient_keys == {patient_key(SECRET, each) for each in numbers}
    assert alike.household_key == household_key(SECRET, "N1 1AA", ["1 high street"])
    assert alike.household_key != household_key(b"t" * 64, "N1 1AA", ["1 high street"])
    assert register.alike(person(postcode=None), NUMBER).household_key is None


async def test_who_keeps_no_register_knows_nobody():
    nobody = NobodyKnown()

    assert await nobody.concerned("u1", NUMBER) == ()
    assert nobody.alike(person(), NUMBER) == Alike(frozenset(), None)


async def test_a_permit_says_what_the_caller_is_to_the_person(keeping, register):
    await keeping.keep([ME, COLLEAGUE], "Sam Ade")

    permit = await Parts(register=register).decide(family_name="Okafor")

    assert isinstance(permit, Permit)
    assert permit.marks == {Mark.SAME_HOUSEHOLD, Mark.COLLEAGUE, Mark.SAME_SURNAME}


async def test_a_refusal_says_it_too_and_its_words_to_the_caller_do_not(keeping, register):
    await keeping.keep([ME], "Sam Ade")

    of_kin = await Parts(register=register).decide(organisation="RRV")
    of_nobody = await Parts().decide(organisation="RRV")

    assert isinstance(of_kin, Refusal)
    assert (of_kin.reason, of_kin.marks) == (
        RefusalReason.NO_RELATIONSHIP,
        {Mark.SAME_HOUSEHOLD},
    )
    assert (of_nobody.told, of_nobody.offers, of_nobody.marks) == (
        of_kin.told,
        of_kin.offers,
        frozenset(),
    )


async def test_ones_own_record_is_known_by_an_older_number(keeping, register):
    await keeping.keep([KnownAbout("F84004", "u1", NUMBER, None, "")], "Sam Ade")
    known = pds(TraceOutcome.FOUND, person(superseded=(OLD_NUMBER,)))

    permit = await Parts(register=register, pds=known).decide(number=OLD_NUMBER)

    assert permit.marks == {Mark.OWN_RECORD}
