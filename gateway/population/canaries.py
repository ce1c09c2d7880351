"""Make people who are nobody, with an identifier of every kind in every element, and find any trace of one in bytes.

A canary goes in with what is pulled; a trace of it in what is released stops the release. Pure: chance is
handed in, and files are opened by `canary_files`.
"""

import base64
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from types import MappingProxyType

from fhir_profiles.nhs_number import InvalidNhsNumberError, NhsNumber
from fhir_profiles.systems import NHS_NUMBER
from gateway.population.allow_list import AllowList, Kind

# No real word has these; and a date with this year is nobody's visit.
_CONSONANTS = "bcdfghjkqvwxz"
_YEAR_OF_BIRTH = 1901
_SEPARATORS = re.compile(r"[\W_]+")


class Identifier(StrEnum):
    """Say what kind of thing tells who somebody is."""

    NHS_NUMBER = "nhs-number"
    NAME = "name"
    BIRTH_DATE = "birth-date"
    POSTCODE = "postcode"
    PHONE = "phone"
    EMAIL = "email"
    FREE_TEXT = "free-text"
    LOCAL_ID = "local-id"
    FILE_NAME = "file-name"
    WEB_ADDRESS = "web-address"


class Spelling(StrEnum):
    """Say how an identifier is written where it is found."""

    PLAIN = "plain"
    REVERSED = "reversed"
    HEX = "hex"
    BASE64 = "base64"


@dataclass(frozen=True, slots=True)
class Canary:
    """Somebody who is nobody: what tells who they are, by kind."""

    identifiers: Mapping[Identifier, str]

    @property
    def number(self) -> NhsNumber:
        """Give the NHS number."""
        return NhsNumber(self.identifiers[Identifier.NHS_NUMBER])


@dataclass(frozen=True, slots=True, order=True)
class Trace:
    """That an identifier was found, and how it was written."""

    identifier: Identifier
    spelling: Spelling


def make_canary(random: Random) -> Canary:
    """Make a canary by chance, with a number of the range that is given to nobody."""
    word = f"Q{''.join(random.choices(_CONSONANTS, k=9))}"
    day = f"{_YEAR_OF_BIRTH}-{random.randint(1, 12):02}-{random.randint(10, 28)}"
    made = {
        Identifier.NHS_NUMBER: _number(random),
        Identifier.NAME: f"{word}son",
        Identifier.BIRTH_DATE: day,
        Identifier.POSTCODE: f"QX{random.randint(1, 9)}{random.randint(0, 9)} {random.randint(1, 9)}VQ",
        Identifier.PHONE: f"07700 9{random.randint(10**4, 10**5 - 1)}",
        Identifier.EMAIL: f"{word.lower()}@mail.example",
        Identifier.FREE_TEXT: f"lives with {word}wife near the old {word}mill",
        Identifier.LOCAL_ID: f"MRN{random.randint(10**8, 10**9 - 1)}",
        Identifier.FILE_NAME: f"letter-{word.lower()}-scan.pdf",
        Identifier.WEB_ADDRESS: f"https://{word.lower()}.example/record/1",
    }
    return Canary(MappingProxyType(made))


def records_of(canary: Canary, lists: Iterable[AllowList]) -> bytes:
    """Write the canary's Patient, and resources of every type with every identifier in every element, one a line.

    Shape: three of each type: elements that hold texts, objects, and lists of objects.
    """
    resources = [_patient(canary), *(one for each in lists for one in _resources(canary, each))]
    return b"".join(json.dumps(one).encode() + b"\n" for one in resources)


def planted(canary: Canary, allowed: AllowList) -> dict[str, object]:
    """Give every element that FHIR knows of a type, and one that it does not, with every identifier in it.

    For whoever puts good values in some of them: the rest of the resource is then as bad as can be.
    """
    every = " ".join(canary.identifiers.values())
    names = {one.path for one in allowed.inside("")} | set(allowed.left_out_of(""))
    return {**{name: [_object(every)] for name in sorted(names - {"id", "meta"})}, every: 1}


def traces_of(canary: Canary, content: bytes) -> frozenset[Trace]:
    """Find the canary in bytes, however separated, in whatever width and case, reversed, in hex or base64."""
    run = _run_together(content.decode("utf-8", errors="replace"))
    return frozenset(
        Trace(identifier, spelling)
        for identifier, text in canary.identifiers.items()
        for spelling, sought in _spelt(text)
        if sought in run
    )


def _patient(canary: Canary) -> dict[str, object]:
    told = canary.identifiers
    return {
        "resourceType": "Patient",
        "id": told[Identifier.LOCAL_ID],
        "identifier": [{"system": NHS_NUMBER, "value": told[Identifier.NHS_NUMBER]}],
        "birthDate": told[Identifier.BIRTH_DATE],
        "name": [{"family": told[Identifier.NAME]}],
        "address": [{"postalCode": told[Identifier.POSTCODE], "text": told[Identifier.FREE_TEXT]}],
    }


def _resources(canary: Canary, allowed: AllowList) -> Iterator[dict[str, object]]:
    every = " ".join(canary.identifiers.values())
    names = {one.path for one in allowed.inside("")} | set(allowed.left_out_of(""))
    whose = {one.path for one in allowed.kept if one.kind is Kind.PERSON}
    reference = {"reference": f"Patient/{canary.identifiers[Identifier.LOCAL_ID]}"}
    for number, planted in enumerate((every, _object(every), [_object(every)])):
        elements = dict.fromkeys(sorted(names - whose - {"id", "meta"}), planted)
        subject = dict.fromkeys(whose, reference | _object(every))
        own_id = f"{canary.identifiers[Identifier.LOCAL_ID]}-{number}"
        yield {"resourceType": allowed.resource_type, "id": own_id, **subject, **elements, every: 1}


def _object(every: str) -> dict[str, object]:
    """Plant the identifiers in what objects of FHIR have, encoded too, and under names that FHIR does not know."""
    data = every.encode()
    texts = dict.fromkeys(
        ("text", "display", "value", "div", "url", "title", "system", "code"), every
    )
    encoded = {"data": base64.b64encode(data).decode(), "hash": data.hex(), "line": every[::-1]}
    return {**texts, **encoded, every: every, "extension": [{"url": every, "valueString": every}]}


def _spelt(text: str) -> Iterator[tuple[Spelling, str]]:
    run, data = _run_together(text), text.encode()
    yield Spelling.PLAIN, run
    yield Spelling.REVERSED, run[::-1]
    yield Spelling.HEX, data.hex()
    for before in range(3):
        yield Spelling.BASE64, _run_together(_certain_part(data, before))


def _certain_part(data: bytes, before: int) -> str:
    """Give what base64 makes of bytes, whatever stands before and after them, when that many go before."""
    encoded = base64.b64encode(bytes(before) + data).decode().rstrip("=")
    first, last = (before * 8 + 5) // 6, (before + len(data)) * 8 // 6
    return encoded[first:last]


def _run_together(text: str) -> str:
    """Leave letters and digits alone, in one width and case."""
    return _SEPARATORS.sub("", unicodedata.normalize("NFKC", text).casefold())


def _number(random: Random) -> str:
    while True:
        nine = f"999{random.randint(0, 999_999):06}"
        for check in range(10):
            try:
                return NhsNumber(f"{nine}{check}").digits
            except InvalidNhsNumberError:
                continue
