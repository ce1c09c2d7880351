"""A checkpoint in the second place is there whole or not at all."""

import os
from pathlib import Path

import pytest

from gateway.audit.places import Folder, key_of


def test_what_is_put_is_given_back_and_replaced(tmp_path: Path):
    place = Folder(tmp_path)

    place.put("checkpoint", b"one")
    place.put("checkpoint", b"two")

    assert place.get("checkpoint") == b"two"
    assert [each.name for each in tmp_path.iterdir()] == ["checkpoint"]


def test_what_was_not_put_is_not_there(tmp_path: Path):
    assert Folder(tmp_path).get(key_of(3)) is None


def test_keys_grow_as_the_log_does(tmp_path: Path):
    sizes = [9, 10, 99, 100, 12_345_678_901]

    assert sorted(map(key_of, sizes)) == [key_of(size) for size in sizes]


def test_a_place_that_is_not_there_is_not_taken_for_an_empty_one(tmp_path: Path):
    place = Folder(tmp_path / "away")

    with pytest.raises(OSError, match="no such folder"):
        place.get("checkpoint")
    with pytest.raises(OSError, match="no such folder"):
        place.put("checkpoint", b"")


def test_a_put_that_fails_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    place = Folder(tmp_path)
    place.put("checkpoint", b"one")

    def fails(_descriptor: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fsync", fails)
    with pytest.raises(OSError, match="Input"):
        place.put("checkpoint", b"two")

    assert place.get("checkpoint") == b"one"
    assert [each.name for each in tmp_path.iterdir()] == ["checkpoint"]
