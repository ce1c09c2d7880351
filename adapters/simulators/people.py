"""Make the people of the cohort up: who they are, where registered, what they object to.

Gives them no care (`journeys_of_care`, `everyday_care`, `sensitive_care` do). Twins share birth date, family name and address.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from adapters.simulators.invention import (
    FEMALE_NAMES,
    make_address,
    make_birth_date,
    make_names,
    make_phone,
)
from adapters.simulators.truth import Person
from fhir_profiles.nhs_number import NhsNumber

ORGANISATIONS: dict[str, str] = {
    "F84004": "Albion Road Surgery",
    "F84012": "Canal Walk Medical Centre",
    "F83021": "Elm Grove Practice",
    "F85002": "Northfield Health Centre",
    "RRV": "University College London Hospitals",
    "RJ1": "Guy's and St Thomas'",
    "RRU": "London Ambulance Service",
    "RV3": "Central and North West London Mental Health",
    "702": "Camden Council Adult Social Care",
    "VM4G1": "Willow Court Care Home",
    "NLO": "North London 111",
    "CSP1": "Camden Community Safety Partnership",
    "UNI1": "Invented University",
    "QMJ": "North Central London ICB",
}

DEMO_PRACTICE = "F84004"
OTHER_PRACTICES = ("F84012", "F83021", "F85002")

# Rates are for a cohort of 200, so that each kind is met by chance as well as among the named people.
DEMO_PRACTICE_RATE = 0.70  # The demo GP's list must be long enough to browse.
TWIN_PERSON_RATE = 0.02  # Near the share of twin births in England (about 1.6 % of maternities).
RESTRICTED_RATE = 0.01
OBJECTING_RATE = 0.03  # Type 1 and local objections run at 2 to 5 %.
SUPERSEDED_RATE = 0.02
DECEASED_RATE = 0.03
OTHER_TRUST_RATE = 0.10


def make_people(seed: int, now: datetime, numbers: Iterator[NhsNumber]) -> Iterator[Person]:
    """Yield people without end; the first n are the same whatever n is."""
    index = 0
    while True:
        random = Random(f"person|{seed}|{index}")
        person = plain_person(random, now, next(numbers))
        yield _with_circumstances(random, person, now, numbers)
        if random.random() < TWIN_PERSON_RATE:
            yield twin_of(random, person, next(numbers))
        index += 1


def plain_person(random: Random, now: datetime, number: NhsNumber) -> Person:
    """Make an adult or child of the demo practice's area with nothing special about them."""
    gender = random.choice(("female", "male"))
    family_name, given_names, prefix = make_names(random, gender)
    address_lines, postcode = make_address(random)
    return Person(
        nhs_number=number,
        family_name=family_name,
        given_names=given_names,
        prefix=prefix,
        gender=gender,
        born_on=make_birth_date(random, now.date()),
        address_lines=address_lines,
        postcode=postcode,
        phone=make_phone(random),
        practice=DEMO_PRACTICE,
        hospitals=("RRV",),
    )


def twin_of(random: Random, person: Person, number: NhsNumber) -> Person:
    """Make a twin: same birth date, family, address and practice; another given name and number."""
    given = random.choice([name for name in FEMALE_NAMES if name not in person.given_names])
    return replace(
        person,
        nhs_number=number,
        given_names=(given,),
        prefix="Ms",
        gender="female",
        former_numbers=(),
        died_at=None,
        is_restricted=False,
        objects_to=frozenset(),
        twin_of=person.nhs_number,
    )


def _with_circumstances(
    random: Random, person: Person, now: datetime, numbers: Iterator[NhsNumber]
) -> Person:
    elsewhere = random.random() > DEMO_PRACTICE_RATE
    return replace(
        person,
        practice=random.choice(OTHER_PRACTICES) if elsewhere else DEMO_PRACTICE,
        hospitals=("RJ1",) if random.random() < OTHER_TRUST_RATE else ("RRV",),
        is_restricted=random.random() < RESTRICTED_RATE,
        objects_to=_objections(random),
        former_numbers=(next(numbers),) if random.random() < SUPERSEDED_RATE else (),
        died_at=now - timedelta(days=random.randint(20, 400))
        if random.random() < DECEASED_RATE
        else None,
        contacts_of=_contacts(random),
    )


def _objections(random: Random) -> frozenset[str]:
    if random.random() >= OBJECTING_RATE:
        return frozenset()
    return frozenset(random.choice((("gp",), ("hospital",), ("gp", "hospital", "ambulance"))))


def _contacts(random: Random) -> tuple[str, ...]:
    # Community teams know few people; each share is a demo convenience, not a statistic.
    rates = {"RV3": 0.10, "702": 0.08, "VM4G1": 0.05, "NLO": 0.10}
    return tuple(code for code, rate in rates.items() if random.random() < rate)
