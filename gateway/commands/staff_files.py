"""Read what an employer says of its staff from a file, for a command.

Keeps nothing. A table of commas (RFC 4180) whose first line names the columns; what is not known is left empty.
"""

import csv
from collections.abc import Iterator
from pathlib import Path

from fhir_profiles.nhs_number import InvalidNhsNumberError, NhsNumber
from gateway.access.staff_register import KnownAbout
from gateway.commands.speaking import MISUNDERSTOOD, fail

COLUMNS = ("organisation", "user_id", "nhs_number", "postcode", "address_line")

CHARACTERS_AT_MOST = 200
"""As long as a subject of a token may be; no postcode or first line of an address is longer."""


def known_in(path: Path, organisations: frozenset[str]) -> tuple[KnownAbout, ...]:
    """Read everybody whom a file names, all of them of these organisations.

    Ends the command for a file that is not as it should be: it names the line, and nothing that the line says.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file, strict=True)
        if tuple(rows.fieldnames or ()) != COLUMNS:
            fail(f"The first line must be: {','.join(COLUMNS)}", MISUNDERSTOOD)
        try:
            found = tuple(_known(rows.line_num, row, organisations) for row in rows)
        except (csv.Error, UnicodeDecodeError):
            fail("The file is no table of commas in UTF-8.", MISUNDERSTOOD)
    for place in _repeated(found):
        fail(f"Entry {place}: this member of staff stands twice.", MISUNDERSTOOD)
    if not found:
        fail("The file names nobody.", MISUNDERSTOOD)
    return found


def _known(line: int, row: dict[str, str | None], organisations: frozenset[str]) -> KnownAbout:
    words = {name: row[name] for name in COLUMNS}
    if len(row) > len(COLUMNS) or not all(_is_usable(each) for each in words.values()):
        fail(f"Line {line}: it has {len(COLUMNS)} columns of short, printable text.", MISUNDERSTOOD)
    told = {name: str(value).strip() for name, value in words.items()}
    if told["organisation"] not in organisations or not told["user_id"]:
        fail(f"Line {line}: an organisation of the settings and a user id.", MISUNDERSTOOD)
    try:
        number = NhsNumber.parse(told["nhs_number"]) if told["nhs_number"] else None
    except InvalidNhsNumberError:
        fail(f"Line {line}: the NHS number is none.", MISUNDERSTOOD)
    return KnownAbout(
        told["organisation"], told["user_id"], number, told["postcode"], told["address_line"]
    )


def _is_usable(word: str | None) -> bool:
    return word is not None and len(word) <= CHARACTERS_AT_MOST and word.isprintable()


def _repeated(found: tuple[KnownAbout, ...]) -> Iterator[int]:
    seen = set()
    for place, each in enumerate(found, start=1):
        if (each.organisation, each.user_id) in seen:
            yield place
        seen.add((each.organisation, each.user_id))
