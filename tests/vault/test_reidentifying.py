"""A treating professional learns whose one coded record is: for a reason, after somebody else agreed, on record first."""

from datetime import timedelta

import pytest

from adapters.contract import AddressUse, TraceOutcome
from gateway.access import decision
from gateway.access.likeness import Mark
from gateway.access.reidentifying import REIDENTIFICATION_LASTS
from gateway.errors import ConflictError, NotFoundError, RefusedError, UnavailableError
from gateway.patient.ids import PatientIds
from gateway.store.privacy_alerts import open_privacy_alerts
from gateway.store.reidentifications import AskedLately, reidentification_of
from gateway.vault import reidentifying
from gateway.vault.reidentifying import Answer
from tests.patient.factories import IDS
from tests.vault.world import COSTS, DOCTOR, GUARDIAN, NUMBERS, OURS, STRANGER, asker


async def test_a_doctor_learns_whose_a_coded_record_is_after_a_guardian_agreed(world):
    about = await world.agreed(await world.coded(OURS))

    found = await world.revealing.reveal(asker(DOCTOR), about)

    assert (found.number, IDS.open(found.patient_id)) == (OURS, OURS)
    assert isinstance(IDS, PatientIds)


async def test_everybody_is_found_also_after_both_keys_were_rotated(world):
    coded = [await world.coded(each) for each in NUMBERS[2:4]]
    await world.custody.rotate(COSTS)

    assert [await world.told(each) for each in coded] == list(NUMBERS[2:4])


async def test_each_step_is_on_record_before_its_effect(world):
    await world.told(await world.coded(OURS))
    entries = await world.entries()

    told = [each["action"] for each in entries[-8:]]
    assert told == [
        *("asked", "re-identification-asked"),
        *("asked", "re-identification-settled"),
        *("re-identification-settled", "vault-opened", "asked", "disclosed"),
    ]
    assert [each.get("outcome") for each in entries[-5:-3]] == ["approved", "used"]


async def test_the_entries_say_who_why_and_whose_and_never_by_which_pseudonym(world):
    coded = await world.coded(OURS)
    await world.told(coded)

    *_, row_a, row_b = entries = await world.entries()
    assert (row_a["patient"], row_a["relationship"]) == (IDS.seal(OURS), "registered-gp")
    assert (row_a["act"], row_b["shown"]) == ("re-identify", {"demographics": 1})
    assert row_a["details"]["behind"] == "somebody"
    assert coded not in str(entries)
    assert OURS.digits not in str(entries)


async def test_who_was_asked_about_is_forgotten_once_it_is_used_declined_or_over(world):
    coded = await world.coded(OURS)
    used, declined, over = [await world.ask(coded) for _ in range(3)]
    await world.agree(used)
    await world.reveal(used)
    await world.agree(declined, answer=Answer.DECLINED)
    world.pass_(hours=73)
    await world.ask(coded)

    rows = [await world.store.read(reidentification_of, each) for each in (used, declined, over)]
    assert [each.person for each in rows] == [None] * 3
    assert [each.ended_by for each in rows] == ["used", "declined", "expired"]


async def test_a_guardian_sees_what_waits_and_why_but_no_pseudonym(world):
    about = await world.ask(await world.coded(OURS))
    settled = await world.ask(await world.coded(OURS))
    await world.agree(settled)

    (waiting,) = await world.asking.waiting(asker(GUARDIAN))

    assert (waiting.id, waiting.user_id, waiting.reason_code) == (about, "d1", "risk-found")
    assert waiting.person is None


async def test_whoever_treats_people_is_not_shown_what_waits(world):
    with pytest.raises(RefusedError):
        await world.asking.waiting(asker(DOCTOR))


async def test_while_nobody_agreed_the_asker_is_told_so(world):
    about = await world.ask(await world.coded(OURS))

    with pytest.raises(RefusedError) as refused:
        await world.reveal(about)

    assert refused.value.reason == "second-person-needed"


@pytest.mark.parametrize("answer", Answer)
async def test_what_was_answered_is_not_answered_again(world, answer):
    about = await world.ask(await world.coded(OURS))
    await world.agree(about, answer=Answer.DECLINED)

    with pytest.raises(ConflictError):
        await world.agree(about, answer=answer)


async def test_what_was_asked_waits_for_three_days(world):
    about = await world.ask(await world.coded(OURS))
    world.pass_(seconds=REIDENTIFICATION_LASTS.total_seconds())

    assert timedelta(hours=72) == REIDENTIFICATION_LASTS
    with pytest.raises(ConflictError):
        await world.agree(about)


async def test_pds_that_does_not_answer_gives_no_answer_about_anybody(world):
    everybody = [await world.coded(OURS), "a" * 26]
    world.pds.outcome = TraceOutcome.UNAVAILABLE

    for coded in everybody:
        about = await world.agreed(coded)
        with pytest.raises(UnavailableError):
            await world.reveal(about)


async def test_privacy_officers_are_told_of_a_restricted_person_who_was_found(world):
    world.pds.changes = {"address_use": AddressUse.RESTRICTED}

    assert await world.told(await world.coded(OURS)) == OURS

    (alert,) = await world.store.read(open_privacy_alerts, 9)
    assert (alert.kind, alert.user_id, alert.patient) == (
        *("restricted-person", "d1"),
        IDS.seal(OURS),
    )


async def test_two_who_use_one_agreement_at_once_do_not_both_learn(world):
    about = await world.agreed(await world.coded(OURS))
    revealing = world.revealing
    permit = await revealing.access.permit(
        DOCTOR, asker(DOCTOR).purpose, await world.store.read(reidentification_of, about)
    )

    await revealing._use_up(permit)

    with pytest.raises(ConflictError):
        await revealing._use_up(permit)


async def test_what_the_caller_is_to_the_person_is_on_record(world, monkeypatch):
    marks = frozenset({Mark.SAME_SURNAME})
    monkeypatch.setattr(decision, "marks_of", lambda *_: marks)

    await world.told(await world.coded(OURS))

    *_, row_a, _row_b = await world.entries()
    assert row_a["details"]["marks"] == "same-surname"


async def test_what_a_refused_caller_is_to_the_person_is_on_record_too(world, monkeypatch):
    marks = frozenset({Mark.SAME_SURNAME})
    monkeypatch.setattr(decision, "marks_of", lambda *_: marks)

    with pytest.raises(NotFoundError):
        await world.told(await world.coded(STRANGER))

    *_, row_a = await world.entries()
    assert (row_a["decision"], row_a["details"]["marks"]) == ("refused", "same-surname")


async def test_a_register_that_knows_nobodys_number_gives_no_answer_either(world):
    world.pds.knows_nobody = True

    with pytest.raises(NotFoundError):
        await world.told("a" * 26)


async def test_one_who_asked_for_the_last_of_the_day_in_the_same_moment_is_told_to_try_again(
    world, monkeypatch
):
    coded = await world.coded(OURS)
    monkeypatch.setattr(reidentifying, "asked_lately", lambda *_: AskedLately(0, 0))
    monkeypatch.setattr(reidentifying, "MOST_A_DAY", 1)
    await world.ask(coded)

    with pytest.raises(ConflictError, match="meanwhile"):
        await world.ask(coded)


async def test_what_nobody_asked_is_agreed_to_by_nobody(world):
    with pytest.raises(NotFoundError):
        await world.agree(world.new_id())
