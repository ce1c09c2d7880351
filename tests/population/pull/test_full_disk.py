"""Whichever call of the disk fails during a pull, the next one puts everything at rest, once."""

import os
from itertools import count

import pytest

from gateway.population.pull_manifest import finished_pulls
from tests.population.pull.killing import look_at
from tests.population.pull.pulling import at_rest, held_by, pulled

CALLS = ("open", "fsync", "replace")


def fail_at(nth, call, monkeypatch):
    """Have the n-th call of a kind say that the disk is full."""
    whole, called = getattr(os, call), count(1)

    def failing(*args, **kwargs):
        if next(called) == nth:
            raise OSError(28, "No space left on device")
        return whole(*args, **kwargs)

    monkeypatch.setattr(os, call, failing)


@pytest.mark.parametrize("dialect", ["export"], indirect=True)
@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("nth", [1, 2, 5, 9, 14, 20])
async def test_de_07_a_full_disk_loses_and_doubles_nothing(world, tmp_path, monkeypatch, call, nth):
    with monkeypatch.context() as failing:
        fail_at(nth, call, failing)
        with pytest.raises(OSError, match="No space left"):
            await pulled(world, tmp_path)
    look_at(tmp_path)
    assert not finished_pulls(tmp_path / "hospital") or at_rest(tmp_path) == held_by(world)

    await pulled(world, tmp_path)

    assert at_rest(tmp_path) == held_by(world)
