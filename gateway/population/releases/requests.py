"""Read what somebody asks to be released, and fix what it says by a hash.

Pure. Whether its dataset may be released at all, the gate says later; whether the one who asks may, those who call.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from uuid import UUID

from gateway.access.feeding import FEED_PURPOSES
from gateway.audit.free_text import without_identifiers
from gateway.errors import BadRequestError
from gateway.population.declaration import Declaration
from gateway.population.keys.names import KeyName, KeyNameError
from gateway.population.keys.names import Purpose as KeyPurpose
from gateway.population.releases.states import has_ended
from gateway.store.releases import ReleaseRequest
from rbac.canonical import length_prefixed
from rbac.types import Purpose

_FORM = "shared-care-record release 1"
_MOST_CHARACTERS = 500
_MOST_IN_NAME = 64
_MOST_YEARS = 100
"""Judgement: no agreement was ever made for longer, and every date until then can be counted on from."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants, in their own words where these are words: the declaration of the Five Safes.

    `purpose_of_use` is the code that agreements and the role policy speak of.
    """

    project: str
    recipient: str
    dataset: str
    purpose_of_use: Purpose
    purpose: str
    legal_basis: str
    agreement: str
    ends_on: date
    setting: str


WANTED_FIELDS = frozenset(each.name for each in fields(Wanted))


def faults_of_wanted(wanted: Wanted, datasets: frozenset[str], now: datetime) -> Iterator[str]:
    """Say everything for which a request is not even taken in."""
    try:
        KeyName(KeyPurpose.PROJECT, wanted.project, wanted.recipient)
    except KeyNameError as fault:
        yield str(fault)
    if wanted.dataset not in datasets:
        yield f"There is no such dataset: {', '.join(sorted(datasets)) or 'none'} can be released."
    for name in ("purpose", "legal_basis", "agreement", "setting"):
        yield from _faults_of_words(name, getattr(wanted, name))
    if wanted.ends_on.year > now.year + _MOST_YEARS:
        yield "No agreement lasts so long."
    elif has_ended(wanted.ends_on, now):
        yield "The agreement has ended."


def read_wanted(document: Mapping[str, object]) -> Wanted:
    """Read what somebody sends, field by field; what it says is judged by `faults_of_wanted`.

    Raises BadRequestError, whose message never repeats what was sent.
    """
    found: dict[str, str] = {}
    for asked in sorted(WANTED_FIELDS):
        given = document.get(asked)
        if not isinstance(given, str):
            raise BadRequestError(f"{asked} must be said in a line of text.", "required")
        found[asked] = given
    use, ends_on = found.pop("purpose_of_use"), found.pop("ends_on")
    return Wanted(**found, purpose_of_use=read_purpose(use), ends_on=_date(ends_on))


def read_why(given: object) -> str:
    """Read why somebody ends a release.

    Raises BadRequestError.
    """
    why = given if isinstance(given, str) else ""
    faults = " ".join(_faults_of_words("why", why))
    if faults:
        raise BadRequestError(faults, "required")
    return why


def request_of(wanted: Wanted, release_id: UUID, by: str, at: datetime) -> ReleaseRequest:
    """Make a request of what somebody wants."""
    asked = {each.name: getattr(wanted, each.name) for each in fields(wanted)}
    request = ReleaseRequest(id=release_id, requested_at=at, requested_by=by, digest="", **asked)
    return replace(request, digest=digest_of(request))


def digest_of(request: ReleaseRequest) -> str:
    """Give the hash of all that a request says; whoever approves approves this."""
    said = (
        str(request.id),
        *(getattr(request, each.name) for each in fields(Wanted) if each.name != "ends_on"),
        request.ends_on.isoformat(),
        request.requested_by,
        request.requested_at.isoformat(),
    )
    return hashlib.sha256(length_prefixed((_FORM, *said))).hexdigest()


def declaration_of(request: ReleaseRequest) -> Declaration:
    """Say to the gate what a release is for."""
    return Declaration(
        release=request.id.hex,
        dataset=request.dataset,
        purpose=request.purpose,
        legal_basis=request.legal_basis,
        recipient=request.recipient,
        agreement=request.agreement,
        ends_on=request.ends_on,
        setting=request.setting,
    )


def read_purpose(given: str) -> Purpose:
    """Read a purpose of planning or research.

    Raises BadRequestError.
    """
    if given not in sorted(FEED_PURPOSES):
        raise BadRequestError(
            f"purpose_of_use is one of: {', '.join(sorted(FEED_PURPOSES))}.", "value"
        )
    return Purpose(given)


def _date(given: str) -> date:
    try:
        found = date.fromisoformat(given)
    except ValueError as fault:
        raise BadRequestError("ends_on is a date: YYYY-MM-DD.", "value") from fault
    if found.isoformat() != given:
        raise BadRequestError("ends_on is a date: YYYY-MM-DD.", "value")
    return found


def _faults_of_words(name: str, words: str) -> Iterator[str]:
    told = name.replace("_", " ").capitalize()
    most = _MOST_IN_NAME if name == "agreement" else _MOST_CHARACTERS
    # Printable text has no lone surrogates, which no database takes.
    if not words.strip() or not words.isprintable():
        yield f"{told} must be said in a line of text."
    if without_identifiers(words) != words:
        yield f"{told} must hold no NHS number and no token."
    if len(words) > most:
        yield f"{told} is longer than {most} characters."
