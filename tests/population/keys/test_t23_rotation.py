"""T23: the same key gives the same bytes, two epochs or projects share nothing, and a destroyed key links nothing."""

import secrets

import pytest

from gateway.population.keys.keyring import KeyDestroyedError
from gateway.population.keys.names import Purpose
from gateway.population.pseudonyms import SUBJECT_BYTES, person_of, resource_id, spell
from tests.population.keys.conftest import COSTS, STORE, VAULT, VIOLENCE

SUBJECTS = [secrets.token_bytes(SUBJECT_BYTES) for _ in range(2_000)]


async def released(custody, name, epoch=None) -> bytes:
    """Release all subjects under one key, ordered by pseudonym as releases are."""
    with await custody.open(name, epoch) as held:
        key = held.material
    rows = [
        f"{person_of(key, each)},{resource_id(key, 'Encounter', 'trust', spell(each))}"
        for each in SUBJECTS
    ]
    return "\n".join(sorted(rows)).encode()


def ids_of(release: bytes) -> set[bytes]:
    return set(release.replace(b"\n", b",").split(b","))


async def test_t23_the_same_key_gives_the_same_bytes(world):
    custody = world.by_file()
    await custody.create(COSTS)
    first = await released(custody, COSTS)
    await custody.rotate(COSTS)

    assert await released(world.by_file(), COSTS, 1) == first


async def test_t23_two_epochs_have_no_pseudonym_in_common(world):
    custody = world.by_file()
    await custody.create(COSTS)
    await custody.rotate(COSTS)
    before, after = [ids_of(await released(custody, COSTS, each)) for each in (1, 2)]

    assert len(before) == len(after) == 2 * len(SUBJECTS)
    assert before & after == set()


async def test_t23_two_projects_have_no_pseudonym_in_common(world):
    custody = world.by_file()
    await custody.create(COSTS)
    await custody.create(VIOLENCE)

    assert (
        ids_of(await released(custody, COSTS)) & ids_of(await released(custody, VIOLENCE)) == set()
    )


async def test_t23_a_rotation_that_drew_the_same_key_would_be_found(world):
    custody = world.by_file()
    world.draw = lambda size: b"k" * size
    custody = world.by_file()
    await custody.create(COSTS)
    await custody.rotate(COSTS)

    before, after = [ids_of(await released(custody, COSTS, each)) for each in (1, 2)]
    assert before & after != set()


@pytest.mark.parametrize("name", [STORE, VAULT, COSTS], ids=str)
async def test_t23_after_destruction_nothing_can_be_released_again(world, name):
    custody = world.by_file()
    await custody.create(name)
    (certificate,) = await custody.destroy(name)

    with pytest.raises(KeyDestroyedError):
        await released(custody, name)
    assert certificate.unlinks
    assert certificate.purpose in Purpose
