"""Every way in which somebody may try to learn whose a coded record is, and the carelessness that would let them."""

import shutil
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from gateway.access import decision, reidentifying
from gateway.population.keys.custody import KeyCustody
from gateway.population.pseudonyms import spell
from gateway.store.reidentifications import AskedLately
from gateway.store.words import ObjectionExceptions
from gateway.vault import finding, revealing
from gateway.vault import reidentifying as asking
from gateway.vault.revealing import Revealing
from tests.access.parts import Against
from tests.patient.factories import levels
from tests.vault.world import (
    COLLEAGUE,
    COSTS,
    DOCTOR,
    GUARDIAN,
    OTHERS,
    OURS,
    PLANNER,
    STRANGER,
    subject,
)

SELF = replace(GUARDIAN, user_id=DOCTOR.user_id)


@dataclass(frozen=True)
class Misuse:
    """What somebody tries; the closed word with which the audit refuses it; and the planted weakness that lets it through."""

    attempt: Callable[..., Awaitable[object]]
    reason: str
    weaken: Callable[..., None] | None = None


async def without_a_second_person(world):
    return await world.reveal(await world.ask(await world.coded(OURS)))


async def agreeing_to_their_own(world):
    about = await world.ask(await world.coded(OURS))
    await world.agree(about, SELF)
    return await world.reveal(about)


async def agreeing_without_the_office(world):
    about = await world.ask(await world.coded(OURS))
    await world.agree(about, replace(GUARDIAN, user_id="a1", role="system_auditor"))
    return await world.reveal(about)


async def about_somebody_elses_patient(world):
    return await world.told(await world.coded(STRANGER))


async def by_what_a_colleague_was_allowed(world):
    return await world.reveal(await world.agreed(await world.coded(OURS)), COLLEAGUE)


async def in_another_role(world):
    nurse = replace(DOCTOR, role="gp_nurse")
    world.rules.given |= {("gp_nurse", *_at(DOCTOR)): levels()}
    return await world.reveal(await world.agreed(await world.coded(OURS)), nurse)


async def twice_by_one_agreement(world):
    about = await world.agreed(await world.coded(OURS))
    await world.reveal(about)
    return await world.reveal(about)


async def after_its_time(world):
    about = await world.agreed(await world.coded(OURS))
    world.pass_(hours=72)
    return await world.reveal(about)


async def a_twenty_first_that_day(world):
    coded = await world.coded(OURS)
    for _ in range(20):
        await world.ask(coded)
    return await world.told(coded)


async def a_twenty_first_of_the_organisation(world):
    coded = await world.coded(OURS)
    for number in range(20):
        await world.ask(coded, replace(DOCTOR, user_id=f"e{number}"))
    return await world.told(coded)


async def as_a_planner(world):
    return await world.told(await world.coded(OURS), PLANNER)


async def by_another_projects_name(world):
    return await world.told(await world.coded(OURS, OTHERS))


async def by_the_stores_own_name(world):
    return await world.told(spell(subject(OURS)))


async def after_the_projects_key_was_destroyed(world):
    coded = await world.coded(OURS)
    for path in list(world.folder.iterdir()):
        shutil.copy(path, world.folder / f"{path.name}.copy")
    await world.custody.destroy(COSTS)
    return await world.told(coded)


async def of_an_epoch_that_there_is_not(world):
    about = await world.ask(await world.coded(OURS), epoch=2)
    await world.agree(about)
    return await world.reveal(about)


async def about_somebody_who_objects(world):
    world.registry.against = {OURS: (Against("*", ObjectionExceptions.NONE),)}
    return await world.told(await world.coded(OURS))


async def after_being_suspended(world):
    about = await world.agreed(await world.coded(OURS))
    world.staff.whom = (DOCTOR.user_id,)
    return await world.reveal(about)


def _at(who):
    return who.organisation_kind, next(iter(who.purposes))


def _trust_any_row(patch):
    whole = revealing.reidentification_of
    patch(revealing, "reidentification_of", lambda *a: replace(whole(*a), approved_by="any"))


def _let_everybody_settle(patch):
    patch(decision, "may_review", lambda _role, _reviewing: True)


def _find_a_relationship_always(patch):
    patch(decision, "relationship_of", lambda *_: "contact")


def _let_anybody_use_it(patch):
    patch(reidentifying, "_is_theirs", lambda *_: True)


def _never_use_up(patch):
    async def keep(_self, _permit):
        pass

    patch(Revealing, "_use_up", keep)


def _let_it_wait_for_ever(patch):
    patch(asking, "REIDENTIFICATION_LASTS", timedelta(days=365))


def _count_to_a_thousand(patch):
    patch(asking, "MOST_A_DAY", 1000)
    patch(reidentifying, "MOST_A_DAY", 1000)


def _forget_the_organisation(patch):
    whole = AskedLately.__init__
    patch(AskedLately, "__init__", lambda self, mine, _theirs: whole(self, mine, 0))


def _have_one_key_for_all(patch):
    whole = KeyCustody.open

    async def open_one(self, name, epoch=None):
        return await whole(self, OTHERS if name == COSTS else name, epoch)

    patch(KeyCustody, "open", open_one)


def _use_the_stores_name(patch):
    patch(finding, "person_of", lambda _key, each: spell(each))


def _keep_copies_of_keys(patch):
    whole = KeyCustody.open

    async def from_copies(self, name, epoch=None):
        for path in list(self.path.parent.glob("*.copy")):
            shutil.copy(path, path.with_suffix(""))
        return await whole(self, name, epoch)

    patch(KeyCustody, "open", from_copies)


def _open_the_last_epoch(patch):
    whole = KeyCustody.open
    patch(KeyCustody, "open", lambda self, name, _epoch=None: whole(self, name))


def _ignore_objections(patch):
    patch(decision, "objects_to_everything", lambda _objections: False)


MISUSES: Mapping[str, Misuse] = {
    each.attempt.__name__: each
    for each in (
        Misuse(without_a_second_person, "second-person-needed", _trust_any_row),
        # Guarded thrice: by the decision, in the statement that notes it, and by a check of the table.
        Misuse(agreeing_to_their_own, "own-act"),
        Misuse(agreeing_without_the_office, "purpose-not-allowed"),
        Misuse(about_somebody_elses_patient, "no-relationship", _find_a_relationship_always),
        Misuse(by_what_a_colleague_was_allowed, "not-approved", _let_anybody_use_it),
        Misuse(in_another_role, "not-approved", _let_anybody_use_it),
        # Guarded twice: who was asked about is forgotten.
        Misuse(twice_by_one_agreement, "not-approved", _never_use_up),
        Misuse(after_its_time, "not-approved", _let_it_wait_for_ever),
        Misuse(a_twenty_first_that_day, "too-many-re-identifications", _count_to_a_thousand),
        Misuse(
            a_twenty_first_of_the_organisation,
            "too-many-re-identifications",
            _forget_the_organisation,
        ),
        # Guarded twice: the decision about the person needs a role that sees somebody too.
        Misuse(as_a_planner, "purpose-not-allowed"),
        Misuse(by_another_projects_name, "unknown-person", _have_one_key_for_all),
        Misuse(by_the_stores_own_name, "unknown-person", _use_the_stores_name),
        Misuse(after_the_projects_key_was_destroyed, "unknown-person", _keep_copies_of_keys),
        Misuse(of_an_epoch_that_there_is_not, "unknown-person", _open_the_last_epoch),
        Misuse(about_somebody_who_objects, "sharing-restricted", _ignore_objections),
        Misuse(after_being_suspended, "suspended"),
    )
}
