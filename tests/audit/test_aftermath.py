"""What a kill must not leave is found: a decision told without its rows, half an act, a checkpoint cut off."""

from pathlib import Path
from uuid import UUID

import pytest

from gateway.audit.acts import SafetyEventRaised
from gateway.audit.notes import NoteError
from gateway.audit.places import key_of
from gateway.store.engine import Store
from tests.audit.aftermath import Aftermath
from tests.audit.serving_process import REASON
from tests.audit.signed_log import Times, begin, keeper_of, sign, write_pairs
from tests.store_factories import NOW, disclosed, open_log


@pytest.mark.parametrize("number", [5, 6])
async def test_a_decision_that_was_told_without_its_row_is_found(
    store: Store, tmp_path: Path, number: int
) -> None:
    await begin(store)
    await write_pairs(store, 1, 3)
    aftermath = Aftermath(store, tmp_path)
    await aftermath.look({1, 2, 3}, 0)

    with pytest.raises(AssertionError):
        await aftermath.look({number}, 0, 60)


async def test_a_row_b_without_its_row_a_is_found(store: Store, tmp_path: Path) -> None:
    await begin(store)
    async with open_log(store) as log:
        await log.append(disclosed(1))

    with pytest.raises(AssertionError):
        await Aftermath(store, tmp_path).look({1}, 0)


async def test_an_act_without_its_effects_is_found(store: Store, tmp_path: Path) -> None:
    await begin(store)
    async with open_log(store) as log:
        await log.append(SafetyEventRaised(NOW, "u1", None, UUID(int=5), "hospital", REASON))

    with pytest.raises(AssertionError):
        await Aftermath(store, tmp_path).look({5}, 0)


async def test_a_checkpoint_that_is_cut_off_in_the_second_place_is_found(
    store: Store, tmp_path: Path
) -> None:
    await begin(store)
    aftermath = Aftermath(store, tmp_path)
    await aftermath.look(set(), 0)
    await write_pairs(store, 1, 1)

    clock = Times()
    await sign(keeper_of(store, clock, tmp_path, holder="next"), clock)
    held = tmp_path / key_of(3)
    held.write_bytes(held.read_bytes()[:20])

    with pytest.raises(NoteError):
        await aftermath.look({1}, 0, 40)
