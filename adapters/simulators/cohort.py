"""Make the whole invented cohort up: named people first, then others, all from one seed.

Renders nothing. The same seed and number of people give the same cohort; times are relative to a given moment.
Noise rates, with reasons, stand in `care/telling.py`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from random import Random

from adapters.simulators.care.heavy_care import give_heavy_care
from adapters.simulators.care.telling import Chronicle
from adapters.simulators.care.usual_care import give_like_a_twin, give_usual_care
from adapters.simulators.invention import nhs_numbers
from adapters.simulators.people import ORGANISATIONS, make_people, plain_person
from adapters.simulators.showcases import SHOWCASE_CARE, make_showcase_people
from adapters.simulators.truth import Cohort, Fact, Person, SourceKind
from fhir_profiles.nhs_number import NhsNumber

DEFAULT_REFERENCE_TIME = datetime(2026, 11, 20, 12, tzinfo=UTC)


def make_cohort(
    seed: int = 1, people: int = 200, reference_time: datetime = DEFAULT_REFERENCE_TIME
) -> Cohort:
    """Make a cohort of so many people, the named ones always among them."""
    numbers = nhs_numbers(seed)
    named = make_showcase_people(seed, reference_time, numbers)
    others = islice(make_people(seed, reference_time, numbers), max(0, people - len(named)))
    chronicles = _chronicle_named(seed, reference_time, named)
    _chronicle_others(chronicles, seed, reference_time, others)
    return Cohort(
        seed=seed,
        people={number: chronicle.person for number, chronicle in chronicles.items()},
        facts=tuple(fact for chronicle in chronicles.values() for fact in chronicle.facts),
        statements={number: tuple(made.statements) for number, made in chronicles.items()},
        organisations=ORGANISATIONS,
        reference_time=reference_time,
        showcases={key: person.nhs_number for key, person in named.items()},
    )


def showcase(cohort: Cohort) -> Mapping[str, NhsNumber]:
    """Give the numbers of the named people, by what they show."""
    return cohort.showcases


def with_heavy_people(cohort: Cohort, count: int, statements_each: int = 1200) -> Cohort:
    """Give the cohort again with so many more people whose records are long, for measuring speed.

    They are named `heavy-1`, `heavy-2`, … and known to hospital and ambulance staff.
    """
    taken = _numbers_in_use(cohort)
    fresh = (number for number in nhs_numbers(cohort.seed) if number not in taken)
    for index, number in enumerate(islice(fresh, count), start=1):
        cohort = _with_heavy_person(cohort, f"heavy-{index}", number, statements_each)
    return cohort


def heavy_person(cohort_seed: int = 1, resources: int = 1200) -> tuple[Cohort, NhsNumber]:
    """Make a cohort of the named people and one long record, and give that person's number."""
    cohort = with_heavy_people(make_cohort(cohort_seed, people=0), 1, resources)
    return cohort, cohort.showcases["heavy-1"]


def _chronicle_named(
    seed: int, now: datetime, named: Mapping[str, Person]
) -> dict[NhsNumber, Chronicle]:
    chronicles: dict[NhsNumber, Chronicle] = {}
    for key, person in named.items():
        chronicle = Chronicle(person, Random(f"care|{seed}|{key}"), now)
        SHOWCASE_CARE[key](chronicle)
        _add_likeness(chronicle, chronicles)
        chronicles[person.nhs_number] = chronicle
    return chronicles


def _chronicle_others(
    chronicles: dict[NhsNumber, Chronicle], seed: int, now: datetime, people: Iterator[Person]
) -> None:
    for index, person in enumerate(people):
        chronicle = Chronicle(person, Random(f"care|{seed}|{index}"), now)
        give_usual_care(chronicle)
        _add_likeness(chronicle, chronicles)
        chronicles[person.nhs_number] = chronicle


def _add_likeness(chronicle: Chronicle, chronicles: Mapping[NhsNumber, Chronicle]) -> None:
    if chronicle.person.twin_of is not None:
        give_like_a_twin(chronicle, _told_by_practice(chronicles[chronicle.person.twin_of]))


def _told_by_practice(chronicle: Chronicle) -> tuple[Fact, ...]:
    return tuple(told.fact for told in chronicle.statements if told.source is SourceKind.GP)


def _numbers_in_use(cohort: Cohort) -> frozenset[NhsNumber]:
    former = {number for person in cohort.people.values() for number in person.former_numbers}
    return frozenset(cohort.people) | former


def _with_heavy_person(cohort: Cohort, key: str, number: NhsNumber, statements_each: int) -> Cohort:
    random = Random(f"care|{cohort.seed}|{key}")
    person = replace(
        plain_person(random, cohort.reference_time, number),
        born_on=cohort.reference_time.date() - timedelta(days=70 * 365),
        contacts_of=("RRV", "RRU"),
    )
    chronicle = Chronicle(person, random, cohort.reference_time)
    give_heavy_care(chronicle, statements_each)
    return replace(
        cohort,
        people={**cohort.people, number: person},
        facts=cohort.facts + tuple(chronicle.facts),
        statements={**cohort.statements, number: tuple(chronicle.statements)},
        showcases={**cohort.showcases, key: number},
    )
