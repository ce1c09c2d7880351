"""Killed in any named moment, the vault holds whole entries that are on record, and no agreement opens it twice (DE-07)."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest

from gateway.errors import NotFoundError
from gateway.vault.sealing import NumberSeal
from tests.population.releases.killing import Nursery
from tests.vault.kill_points import POINTS, WEAKNESSES
from tests.vault.killed_process import Orders
from tests.vault.test_vault import kept
from tests.vault.world import NUMBERS, OURS, VAULT, VaultWorld, subject

ROOT = Path(__file__).parents[2]
KILLED = -signal.SIGKILL


@pytest.fixture(scope="module")
def processes() -> Iterator[Nursery]:
    command = [sys.executable, "-m", "tests.vault.killed_process"]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        yield Nursery(process)
        process.stdin.close()


@pytest.mark.parametrize("point", POINTS)
async def test_de_07_killed_in_each_named_moment_the_vault_loses_and_tells_nothing(
    world: VaultWorld, processes: Nursery, point: str
) -> None:
    orders = await ordered(world, POINTS[point].act)
    assert await processes.status_of(orders._replace(point=point)) == KILLED
    await look_at(world, orders)

    await world.fill(NUMBERS)

    assert {each.subject for each in await kept(world)} == {subject(each) for each in NUMBERS}
    assert await world.told(await world.coded(OURS)) == OURS


@pytest.mark.parametrize("weakness", WEAKNESSES)
async def test_de_07_a_careless_vault_is_found(
    world: VaultWorld, processes: Nursery, weakness: str
) -> None:
    point = WEAKNESSES[weakness].point
    orders = await ordered(world, POINTS[point].act)
    killing = orders._replace(point=point, weakness=weakness)
    assert await processes.status_of(killing) == KILLED

    with pytest.raises((AssertionError, pytest.fail.Exception)):
        await look_at(world, orders)


async def ordered(world: VaultWorld, act: str) -> Orders:
    """Make ready what a process is to do: a vault that is sealed anew, or an agreement to open it."""
    folder, now = str(world.folder.parent), world.at.isoformat()
    if act == "fill":
        await world.custody.rotate(VAULT)
        return Orders(folder, now, act)
    return Orders(folder, now, act, str(await world.agreed(await world.coded(OURS))))


async def look_at(world: VaultWorld, orders: Orders) -> None:
    """See that each entry opens to its person, was on record first, and that what was agreed to is used up."""
    filled = [each["epoch"] for each in await world.entries() if each["action"] == "vault-filled"]
    entries, whose = await kept(world), {subject(each): each for each in NUMBERS}
    assert {each.epoch for each in entries} <= set(filled)
    assert len(entries) == len(NUMBERS)
    for each in entries:
        with await world.custody.open(VAULT, each.epoch) as key:
            assert whose[each.subject].digits.encode() not in each.sealed
            assert NumberSeal(key.material).open(each.subject, each.sealed) == whose[each.subject]
    if orders.about:
        with pytest.raises(NotFoundError):
            await world.reveal(UUID(orders.about))
