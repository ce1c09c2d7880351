"""Make the planning population up, life by life, from one seed.

Keeps nothing in memory: lives are made as they are asked for. The same seed, reference time and rates give the same
lives, and the first n are the same whatever n is.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from random import Random
from typing import NamedTuple

from adapters.simulators.cohort import DEFAULT_REFERENCE_TIME
from adapters.simulators.invention import nhs_numbers
from adapters.simulators.planning.assaults import make_assault
from adapters.simulators.planning.lives import Contact, ContactKind, Life, Problem, Resident
from adapters.simulators.planning.rates import STATED, Path, Rates
from adapters.simulators.planning.residents import make_resident
from adapters.simulators.truth import SourceKind

# The clinical cohort takes its numbers from the front of the same sequence.
SERIALS_KEPT_FOR_COHORT = 22_000
PEOPLE = 50_000
WEEKS = 52
HOSPITAL, AMBULANCE_SERVICE = "RRV", "RRU"
_YEAR_MINUTES = WEEKS * 7 * 24 * 60
_NOON_HOUR = 12


@dataclass(frozen=True, slots=True)
class Population:
    """What is made up: whose lives, until when, at which rates."""

    seed: int = 1
    people: int = PEOPLE
    reference_time: datetime = DEFAULT_REFERENCE_TIME
    rates: Rates = STATED

    def lives(self) -> Iterator[Life]:
        """Yield everybody's year before the reference time; a person may have had no contact."""
        numbers = nhs_numbers(self.seed, SERIALS_KEPT_FOR_COHORT)
        for index, number in enumerate(islice(numbers, self.people)):
            random = Random(f"planning|{self.seed}|{index}")
            resident = make_resident(random, number, self.reference_time, self.rates)
            yield _live(_Making(random, resident, self.reference_time, self.rates))


class _Making(NamedTuple):
    random: Random
    resident: Resident
    now: datetime
    rates: Rates


def _live(making: _Making) -> Life:
    problems = tuple(_problems(making))
    contacts = [*_usual_contacts(making), *_contacts_of_routes(making, problems)]
    seen_alive = (each for each in contacts if _is_before_death(each, making.resident.died_on))
    in_order = sorted(seen_alive, key=lambda each: (each.starts_at, each.kind))
    return Life(making.resident, problems, tuple(in_order))


def _is_before_death(contact: Contact, died_on: date | None) -> bool:
    return died_on is None or contact.ends_at.date() <= died_on


def _problems(making: _Making) -> Iterator[Problem]:
    random, resident, now, rates = making
    for code, share in rates.prevalence.items():
        if random.random() < share:
            # An index diagnosis lies in the year, with time for what follows it.
            oldest = WEEKS * 7 if code in rates.routes else 10 * WEEKS * 7
            day = now.date() - timedelta(days=random.randint(150, oldest))
            yield Problem(code, max(day, resident.born_on))


def _usual_contacts(making: _Making) -> Iterator[Contact]:
    for kind, a_year in making.rates.contacts_a_year.items():
        for _ in range(_how_many(making.random, a_year)):
            yield from _usual_contact(making, kind)


def _how_many(random: Random, mean: float) -> int:
    # Counts the arrivals of a Poisson process in one year.
    count, elapsed = 0, random.expovariate(mean)
    while elapsed < 1:
        count += 1
        elapsed += random.expovariate(mean)
    return count


def _usual_contact(making: _Making, kind: ContactKind) -> Iterator[Contact]:
    random, _, now, rates = making
    minutes = _length(random, kind, rates)
    ago = timedelta(minutes=random.randint(minutes, _YEAR_MINUTES))
    starts_at = (now - ago).replace(second=0, microsecond=0)
    if kind is ContactKind.EMERGENCY and random.random() < rates.assault_share:
        yield from _after_assault(making, starts_at, minutes)
    else:
        yield _contact(making, kind, starts_at, minutes)


def _after_assault(making: _Making, about: datetime, minutes: int) -> Iterator[Contact]:
    """Yield the attendance that follows an assault, and the ambulance before it if one came."""
    random, resident, _, rates = making
    assault = make_assault(random, resident, about, rates)
    attended_at = assault.at + timedelta(minutes=random.randint(65, 300))
    emergency = _contact(making, ContactKind.EMERGENCY, attended_at, minutes)
    yield emergency._replace(assault=assault)
    if random.random() < rates.assault_by_ambulance_share:
        called = _contact(making, ContactKind.AMBULANCE, attended_at - timedelta(minutes=60), 60)
        yield called._replace(assault=assault)


def _contacts_of_routes(making: _Making, problems: tuple[Problem, ...]) -> Iterator[Contact]:
    random, _, now, rates = making
    for problem in problems:
        routes = rates.routes.get(problem.code, ())
        at = datetime.combine(problem.began_on, now.timetz()).replace(hour=_NOON_HOUR)
        for kind in _drawn(random, routes):
            at += timedelta(days=random.randint(*rates.days_between_steps))
            contact = _contact(making, kind, at, _length(random, kind, rates))
            at = contact.ends_at
            if at < now:
                yield contact._replace(reason=problem.code)


def _drawn(random: Random, routes: tuple[tuple[float, Path], ...]) -> Path:
    if not routes:
        return ()
    return random.choices([path for _, path in routes], [share for share, _ in routes])[0]


def _length(random: Random, kind: ContactKind, rates: Rates) -> int:
    if kind is ContactKind.ADMISSION and random.random() < rates.long_stay_share:
        return random.randint(*rates.long_stay_minutes)
    return random.randint(*rates.minutes[kind])


def _contact(making: _Making, kind: ContactKind, starts_at: datetime, minutes: int) -> Contact:
    ends_at = starts_at + timedelta(minutes=minutes)
    nights = (ends_at.date() - starts_at.date()).days if kind is ContactKind.ADMISSION else 0
    rates = making.rates
    return Contact(
        kind=kind,
        organisation=_organisation(kind, making.resident),
        starts_at=starts_at,
        ends_at=ends_at,
        cost_pence=rates.pence_a_contact[kind] + nights * rates.pence_a_night,
    )


def _organisation(kind: ContactKind, resident: Resident) -> str:
    places = {SourceKind.HOSPITAL: HOSPITAL, SourceKind.AMBULANCE: AMBULANCE_SERVICE}
    return places.get(kind.source, resident.practice)
