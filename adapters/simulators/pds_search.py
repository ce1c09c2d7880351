"""Find people as a PDS search does, each with its score.

Reads no request (`pds_criteria` does). PDS FHIR API, Search for a patient.
"""

import re
from collections.abc import Iterable
from datetime import date
from difflib import SequenceMatcher

from adapters.simulators.pds_criteria import Criteria, DateBound
from adapters.simulators.truth import Person

FUZZY_FROM_SCORE = 0.70  # PDS publishes no formula; this lets one or two misspelt letters through.

Scored = tuple[float, Person]


def find_people(people: Iterable[Person], criteria: Criteria) -> list[Scored]:
    """Give matches with their scores, best first; 1.0 is exact.

    Restricted people are never found by where they live or are registered.
    """
    hidden_from_place = bool(criteria.postcode or criteria.practice)
    findable = (p for p in people if not (p.is_restricted and hidden_from_place))
    scored = ((_score(person, criteria), person) for person in findable)
    found = [(score, person) for score, person in scored if score > 0]
    return sorted(found, key=lambda match: (-match[0], match[1].nhs_number))


def _score(person: Person, criteria: Criteria) -> float:
    if not _matches_beyond_name(person, criteria):
        return 0.0
    return _fuzzy_score(person, criteria) if criteria.is_fuzzy else _plain_score(person, criteria)


def _matches_beyond_name(person: Person, criteria: Criteria) -> bool:
    died_on = person.died_at.date() if person.died_at else None
    return (
        criteria.gender in ("", person.gender)
        and _is_like(criteria.postcode, person.postcode)
        and criteria.practice in ("", person.practice)
        and _digits(criteria.phone) in ("", _digits(person.phone))
        and not criteria.email  # The cohort has no e-mail addresses.
        and all(died_on is not None and bound.holds(died_on) for bound in criteria.died)
    )


def _plain_score(person: Person, criteria: Criteria) -> float:
    known = {name.casefold() for name in person.given_names}
    matches = (
        _is_like(criteria.family, person.family_name)
        and all(name.casefold() in known for name in criteria.given)
        and all(bound.holds(person.born_on) for bound in criteria.born)
    )
    return 1.0 if matches else 0.0


def _fuzzy_score(person: Person, criteria: Criteria) -> float:
    if not all(_nearly_holds(bound, person.born_on) for bound in criteria.born):
        return 0.0
    likenesses = [
        max(_likeness(asked, name) for name in person.given_names) for asked in criteria.given
    ]
    if criteria.family:
        likenesses.append(_likeness(criteria.family, person.family_name))
    if min(likenesses) < FUZZY_FROM_SCORE:
        return 0.0
    exact_dates = all(bound.holds(person.born_on) for bound in criteria.born)
    return round(sum(likenesses) / len(likenesses) * (1.0 if exact_dates else 0.9), 4)


def _nearly_holds(bound: DateBound, day: date) -> bool:
    if bound.holds(day):
        return True
    is_swapped = day.day <= 12 and bound.day == day.replace(month=day.day, day=day.month)
    return bound.bound == "eq" and is_swapped


def _likeness(asked: str, name: str) -> float:
    return SequenceMatcher(None, asked.casefold(), name.casefold()).ratio()


def _is_like(asked: str, value: str) -> bool:
    if not asked:
        return True
    pattern = re.escape(_joined(asked)).replace(r"\*", ".*")
    return re.fullmatch(pattern, _joined(value)) is not None


def _joined(text: str) -> str:
    return text.replace(" ", "").casefold()


def _digits(text: str) -> str:
    return "".join(character for character in text if character.isdigit())
