"""Write files so that each is whole or not there, whenever the process is killed.

Knows nothing of what is in them. A file is written aside, made durable, and only then given its name; POSIX `rename`
is atomic within one folder, and the folder itself is made durable after it.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_ASIDE = ".part"
# De-identified or not, what is held of people is for the service's own user.
_FOLDER_MODE, _FILE_MODE = 0o700, 0o600


class AlreadyPullingError(Exception):
    """Say that another process pulls from this source now."""


def write_whole(path: Path, content: bytes) -> None:
    """Put a file in its place, in place of what stood there."""
    aside = path.with_name(path.name + _ASIDE)
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _FILE_MODE)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    put_in_place(aside, path)


def put_in_place(aside: Path, path: Path) -> None:
    """Give a durable file its name, durably."""
    aside.replace(path)
    make_durable(path.parent)


def remove(path: Path) -> None:
    """Remove a file if it is there, durably."""
    path.unlink(missing_ok=True)
    make_durable(path.parent)


def make_folder(folder: Path) -> None:
    """Make a folder and those above it, durably; one that is there is left as it is."""
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(_FOLDER_MODE, exist_ok=True)
        make_durable(folder.parent)


def make_durable(folder: Path) -> None:
    """Make the names in a folder survive a loss of power."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Hold a folder; a killed process holds it no longer.

    Raises AlreadyPullingError at once when another process does.
    """
    make_folder(folder)
    descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, _FILE_MODE)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as held:
        os.close(descriptor)
        raise AlreadyPullingError("Another process pulls from this source.") from held
    try:
        yield
    finally:
        os.close(descriptor)
