"""Open a file of a published release so that nothing can come in its place, and hold what is read of it against its hash anew.

Writes nothing, and asks nobody who somebody is.
"""

import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO

from gateway.population.release_order import ReleasedFile
from gateway.population.releases.folders import MANIFEST
from gateway.population.releases.verifying import AlteredReleaseError, manifest_of


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """A file at its beginning; whoever has it closes it. `size` is in bytes."""

    name: str
    size: int
    sha256: str
    content: BinaryIO = field(repr=False)

    def pieces(self, most_bytes: int) -> Iterator[bytes]:
        """Give it piece by piece; the last one only once all that was read is what was published.

        Raises AlteredReleaseError instead: somebody wrote into the file after it was opened. OSError.
        """
        seen, before = hashlib.sha256(), b""
        while piece := self.content.read(most_bytes):
            if before:
                yield before
            seen.update(piece)
            before = piece
        if seen.hexdigest() != self.sha256:
            raise AlteredReleaseError("This file was changed while it was read.")
        yield before

    def whole(self) -> bytes:
        """Give all of it, and close it.

        Raises AlteredReleaseError, OSError.
        """
        with self.content:
            return b"".join(self.pieces(max(self.size, 1)))


def open_unaltered(folder: Path, manifest_sha256: str, name: str) -> OpenedFile | None:
    """Open a file that the manifest lists, or the manifest; None for any other name.

    Raises AlteredReleaseError when it, or the manifest, is not as it was published; OSError.
    """
    listed = {each.name: each for each in manifest_of(folder, manifest_sha256).files}
    size = (folder / MANIFEST).stat().st_size
    listed[MANIFEST] = ReleasedFile(MANIFEST, manifest_sha256, size)
    return _opened(folder / name, listed[name]) if name in listed else None


def _opened(path: Path, listed: ReleasedFile) -> OpenedFile:
    # No link is followed, and no pipe waited for, that somebody put in the place of a file.
    content = os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb")
    try:
        _must_be(content, listed)
        content.seek(0)
    except BaseException:
        content.close()
        raise
    return OpenedFile(listed.name, listed.size, listed.sha256, content)


def _must_be(content: BufferedReader, listed: ReleasedFile) -> None:
    found = os.fstat(content.fileno())
    is_file = stat.S_ISREG(found.st_mode) and found.st_size == listed.size
    if not is_file or hashlib.file_digest(content, "sha256").hexdigest() != listed.sha256:
        raise AlteredReleaseError("This file is not what was published.")
