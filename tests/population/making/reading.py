"""Read the files of a release as whoever is given them does."""

import csv
from pathlib import Path

from gateway.population.pull_manifest import MANIFEST


def read(folder: Path, name: str = "rows") -> list[dict[str, str]]:
    """Read a file of rows or of a table."""
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def values(folder: Path, name: str) -> dict[tuple[str, ...], str]:
    """Read a table's values by its dimensions."""
    return {tuple(each.values())[:-1]: each["value"] for each in read(folder, name)}


def files_of(folder: Path) -> dict[str, bytes]:
    """Give the bytes of every file but the manifest."""
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name != MANIFEST}
