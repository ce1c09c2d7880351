"""Keep who objected here: a file of the store's names of people, one a line, under the mark of the key that named them.

Any other line refuses the whole file. A misspelt name is nobody's, as are all that another key gave, and whom they
meant would be released.
"""

from collections.abc import Set
from pathlib import Path

from gateway.errors import UnavailableError
from gateway.population.pseudonyms import NotASubjectError, read_subject
from gateway.population.pull_files import make_folder, write_whole

_HEAD = "names under store key "


class NamedByAnotherKeyError(UnavailableError):
    """Say that a file of objections is not of the store's key that is current."""


def objected_in(path: Path | None, key_mark: str) -> frozenset[str]:
    """Give who objected here, by the names of the store's key of that mark; without a file it is nobody.

    Raises OSError, UnavailableError: what cannot be read leaves nobody in.
    """
    if path is None:
        return frozenset()
    head, *lines = path.read_bytes().splitlines() or [b""]
    if head != f"{_HEAD}{key_mark}".encode():
        raise NamedByAnotherKeyError(
            f"{path}: its first line is not the mark of the store's key, or that key has been rotated since."
            " Write it anew with `scr optout object --anew`, with everybody who objected: nothing is released before."
        )
    return frozenset(_name(path, place, line) for place, line in enumerate(lines, start=2))


def keep_objections(path: Path, names: Set[str], key_mark: str) -> None:
    """Write who objected here, whole or not at all, for the service's own user alone. Raises OSError."""
    make_folder(path.parent)
    lines = (f"{each}\n" for each in (f"{_HEAD}{key_mark}", *sorted(names)))
    write_whole(path, "".join(lines).encode())


def _name(path: Path, place: int, line: bytes) -> str:
    # What is no ASCII becomes a mark that no name has: the fault must not carry the line.
    name = line.decode("ascii", "replace")
    try:
        read_subject(name)
    except NotASubjectError as fault:
        raise UnavailableError(
            f"{path}: line {place} is no name of a person as the store writes them, 26 letters and digits."
            " Mend the line: nothing is released before."
        ) from fault
    return name
