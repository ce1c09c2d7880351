"""Say who the person of a view is, as the banner over every page tells it.

Renders nothing. Always from the permit's own person, so banner and data cannot be about two people; the
whereabouts of someone whom PDS restricts are in no field of it.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from adapters.contract import Demographics
from fhir_profiles.nhs_number import NhsNumber
from fhir_profiles.uk_core import nhs_number_claims
from fhir_profiles.vocabulary import Category
from gateway.access.permit import Permit
from gateway.errors import RefusedError
from gateway.patient.dates import span_of
from rbac.types import Level


class Whereabouts(StrEnum):
    """Whether address and practice may be told."""

    TOLD = "told"
    RESTRICTED = "restricted"
    NOT_FOR_ROLE = "not-for-role"


@dataclass(frozen=True, slots=True)
class Banner:
    """Who the record is about. `age` is in whole years, at death for someone who has died.

    `number_status` is what PDS states of the number: 01 to 08, another word, or None when it states nothing.
    `practice` and `address_lines` are empty unless `whereabouts` is `told`.
    """

    family_name: str
    given_names: tuple[str, ...]
    prefix: str | None
    nhs_number: NhsNumber
    number_status: str | None
    superseded: tuple[NhsNumber, ...]
    gender: str | None
    born_on: str | None
    age: int | None
    died_at: str | None
    whereabouts: Whereabouts
    practice: str | None
    address_lines: tuple[str, ...]


def banner_of(permit: Permit, now: datetime) -> Banner:
    """Make the banner of one view.

    Raises RefusedError where policy or agreements tell the reader nothing of who people are.
    """
    person = permit.person
    level = permit.levels.level_of(Category.DEMOGRAPHICS, frozenset())
    if level is Level.NONE:
        # Items may be read one by one then. A page that cannot say whose they are would be taken for somebody else's.
        raise RefusedError("person-not-told", "The reader may not be told who the person is.")
    whereabouts = _whereabouts(permit, level)
    is_told = whereabouts is Whereabouts.TOLD
    postcode = (person.postcode,) if person.postcode else ()
    return Banner(
        family_name=person.family_name,
        given_names=person.given_names,
        prefix=person.prefix,
        nhs_number=person.nhs_number,
        number_status=_number_status(person),
        superseded=person.superseded,
        gender=person.gender,
        born_on=person.born_on,
        age=age_in_years(person.born_on, person.died_at, now),
        died_at=person.died_at,
        whereabouts=whereabouts,
        practice=person.practice if is_told else None,
        address_lines=(*person.address_lines, *postcode) if is_told else (),
    )


def age_in_years(born_on: str | None, died_at: str | None, now: datetime) -> int | None:
    """Give the age today, or at death; None when the birth date is not known to the day."""
    born = span_of(born_on)
    died = span_of(died_at)
    if born is None or len(born_on or "") < len("2000-01-01"):
        return None
    end = now if died is None else died.low
    had_birthday = (end.month, end.day) >= (born.low.month, born.low.day)
    return max(0, end.year - born.low.year - (0 if had_birthday else 1))


def _number_status(person: Demographics) -> str | None:
    try:
        claims = nhs_number_claims(person.body)
    except ValueError:
        return None
    stated = (each.status for each in claims if each.number == person.nhs_number)
    return next((status for status in stated if status is not None), None)


def _whereabouts(permit: Permit, level: Level) -> Whereabouts:
    if permit.hides_whereabouts:
        return Whereabouts.RESTRICTED
    is_for_reader = level is Level.ALL and permit.granted.shows("Patient")
    return Whereabouts.TOLD if is_for_reader else Whereabouts.NOT_FOR_ROLE
