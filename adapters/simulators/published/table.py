"""Read the table that gives published records their test NHS numbers, and ties records to one person.

Holds no record. Numbers are from the 999 range, which is never allocated (NHS Data Dictionary, NHS NUMBER).
"""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from fhir_profiles.nhs_number import InvalidNhsNumberError, NhsNumber

TABLE = Path(__file__).with_name("people.csv")

GP_FOLDER = "gpconnect_stu3"
HOSPITAL_FOLDERS = ("synthea_r4_bundles", "synthea_r4_vintage2")
AMBULANCE_FOLDER = "bars_ambulance_r4/json"

_COLUMNS = ["nhs_number", "gp", "hospital", "ambulance"]
_FOLDERS = {"gp": (GP_FOLDER,), "hospital": HOSPITAL_FOLDERS, "ambulance": (AMBULANCE_FOLDER,)}
_TEST_RANGE = "999"
_FILE_NAME = re.compile(r"[A-Za-z0-9_.-]+\.json(\.gz|\.bz2)?", re.ASCII)


class TableError(ValueError):
    """Say what is wrong with the table of published people."""


@dataclass(frozen=True, slots=True)
class Row:
    """One person: a test number and the file of each source that holds them, or none.

    Files are named from the data folder on: `folder/file`.
    """

    number: NhsNumber
    gp: str | None
    hospital: str | None
    ambulance: str | None

    @property
    def files(self) -> tuple[str, ...]:
        """Give the person's files, GP first."""
        return tuple(each for each in (self.gp, self.hospital, self.ambulance) if each)


def read_table(path: Path = TABLE) -> tuple[Row, ...]:
    """Read the table, in its order.

    Raises TableError for a column too many or too few, a number outside the test range or with a wrong
    check digit, a number or file named twice, and a file that is in no source's folder.
    """
    with path.open(encoding="utf-8", newline="") as opened:
        reader = csv.DictReader(opened)
        if reader.fieldnames != _COLUMNS:
            raise TableError(f"Expected the columns {', '.join(_COLUMNS)}.")
        rows = tuple(_row(line, cells) for line, cells in enumerate(reader, start=2))
    _refuse_repeats(rows)
    return rows


def _row(line: int, cells: dict[str, str]) -> Row:
    files = {name: _file(line, name, cells.get(name)) for name in _FOLDERS}
    if not files["gp"] and not files["hospital"]:
        # The person's name and birth date come from one of the two.
        raise TableError(f"Line {line}: expected a GP or a hospital file.")
    return Row(_number(line, cells["nhs_number"]), **files)


def _number(line: int, text: str) -> NhsNumber:
    try:
        number = NhsNumber(text)
    except InvalidNhsNumberError as fault:
        raise TableError(f"Line {line}: the number's check digit is wrong.") from fault
    if not number.digits.startswith(_TEST_RANGE):
        raise TableError(f"Line {line}: the number is not in the test range.")
    return number


def _file(line: int, source: str, named: str | None) -> str | None:
    if named is None:
        raise TableError(f"Line {line}: expected {len(_COLUMNS)} cells.")
    if not named:
        return None
    folder, _, name = named.rpartition("/")
    if folder not in _FOLDERS[source] or _FILE_NAME.fullmatch(name) is None:
        raise TableError(f"Line {line}: expected a {source} file in its folder.")
    return named


def _refuse_repeats(rows: Iterable[Row]) -> None:
    named = Counter(_names_in(rows))
    if any(count > 1 for count in named.values()):
        raise TableError("A number or a file is named twice.")


def _names_in(rows: Iterable[Row]) -> Iterator[str]:
    for row in rows:
        yield row.number.digits
        yield from row.files
