"""The vault is filled by pulls, says whom an opt-out leaves out, and shows no key and no number."""

import logging

import pytest
from sqlalchemy import text

from gateway.errors import AuditUnavailableError, NotFoundError, UnavailableError
from gateway.population.keys.keyring import KeyDestroyedError, KeyMissingError
from gateway.population.opt_out_check import Unanswered
from gateway.population.pseudonyms import spell
from gateway.store.reidentifications import reidentification_of
from gateway.store.vault_entries import VaultEntry, entries_after
from gateway.vault import vault as vault_module
from tests.population.keys.test_t22_key_hygiene import found_in
from tests.population.opt_outs.conftest import exchange
from tests.vault.world import DOCTOR, NUMBERS, OURS, STRANGER, VAULT, asker, subject

__all__ = ["exchange"]


async def kept(world) -> tuple[VaultEntry, ...]:
    return await world.vault_store.read(entries_after, b"", 1000)


def named(*numbers) -> set[str]:
    return {spell(subject(each)) for each in numbers}


async def usable(world, exchange, subjects=None):
    exchange.at = world.at
    async with exchange.check() as check:
        return await world.vault.usable(frozenset(subjects or named(*NUMBERS)), check)


async def test_whoever_is_pulled_is_in_the_vault_once(world):
    first = await kept(world)
    await world.fill(NUMBERS[:3])

    assert {each.subject for each in first} == {subject(each) for each in NUMBERS}
    assert await kept(world) == first


async def test_filling_is_on_record_first_by_how_many_and_by_whom(world):
    (filled,) = [each for each in await world.entries() if each["action"] == "vault-filled"]

    assert (filled["people"], filled["epoch"], filled["user_id"]) == (len(NUMBERS), 1, "the pull")


async def test_without_the_audit_it_is_neither_filled_nor_opened(world, monkeypatch, exchange):
    async def fail(_event):
        raise AuditUnavailableError("no audit")

    before = await kept(world)
    monkeypatch.setattr(world.log, "append", fail)
    await world.custody.rotate(VAULT)

    with pytest.raises(AuditUnavailableError):
        await world.fill(NUMBERS)
    with pytest.raises(AuditUnavailableError):
        await usable(world, exchange)
    assert await kept(world) == before


async def test_a_pull_of_nobody_fills_nothing_and_says_nothing(world):
    before = await world.entries()
    await world.fill(())

    assert await world.entries() == before


async def test_after_a_rotation_the_next_pull_seals_anew_and_the_old_key_may_go(world):
    await world.custody.rotate(VAULT)
    await world.fill(NUMBERS[:6])
    assert sorted(each.epoch for each in await kept(world)) == [1] * 6 + [2] * 6
    assert await world.told(await world.coded(OURS)) == OURS

    await world.fill(NUMBERS)
    await world.custody.destroy(VAULT, 1)

    assert await world.told(await world.coded(OURS)) == OURS


async def test_once_the_vaults_key_is_destroyed_it_answers_nothing(world, exchange):
    about = await world.agreed(await world.coded(OURS))
    await world.custody.destroy(VAULT)

    with pytest.raises(KeyDestroyedError):
        await usable(world, exchange)
    with pytest.raises(KeyDestroyedError):
        await world.fill(NUMBERS)
    with pytest.raises(NotFoundError):
        await world.reveal(about)


async def test_without_a_key_nothing_is_pulled_into_it(world):
    world.custody.path.unlink()

    with pytest.raises(KeyMissingError):
        await world.fill(NUMBERS)


async def test_t24_entries_that_somebody_exchanged_or_altered_do_not_open(world, exchange):
    await world.reveal(await world.agreed(await world.coded(OURS)))
    about = await world.agreed(await world.coded(OURS))
    others = next(each.sealed for each in await kept(world) if each.subject != subject(OURS))
    with world.vault_store.writes.begin() as connection:
        changed = text("UPDATE vault_entry SET sealed = :others WHERE subject = :ours")
        connection.execute(changed, {"others": others, "ours": subject(OURS)})

    with pytest.raises(UnavailableError, match="vault"):
        await world.reveal(about)


async def test_de_05_who_opted_out_between_pull_and_release_is_on_no_list(world, exchange):
    before = await usable(world, exchange)
    exchange.mesh.opted_out.add(OURS)
    after = await usable(world, exchange)

    assert before.usable == named(*NUMBERS)
    assert before.usable - after.usable == named(OURS)


async def test_de_05_whom_the_vault_does_not_know_is_on_no_list(world, exchange):
    found = await usable(world, exchange, named(*NUMBERS) | {"a" * 26})

    assert found.usable == named(*NUMBERS)


async def test_t20_who_left_the_store_is_not_asked_about(world, exchange):
    exchange.mesh.listings_until_answer = 99

    await usable(world, exchange, named(OURS, STRANGER))

    [(_to, _left, answer)] = exchange.mesh.coming
    asked = sorted(answer.content.decode().split(",\n"))
    assert asked == ["", *sorted(each.digits for each in (OURS, STRANGER))]


async def test_a_check_that_gives_no_list_gives_none(world, exchange):
    exchange.mesh.listings_until_answer = 99

    assert await usable(world, exchange) is Unanswered.NO_ANSWER


async def test_more_than_one_page_is_read_to_the_end(world, exchange, monkeypatch):
    monkeypatch.setattr(vault_module, "_PAGE", 5)

    assert (await usable(world, exchange)).usable == named(*NUMBERS)
    assert await world.told(await world.coded(NUMBERS[-1])) == NUMBERS[-1]


async def test_a_permit_whose_time_is_over_opens_nothing(world):
    about = await world.agreed(await world.coded(OURS))
    row = await world.store.read(reidentification_of, about)
    permit = await world.access.permit(DOCTOR, asker(DOCTOR).purpose, row)
    world.pass_(hours=72)

    assert await world.vault.number_behind(permit) is None


async def test_t22_no_key_and_no_number_is_in_files_logs_reprs_errors_or_entries(
    world, caplog, capsys, exchange
):
    caplog.set_level(logging.DEBUG)
    coded = await world.coded(OURS)
    await world.told(coded)
    found = await usable(world, exchange)
    await world.custody.destroy(VAULT)
    with pytest.raises(NotFoundError) as refused:
        await world.told(coded)
    told = [repr(each) for each in (world.vault, await kept(world), found, refused.value)]
    files = [each for each in world.folder.parent.rglob("*") if each.is_file()]
    at_rest = b"".join(each.read_bytes() for each in files if each != world.keys.roots)
    everything = "".join([*told, caplog.text, *capsys.readouterr()]).encode() + at_rest

    assert found_in(everything, world.keys.draw.secrets()) == []
    assert [each for each in NUMBERS if each.digits.encode() in everything] == []


async def test_t22_a_vault_that_kept_numbers_in_clear_would_be_found(world, monkeypatch):
    in_clear = lambda _seal, _subject, number: number.digits.encode() + bytes(16)  # noqa: E731
    monkeypatch.setattr(vault_module.NumberSeal, "seal", in_clear)
    await world.fill(NUMBERS)

    files = world.folder.parent.glob("vault.db*")
    assert OURS.digits.encode() in b"".join(each.read_bytes() for each in files)
