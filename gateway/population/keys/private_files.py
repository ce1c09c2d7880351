"""Read and replace files that their owner alone may read, one process at a time."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import msgspec

from gateway.population.keys.provider import CustodyError

Read = TypeVar("Read")
_OTHERS = 0o077


class FileInUseError(CustodyError):
    """Say that another process changes a file of keys."""


def read_private(path: Path) -> bytes | None:
    """Give a file's bytes; None when there is none.

    Raises CustodyError when others than its owner may read it.
    """
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_mode & _OTHERS:
                raise CustodyError(f"Others may read {path.name}: expected mode 0600.")
            return file.read()
    except FileNotFoundError:
        return None


def decoded(decoder: msgspec.json.Decoder[Read], found: bytes) -> Read:
    """Read a document of keys.

    Raises CustodyError; what could not be read is not in it.
    """
    try:
        return decoder.decode(found)
    except (msgspec.DecodeError, ValueError):
        # The library's message can quote the document.
        raise CustodyError("A file of keys cannot be read: restore it from its backup.") from None


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Keep other processes from changing a file meanwhile.

    Raises FileInUseError at once when one does.
    """
    descriptor = os.open(path.with_name(f".{path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as held:
        raise FileInUseError(f"Another process changes {path.name}: try again.") from held
    finally:
        os.close(descriptor)
