"""T21: no misuse of the way back to people gets anywhere; each is on record; and nobody can tell who exists by it."""

import pytest

from gateway.errors import (
    AuditUnavailableError,
    BadRequestError,
    NotFoundError,
    SharedCareRecordError,
)
from gateway.population.pseudonyms import spell
from gateway.vault.reading import read_coded_person, read_reidentification_plea
from tests.vault.misuses import MISUSES, by_another_projects_name
from tests.vault.world import NOBODY, OTHERS, OURS, STRANGER, subject

WEAKNESSES = {name: each for name, each in MISUSES.items() if each.weaken is not None}


@pytest.mark.parametrize("name", MISUSES)
async def test_t21_a_misuse_is_refused_and_on_record(world, name):
    with pytest.raises(SharedCareRecordError):
        await MISUSES[name].attempt(world)

    refused = [each for each in await world.entries() if each.get("decision") == "refused"]
    assert [each["reason"] for each in refused] == [MISUSES[name].reason]


@pytest.mark.parametrize("name", WEAKNESSES)
async def test_t21_the_planted_weakness_lets_the_misuse_through(world, name, monkeypatch):
    WEAKNESSES[name].weaken(monkeypatch.setattr)

    assert await WEAKNESSES[name].attempt(world) in {OURS, STRANGER}


async def test_t21_whoever_is_not_told_learns_nothing_of_who_exists(world):
    nobody, stranger = "a" * 26, await world.coded(STRANGER)
    told, asked = [], []
    for coded in (nobody, stranger, spell(subject(OURS)), await world.coded(OURS, OTHERS)):
        world.pds.asked.clear()
        world.probed.asked.clear()
        before = len(await world.entries())
        with pytest.raises(NotFoundError) as refused:
            await world.told(coded)
        told.append((str(refused.value), refused.value.__cause__))
        calls = (len(world.pds.asked), len(world.probed.asked))
        asked.append((*calls, len(await world.entries()) - before))

    assert len(set(told)) == len(set(asked)) == 1


async def test_t21_nobody_is_asked_about_under_a_number_of_nobodys(world):
    with pytest.raises(NotFoundError):
        await by_another_projects_name(world)

    assert world.pds.asked == [NOBODY]


async def test_t21_without_the_audit_nothing_is_opened(world, monkeypatch):
    about = await world.agreed(await world.coded(OURS))
    opened = []

    async def fail(event):
        opened.append(type(event).__name__)
        raise AuditUnavailableError("no audit")

    monkeypatch.setattr(world.log, "append", fail)
    with pytest.raises(AuditUnavailableError):
        await world.reveal(about)

    assert (opened, world.pds.asked) == (["VaultOpened"], [])


@pytest.mark.parametrize(
    "sent",
    [
        ("costs", "QMJ", 1, ["a" * 26]),
        ("costs", "QMJ", 1, "a" * 26 + "," + "a" * 26),
        ("costs", "QMJ", 1, {"person": "a" * 26}),
        ("costs", "QMJ", 1, "9990000018"),
        ("costs", "QMJ", 1, "A" * 26),
        ("costs", "QMJ", 1, None),
        ("costs", "QMJ", 0, "a" * 26),
        ("costs", "QMJ", True, "a" * 26),
        ("costs", "QMJ", "1", "a" * 26),
        ("costs|x", "QMJ", 1, "a" * 26),
        (["costs"], "QMJ", 1, "a" * 26),
        ("costs", None, 1, "a" * 26),
    ],
    ids=str,
)
def test_t21_a_batch_and_whatever_is_not_one_pseudonym_is_not_read(sent):
    with pytest.raises(BadRequestError) as refused:
        read_coded_person(*sent)

    assert "9990000018" not in str(refused.value)


@pytest.mark.parametrize(
    "plea",
    [
        ("", "Many falls this year"),
        ("curious", "Many falls this year"),
        (["risk-found"], "Many falls this year"),
        ("risk-found", ""),
        ("risk-found", "         .         "),
        ("risk-found", None),
        ("risk-found", "x" * 501),
    ],
    ids=str,
)
def test_t21_without_a_reason_nothing_is_asked(plea):
    with pytest.raises(BadRequestError):
        read_reidentification_plea(*plea)
