"""Read files of the published example data in place.

Copies and changes nothing. The data is not part of this project: some of it may not be passed on.
"""

import bz2
import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

VARIABLE = "SCR_SAMPLE_DATA"
BESIDE = Path("..") / "shared" / "data"
"""Where the data is looked for, from the working folder on, when nobody says."""


class NoSamplesError(Exception):
    """Say that the published data is not where it is looked for."""


@dataclass(frozen=True, slots=True)
class Samples:
    """A folder of published data."""

    folder: Path

    def read(self, file: str) -> bytes:
        """Give a file's bytes, unpacked.

        Raises NoSamplesError when it is not there.
        """
        return self.beginning(file, -1)

    def beginning(self, file: str, size: int) -> bytes:
        """Give the first bytes of a file, unpacking no more than those; below 0, all of them.

        Raises NoSamplesError when it is not there.
        """
        try:
            with _opened(self.folder / file) as opened:
                return opened.read(size)
        except OSError as missing:
            raise NoSamplesError(f"The published file {file} is not there.") from missing


def _opened(path: Path) -> BinaryIO:
    match path.suffix:
        case ".gz":
            return cast("BinaryIO", gzip.open(path, "rb"))
        case ".bz2":
            return cast("BinaryIO", bz2.open(path, "rb"))
        case _:
            return path.open("rb")


def samples_in(given: Path | None, environment: Mapping[str, str]) -> Samples:
    """Find the data: where it is said to be, else where SCR_SAMPLE_DATA says, else beside the project.

    Raises NoSamplesError when there is no such folder.
    """
    folder = given or Path(environment.get(VARIABLE, BESIDE))
    if not folder.is_dir():
        raise NoSamplesError(
            f"There is no published data in {folder}: name its folder, or {VARIABLE}."
        )
    return Samples(folder)
