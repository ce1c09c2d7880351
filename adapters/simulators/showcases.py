"""Make the named people up, each of whom shows one thing.

Gives the others their chance-made care (`care.usual_care` does).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from adapters.simulators.care.telling import Chronicle
from adapters.simulators.people import plain_person, twin_of
from adapters.simulators.showcase_care import (
    be_attended_by_ambulance,
    be_conflicted,
    be_everywhere,
    be_in_mental_health_care,
    be_in_sexual_health_care,
    be_known_to_hospital_only,
    be_of_unknown_label,
    be_retracted,
    be_safeguarded,
    be_seen_in_emergency_department,
    be_unknown_to_all,
    have_practice_care_only,
    have_settled_care,
    have_stay_now,
)
from adapters.simulators.truth import Person
from fhir_profiles.nhs_number import NhsNumber

Care = Callable[[Chronicle], None]

ALL_SOURCES = frozenset({"gp", "hospital", "ambulance"})
EVERY_TEAM = ("RRV", "RRU", "RV3", "702", "VM4G1", "NLO")
ACUTE_TEAMS = ("RRV", "RRU")
"""Most named people are known to hospital and ambulance staff, so that a demo user may open them."""

SHOWCASE_CARE: Mapping[str, Care] = {
    "everything": be_everywhere,
    "sexual-health": be_in_sexual_health_care,
    "mental-health": be_in_mental_health_care,
    "safeguarding": be_safeguarded,
    "restricted": have_settled_care,
    "objects-to-gp": have_settled_care,
    "objects-to-all": have_settled_care,
    "objects-no-exceptions": have_settled_care,
    "superseded": have_settled_care,
    "deceased": have_settled_care,
    "twin-a": have_settled_care,
    "twin-b": have_settled_care,
    "other-practice": have_practice_care_only,
    "ambulance-open": lambda chronicle: be_attended_by_ambulance(chronicle, None),
    "ambulance-2h": lambda chronicle: be_attended_by_ambulance(chronicle, timedelta(hours=2)),
    "ambulance-73h": lambda chronicle: be_attended_by_ambulance(chronicle, timedelta(hours=73)),
    "inpatient-rrv": have_stay_now,
    "ed-ended-10h": be_seen_in_emergency_department,
    "no-known-allergy-conflict": be_conflicted,
    "retracted": be_retracted,
    "unknown-label": be_of_unknown_label,
    "no-records": be_unknown_to_all,
    "hospital-only": be_known_to_hospital_only,
}


def _away_from_hospital(person: Person) -> Person:
    # Encounter or registration alone decides who may see these, so no team is seeded.
    return replace(person, hospitals=(), contacts_of=())


_CIRCUMSTANCES: Mapping[str, Callable[[Person], Person]] = {
    "everything": lambda person: replace(person, contacts_of=EVERY_TEAM),
    "mental-health": lambda person: replace(person, contacts_of=(*ACUTE_TEAMS, "RV3")),
    "safeguarding": lambda person: replace(person, contacts_of=(*ACUTE_TEAMS, "702")),
    "restricted": lambda person: replace(person, is_restricted=True),
    "objects-to-gp": lambda person: replace(person, objects_to=frozenset({"gp"})),
    "objects-to-all": lambda person: replace(person, objects_to=ALL_SOURCES),
    "objects-no-exceptions": lambda person: replace(
        person, objects_to=ALL_SOURCES, objects_even_in_emergency=True
    ),
    "other-practice": lambda person: replace(_away_from_hospital(person), practice="F84012"),
    "ambulance-open": _away_from_hospital,
    "ambulance-2h": _away_from_hospital,
    "ambulance-73h": _away_from_hospital,
    "inpatient-rrv": lambda person: replace(person, contacts_of=()),
    "ed-ended-10h": lambda person: replace(person, contacts_of=()),
}


def make_showcase_people(
    seed: int, now: datetime, numbers: Iterator[NhsNumber]
) -> Mapping[str, Person]:
    """Make one person for every name, in a fixed order."""
    made: dict[str, Person] = {}
    for key in SHOWCASE_CARE:
        random = Random(f"showcase|{seed}|{key}")
        person = _adult(plain_person(random, now, next(numbers)), random, now)
        made[key] = _with_circumstances(key, person, now, numbers)
        if key == "twin-b":
            made[key] = twin_of(random, made["twin-a"], person.nhs_number)
    return made


def _adult(person: Person, random: Random, now: datetime) -> Person:
    born_on = now.date() - timedelta(days=random.randint(30 * 365, 80 * 365))
    return replace(person, born_on=born_on, contacts_of=ACUTE_TEAMS)


def _with_circumstances(
    key: str, person: Person, now: datetime, numbers: Iterator[NhsNumber]
) -> Person:
    if key == "superseded":
        return replace(person, former_numbers=(next(numbers),))
    if key == "deceased":
        return replace(person, died_at=now - timedelta(days=30))
    change = _CIRCUMSTANCES.get(key)
    return change(person) if change else person
