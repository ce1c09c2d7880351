"""Compare who asks with whom they ask about: themselves, their home, their name, their colleagues.

Pure. Names and addresses are compared here, within the request, and only yes or no leaves (docs/decisions/0026, section 2). Changes no
decision, and no caller is told of it.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from adapters.contract import Demographics
from gateway.audit.words import Mark as Mark
from gateway.identity import Principal

PART_OF_A_NAME = 4
"""Letters from which on one half of a double-barrelled name counts; below are `van`, `bin`, `de` and the like. Judgement."""


class StaffRow(Protocol):
    """What is known of one member of staff of one organisation; the keys are keyed hashes, None where not known."""

    @property
    def organisation(self) -> str: ...
    @property
    def user_id(self) -> str: ...
    @property
    def patient_key(self) -> str | None: ...
    @property
    def household_key(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Alike:
    """What a person is compared by: their keys under every number of theirs, and that of their home."""

    patient_keys: frozenset[str] = field(repr=False)
    household_key: str | None = field(repr=False)


def marks_of(
    principal: Principal, person: Demographics, alike: Alike, staff: Iterable[StaffRow]
) -> frozenset[Mark]:
    """Say what is so. A person who is oneself is no colleague, no kin and no neighbour of oneself."""
    rows = tuple(staff)
    own = tuple(row for row in rows if row.user_id == principal.user_id)
    if any(row.patient_key in alike.patient_keys for row in own):
        return frozenset({Mark.OWN_RECORD})
    found: Mapping[Mark, bool] = {
        Mark.SAME_SURNAME: is_same_surname(principal.family_name, person.family_name),
        Mark.SAME_HOUSEHOLD: alike.household_key is not None
        and any(row.household_key == alike.household_key for row in own),
        Mark.COLLEAGUE: any(
            row.patient_key in alike.patient_keys and row.organisation == principal.organisation
            for row in rows
        ),
    }
    return frozenset(mark for mark, is_so in found.items() if is_so)


def is_same_surname(one: str, other: str) -> bool:
    """Say whether two family names are one, or share a half of a double-barrelled one; an empty one is nobody's."""
    first, second = folded(one), folded(other)
    return bool(first) and (first == second or not _halves(one).isdisjoint(_halves(other)))


def home_of(postcode: str | None, address_lines: Iterable[str]) -> str | None:
    """Write a home in one way, `NW11AA|12ALBIONROAD`; None where postcode or first line is not known.

    Spaces, case and punctuation do not count. `Rd` and `Road` are two homes: a home missed is no harm to anybody.
    """
    first = next((line for line in address_lines if line.strip()), "")
    code, line = _plain(postcode or ""), _plain(first)
    return f"{code}|{line}" if code and line else None


def folded(text: str) -> str:
    """Fold case, accents, hyphens and spaces, which systems write differently for one name."""
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in decomposed.casefold() if letter.isalpha())


def _halves(name: str) -> frozenset[str]:
    parts = (folded(part) for part in re.split(r"[\s\-\u2010-\u2015]+", name))
    return frozenset(part for part in parts if len(part) >= PART_OF_A_NAME)


def _plain(text: str) -> str:
    return "".join(letter for letter in text.upper() if letter.isalnum())
