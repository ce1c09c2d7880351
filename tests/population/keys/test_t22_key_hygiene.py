"""T22: no key is in a file, a log, a repr, an error or a pickle; files are their owner's alone."""

import base64
import logging
import pickle
import stat

import msgspec
import pytest

from gateway.population.keys.certificate import certificate_of
from gateway.population.keys.custody import KeyCustody
from gateway.population.keys.held import HeldKey, KeyWipedError
from gateway.population.keys.local_providers import EnvironmentProvider
from gateway.population.keys.private_files import FileInUseError, locked
from gateway.population.keys.provider import CustodyError, KeyUnwrapError, Wrapped, unseal
from tests.population.keys.conftest import COSTS, STORE, VIOLENCE


def spellings(key: bytes) -> list[bytes]:
    encoded = [base64.b64encode(key), base64.urlsafe_b64encode(key), base64.b32encode(key)]
    texts = [key.hex(), key.hex().upper(), repr(key)[2:-1], str(list(key))]
    return [key, key[::-1], *encoded, *(each.encode() for each in texts)]


def found_in(content: bytes, keys: list[bytes]) -> list[bytes]:
    return [each for key in keys for each in spellings(key) if each in content]


def at_rest(world) -> bytes:
    files = [each for each in world.folder.iterdir() if each != world.roots]
    return b"".join(each.name.encode() + each.read_bytes() for each in files)


async def used(custody) -> None:
    await custody.create(STORE)
    await custody.create(VIOLENCE)
    await custody.rotate(VIOLENCE)
    await custody.destroy(VIOLENCE, 1)


async def test_t22_no_key_is_in_clear_in_any_file(custody, world):
    await used(custody)

    assert len(world.draw.secrets()) >= 3
    assert found_in(at_rest(world), world.draw.secrets()) == []


async def test_t22_a_keyring_that_held_a_key_in_clear_would_be_found(world):
    class InClear(EnvironmentProvider):
        async def wrap(self, key, name, described):  # noqa: ARG002
            return Wrapped("none", key)

    await world.custody(InClear(bytes(32), world.draw)).create(STORE)

    assert found_in(at_rest(world), world.draw.secrets()) != []


async def test_t22_no_key_is_in_logs_output_reprs_or_errors(custody, world, caplog, capsys):
    caplog.set_level(logging.DEBUG)
    await used(custody)
    ring = custody.keyring()
    with await custody.open(STORE) as key:
        told = [repr(key), str(key), f"{key!r}", repr(custody), repr(ring), str(ring.keys)]
    with pytest.raises(CustodyError) as refused:
        await custody.open(VIOLENCE, 1)
    told += [caplog.text, *capsys.readouterr(), repr(refused.value), str(refused.value)]

    assert found_in("".join(told).encode(), world.draw.secrets()) == []


@pytest.mark.parametrize("moved", [COSTS, STORE], ids=str)
async def test_t22_a_wrapped_key_does_not_open_under_another_name(custody, moved):
    await custody.create(VIOLENCE)
    entry = custody.keyring().entry_of(VIOLENCE)

    with pytest.raises(KeyUnwrapError):
        await custody.provider.unwrap(entry.wrapped(), moved.described(1))
    with pytest.raises(KeyUnwrapError):
        await custody.provider.unwrap(entry.wrapped(), VIOLENCE.described(2))


async def test_t22_an_altered_wrapped_key_does_not_open(custody):
    await custody.create(STORE)
    wrapped = custody.keyring().entry_of(STORE).wrapped()

    for place in range(len(wrapped.sealed)):
        altered = bytearray(wrapped.sealed)
        altered[place] ^= 1
        with pytest.raises(KeyUnwrapError):
            await custody.provider.unwrap(Wrapped(wrapped.root, bytes(altered)), STORE.described(1))


async def test_t22_files_are_their_owners_alone_and_others_are_refused(world):
    custody = world.by_file()
    await custody.create(STORE)

    assert {stat.S_IMODE(each.stat().st_mode) for each in world.folder.iterdir()} == {0o600}
    for path in (world.roots, custody.path):
        path.chmod(0o640)
        with pytest.raises(CustodyError, match="expected mode 0600"):
            await custody.open(STORE)
        path.chmod(0o600)


@pytest.mark.parametrize("content", [b"", b"{", b'{"roots":[]}', b'{"roots":{"a":"!secret!"}}'])
async def test_t22_a_file_that_cannot_be_read_is_not_quoted(world, content):
    custody = world.by_file()
    await custody.create(STORE)
    world.roots.write_bytes(content)

    with pytest.raises(CustodyError) as refused:
        await custody.open(STORE)
    assert "secret" not in repr(refused.value)
    assert refused.value.__suppress_context__


def test_t22_a_key_that_is_done_with_is_overwritten_and_not_given_again():
    with HeldKey(b"k" * 32) as key:
        held = key._held
        assert key.material == b"k" * 32
    assert bytes(held) == b""
    with pytest.raises(KeyWipedError):
        _ = key.material


def test_t22_a_key_cannot_be_pickled():
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(HeldKey(b"k" * 32))


async def test_t22_two_processes_do_not_change_a_keyring_at_once(world):
    custody = world.by_file()
    with locked(custody.path), pytest.raises(FileInUseError):
        await custody.create(STORE)


async def test_t22_a_wrapped_key_of_another_length_is_refused(world):
    custody = world.by_environment()
    custody = KeyCustody(custody.path, custody.provider, custody.now, lambda _size: b"short")
    await custody.create(STORE)

    with pytest.raises(KeyUnwrapError, match="32 bytes"):
        await custody.open(STORE)


@pytest.mark.parametrize("text", ["", "not base64!", base64.b64encode(bytes(31)).decode()])
def test_t22_a_root_key_of_the_environment_that_is_none_is_refused_unquoted(text, world):
    with pytest.raises(CustodyError) as refused:
        EnvironmentProvider.reading(text, world.draw)
    assert not text or text not in str(refused.value)


async def test_t22_a_living_key_is_not_certified_as_destroyed(world):
    entry = await world.by_file().create(STORE)

    with pytest.raises(ValueError, match="destroyed"):
        certificate_of(entry)


def test_t22_wrapped_bytes_that_are_too_few_do_not_open():
    with pytest.raises(KeyUnwrapError):
        unseal(bytes(32), b"few", b"")


async def test_t22_a_certificate_is_data_without_a_key(custody, world):
    await custody.create(STORE)
    (certificate,) = await custody.destroy(STORE)
    written = msgspec.json.encode(certificate)

    assert b'"purpose":"store"' in written
    assert b"no known number can be found" in written
    assert found_in(written, world.draw.secrets()) == []
