"""Put honest work and a stated rate of snooping together into one line of requests.

Sends nothing (`driving` does). The same cohort, seed, days and rate give the same requests.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from adapters.simulators.traffic.care import caseloads_of, visits_in
from adapters.simulators.traffic.shifts import LONDON, shifts_of
from adapters.simulators.traffic.snooping import Town, snooping_visits
from adapters.simulators.traffic.staff import StaffMember
from adapters.simulators.traffic.visits import Step, Visit
from adapters.simulators.truth import Cohort

CONTACT_RATES = {"RRV": 0.35, "RRU": 0.12}
"""How much of a borough a hospital and an ambulance service have to do with at a time; a demo convenience."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which traffic: its seed, how many days from when (UTC), and which share of visits is snooping."""

    seed: int
    begins: datetime
    days: int
    snooping: float


@dataclass(frozen=True, slots=True)
class Traffic:
    """Everybody who works, and everything that they do, in order of time."""

    staff: tuple[StaffMember, ...]
    visits: tuple[Visit, ...]

    def steps(self) -> Iterator[tuple[datetime, Visit, Step]]:
        """Give every request in order of time."""
        laid = [
            (visit.at + step.after, visit, step) for visit in self.visits for step in visit.steps
        ]
        yield from sorted(laid, key=lambda each: (each[0], each[2].request_id))


def with_caseloads(cohort: Cohort, seed: int) -> Cohort:
    """Give the cohort again with people whom hospital and ambulance have to do with, beside the seeded few."""
    random = Random(f"caseloads|{seed}")
    people = {
        number: replace(
            person,
            contacts_of=tuple(
                sorted(
                    {*person.contacts_of}
                    | {code for code, rate in CONTACT_RATES.items() if random.random() < rate}
                )
            ),
        )
        for number, person in cohort.people.items()
    }
    return replace(cohort, people=people)


def make_traffic(cohort: Cohort, staff: tuple[StaffMember, ...], wanted: Wanted) -> Traffic:
    """Lay out what the staff do with a cohort's records in some days.

    Raises ValueError for a share of snooping that leaves no honest work, or for no days.
    """
    if not 0 <= wanted.snooping < 1 or wanted.days < 1:
        raise ValueError("The share of snooping is at least 0 and below 1, the days at least 1.")
    town = _town(cohort, staff, wanted)
    honest = list(_honest(town, wanted))
    count = round(len(honest) * wanted.snooping / (1 - wanted.snooping))
    snooping = snooping_visits(town, count, Random(f"snooping|{wanted.seed}"))
    visits = sorted([*honest, *snooping], key=lambda each: (each.at, each.member.username))
    return Traffic(staff, tuple(visits))


def _town(cohort: Cohort, staff: tuple[StaffMember, ...], wanted: Wanted) -> Town:
    first = wanted.begins.astimezone(LONDON).date()
    shifts = {
        each.username: tuple(shifts_of(each, first, wanted.days, wanted.seed)) for each in staff
    }
    caseloads = caseloads_of(cohort, staff, wanted.days, wanted.seed)
    return Town(cohort, staff, shifts, caseloads, wanted.begins, wanted.days)


def _honest(town: Town, wanted: Wanted) -> Iterator[Visit]:
    for member in town.staff:
        random = Random(f"care|{wanted.seed}|{member.username}")
        for shift in town.shifts[member.username]:
            day = max(0, (shift.begins + timedelta(hours=2) - town.begins).days)
            yield from visits_in(shift, town.caseloads, day, random)
