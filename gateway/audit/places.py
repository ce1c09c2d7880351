"""Keep signed checkpoints in a second place, outside the database.

Signs and compares nothing. A place holds bytes under keys, as an object store does; here it is a folder, which may be
another machine's.
"""

import errno
import os
import re
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol
from uuid import uuid4

LATEST = "checkpoint"
_EACH = "checkpoints"
_SIZE = re.compile(r"[0-9]{20}")


class Place(Protocol):
    """Where checkpoints are held a second time. All raise OSError when it does not answer."""

    def put(self, key: str, content: bytes) -> None:
        """Keep bytes under a key, in place of what was there: durable when it returns, whole or not at all."""
        ...

    def get(self, key: str) -> bytes | None:
        """Give the bytes of a key, None when there are none."""
        ...

    def sizes(self) -> Sequence[int]:
        """List the sizes under whose keys there is something, the smallest first."""
        ...


def key_of(size: int) -> str:
    """Give the key of the checkpoint of so many entries; in the keys' order they grow."""
    return f"{_EACH}/{size:020d}"


class Folder:
    """A folder as a place; it must be there, so that a place that is not mounted is not taken for an empty one."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def put(self, key: str, content: bytes) -> None:
        """Keep bytes under a key."""
        target = self._file(key)
        target.parent.mkdir(exist_ok=True)
        # Processes of two hosts may have one number, and two that wrote one file would mix what they write.
        beside = target.with_name(f".{target.name}.{uuid4().hex}")
        try:
            with beside.open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(target)
        finally:
            with suppress(OSError):
                beside.unlink()
        _make_durable(target.parent)

    def get(self, key: str) -> bytes | None:
        """Give the bytes of a key."""
        try:
            return self._file(key).read_bytes()
        except FileNotFoundError:
            return None

    def sizes(self) -> Sequence[int]:
        """List the sizes under whose keys there is something."""
        try:
            with os.scandir(self._file(_EACH)) as found:
                return sorted(int(each.name) for each in found if _SIZE.fullmatch(each.name))
        except FileNotFoundError:
            return ()

    def _file(self, key: str) -> Path:
        if not self._path.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, "There is no such folder", str(self._path))
        return self._path / key


def _make_durable(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
