"""Keys are made, opened, rotated and destroyed, whoever wraps them."""

import base64

import pytest

from gateway.population.keys.keyring import KeyDestroyedError, KeyExistsError, KeyMissingError
from gateway.population.keys.names import KeyName, KeyNameError, Purpose
from gateway.population.keys.provider import CustodyError, KeyUnwrapError, RootEnd
from tests.population.keys.conftest import COSTS, STORE, VAULT, VIOLENCE


async def material(custody, name, epoch=None):
    with await custody.open(name, epoch) as key:
        return key.material


async def test_a_key_opens_as_it_was_made_and_is_random(custody, world):
    await custody.create(STORE)
    await custody.create(VIOLENCE)

    opened = [await material(custody, STORE), await material(custody, VIOLENCE)]

    assert len(set(opened)) == 2
    assert set(opened) <= set(world.draw.secrets())
    assert await material(custody, STORE) == opened[0]


async def test_an_older_epochs_key_reads_until_it_is_destroyed(custody):
    await custody.create(COSTS)
    first = await material(custody, COSTS)
    await custody.rotate(COSTS)

    assert await material(custody, COSTS, 1) == first
    assert await material(custody, COSTS, 2) == await material(custody, COSTS) != first
    await custody.destroy(COSTS, 1)
    with pytest.raises(KeyDestroyedError, match="epoch 1, was destroyed"):
        await custody.open(COSTS, 1)
    assert await material(custody, COSTS)


async def test_a_destroyed_current_key_does_not_fall_back_to_an_older_one(custody):
    await custody.create(COSTS)
    await custody.rotate(COSTS)
    await custody.destroy(COSTS, 2)

    with pytest.raises(KeyDestroyedError):
        await custody.open(COSTS)


async def test_the_tombstone_keeps_the_epoch_and_not_the_key(custody, world):
    await custody.create(STORE)
    sealed = custody.keyring().entry_of(STORE).sealed
    world.pass_(days=3)
    (certificate,) = await custody.destroy(STORE)
    (entry,) = custody.keyring().epochs_of(STORE)

    assert (entry.sealed, entry.destroyed_at) == (None, world.clock.at)
    assert certificate.wrapped_key_sha256 == entry.sealed_sha256
    assert base64.b64encode(sealed) not in custody.path.read_bytes()


async def test_destroying_a_name_destroys_all_its_epochs_and_nothing_else(custody):
    for name in (COSTS, VIOLENCE):
        await custody.create(name)
        await custody.rotate(name)

    certificates = await custody.destroy(COSTS)

    assert [each.epoch for each in certificates] == [1, 2]
    assert {each.project for each in certificates} == {"costs"}
    assert await material(custody, VIOLENCE, 1) != await material(custody, VIOLENCE, 2)


async def test_after_a_destruction_the_next_epoch_has_a_number_of_its_own(world):
    custody = world.by_file()
    await custody.create(STORE)
    await custody.destroy(STORE)

    assert (await custody.rotate(STORE)).epoch == 2
    assert await material(custody, STORE)


async def test_destroying_twice_certifies_the_first_time_again(custody, world):
    await custody.create(COSTS)
    (first,) = await custody.destroy(COSTS)
    world.pass_(days=1)

    (again,) = await custody.destroy(COSTS)

    assert again.destroyed_at == first.destroyed_at


async def test_what_is_not_there_or_there_already_is_refused(custody):
    for act in (custody.open, custody.rotate, custody.destroy):
        with pytest.raises(KeyMissingError):
            await act(COSTS)
    await custody.create(COSTS)
    with pytest.raises(KeyExistsError):
        await custody.create(COSTS)
    with pytest.raises(KeyMissingError):
        await custody.open(COSTS, 2)


async def test_a_file_of_roots_forgets_the_root_so_that_old_keyrings_open_nothing(world):
    custody = world.by_file()
    await custody.create(COSTS)
    before = custody.path.read_bytes()
    (certificate,) = await custody.destroy(COSTS)
    custody.path.write_bytes(before)

    assert certificate.root_end is RootEnd.ERASED
    with pytest.raises(KeyUnwrapError):
        await custody.open(COSTS)


async def test_a_kept_root_still_opens_an_old_keyring_and_the_certificate_says_so(world):
    custody = world.by_environment()
    await custody.create(COSTS)
    before = custody.path.read_bytes()
    (certificate,) = await custody.destroy(COSTS)
    custody.path.write_bytes(before)

    assert certificate.root_end is RootEnd.KEPT
    assert "still opens them" in certificate.left
    assert await material(custody, COSTS)


async def test_a_key_services_root_ends_with_its_last_key_alone(world, service):
    async with world.by_service(service) as custody:
        await custody.create(COSTS)
        await custody.create(VIOLENCE)
        before = custody.path.read_bytes()

        (first,) = await custody.destroy(COSTS)
        (last,) = await custody.destroy(VIOLENCE)
        custody.path.write_bytes(before)

        assert (first.root_end, last.root_end) == (RootEnd.KEPT, RootEnd.SCHEDULED)
        assert (last.root_ends_at - world.clock.at).days == 7
        with pytest.raises(CustodyError, match="about to end"):
            await custody.open(COSTS)


async def test_a_destruction_that_was_cut_off_goes_on(world, service):
    async with world.by_service(service) as custody:
        await custody.create(COSTS)
        service.token, token = "another", service.token
        with pytest.raises(CustodyError, match="refused with status 400"):
            await custody.destroy(COSTS)
        with pytest.raises(KeyDestroyedError):
            await custody.open(COSTS)
        service.token = token

        (certificate,) = await custody.destroy(COSTS)

        assert certificate.root_end is RootEnd.SCHEDULED


async def test_all_keys_of_one_root_are_destroyed_together(world, service):
    async with world.by_service(service) as custody:
        await custody.create(COSTS)
        await custody.rotate(COSTS)

        certificates = await custody.destroy(COSTS)

        assert {each.root_end for each in certificates} == {RootEnd.SCHEDULED}
        assert len({each.root_ends_at for each in certificates}) == 1


async def test_a_disabled_root_is_not_said_to_end(world, service):
    async with world.by_service(service) as custody:
        await custody.create(COSTS)
        service.disabled.add("root-of-project")

        with pytest.raises(CustodyError, match="disabled"):
            await custody.destroy(COSTS)


async def test_a_key_service_without_the_purpose_or_the_root_is_refused(world, service):
    async with world.by_service(service) as custody:
        with pytest.raises(CustodyError, match="no root for this purpose"):
            await custody.create(VAULT)
        service.roots.clear()
        with pytest.raises(CustodyError, match="status 400"):
            await custody.create(COSTS)


@pytest.mark.parametrize("body", [b"<html>", b"{}", b'{"Plaintext":5}'])
async def test_a_key_service_whose_answer_cannot_be_read_is_refused_unquoted(world, body):
    async with world.answering(200, body) as custody:
        with pytest.raises(CustodyError, match="cannot be read") as refused:
            await custody.create(COSTS)
    assert refused.value.__cause__.__suppress_context__


async def test_a_key_service_that_refuses_in_words_of_its_own_is_refused(world):
    async with world.answering(403, b"<html>") as custody:
        with pytest.raises(CustodyError, match="refused with status 403"):
            await custody.create(COSTS)


async def test_a_key_service_that_is_not_there_is_refused(world):
    async with world.served_by(None) as custody:
        with pytest.raises(CustodyError, match="did not answer: connection"):
            await custody.create(COSTS)


@pytest.mark.parametrize(
    "words",
    [
        (Purpose.PROJECT,),
        (Purpose.PROJECT, "costs"),
        (Purpose.PROJECT, "a/b", "QMJ"),
        (Purpose.PROJECT, "costs", "x" * 65),
        (Purpose.STORE, "costs"),
    ],
)
def test_words_that_name_no_key_are_refused(words):
    with pytest.raises(KeyNameError):
        KeyName(*words)
