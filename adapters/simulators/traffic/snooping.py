"""Lay out the few visits that are nobody's business: whose record, when, and how it is looked at.

Whoever snoops mostly looks once, sometimes reads on, sometimes comes back; at a quiet moment of the own shift, at a busy
one, or at a time when they do not work. How often each kind is met is judgement: reports of dismissals speak mostly
of family, colleagues, oneself and people in the news, least of what leaves no trace.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from adapters.simulators.traffic.care import Caseloads
from adapters.simulators.traffic.shifts import Shift
from adapters.simulators.traffic.staff import StaffMember
from adapters.simulators.traffic.visits import (
    Laid,
    SnoopingKind,
    StepKind,
    Visit,
    glance,
    thorough,
    visit_of,
)
from adapters.simulators.truth import Cohort
from fhir_profiles.nhs_number import NhsNumber

SHARES: Mapping[SnoopingKind, float] = {
    SnoopingKind.OWN_RECORD: 0.15,
    SnoopingKind.FAMILY_AT_HOME: 0.21,
    SnoopingKind.RELATIVE: 0.07,
    SnoopingKind.COLLEAGUE: 0.20,
    SnoopingKind.IN_THE_NEWS: 0.17,
    SnoopingKind.STRANGER: 0.08,
    SnoopingKind.FISHING: 0.08,
    SnoopingKind.ACQUAINTANCE: 0.04,
}

GLANCE_RATE = 0.7
OFF_DUTY_RATE = 0.3
COMES_BACK_RATE = 0.3

_NEWS_HOURS = 48.0
_NEWS_READERS = (5, 10)
"""Between these many people look at somebody who is talked about, within two days."""

_VISITS_EACH = {SnoopingKind.IN_THE_NEWS: sum(_NEWS_READERS) / 2, SnoopingKind.FISHING: 1.0}

Pair = tuple[StaffMember, NhsNumber]


@dataclass(frozen=True, slots=True)
class Town:
    """Who works when, who is whose, and what the days are."""

    cohort: Cohort
    staff: tuple[StaffMember, ...]
    shifts: Mapping[str, Sequence[Shift]]
    caseloads: Caseloads
    begins: datetime
    days: int


def snooping_visits(town: Town, count: int, random: Random) -> Iterator[Visit]:
    """Give this many visits, of each kind about its share; what the town has no occasion for is left to the rest."""
    left = count
    pairs = {kind: pairs_of(town) for kind, pairs_of in _PAIRS.items()}
    # One event of the news is many visits: it is chosen so much the less often.
    weights = [SHARES[kind] / _VISITS_EACH.get(kind, 1 + COMES_BACK_RATE) for kind in SHARES]
    while left > 0:
        kind = random.choices(list(SHARES), weights)[0]
        for visit in list(_of_kind(town, kind, pairs, random))[:left]:
            left -= 1
            yield visit


def _of_kind(
    town: Town, kind: SnoopingKind, pairs: Mapping[SnoopingKind, list[Pair]], random: Random
) -> Iterator[Visit]:
    if kind is SnoopingKind.IN_THE_NEWS:
        yield from _in_the_news(town, random)
        return
    if kind is SnoopingKind.FISHING:
        yield _fishing(town, random)
        return
    if not pairs[kind]:
        return
    member, number = random.choice(pairs[kind])
    at = _when(town, member, random)
    yield visit_of(random, member, at, number, _looks(random, number), kind)
    if random.random() < COMES_BACK_RATE:
        again = at + timedelta(hours=random.uniform(18, 80))
        if again < town.begins + timedelta(days=town.days):
            yield visit_of(random, member, again, number, _looks(random, number), kind)


def _looks(random: Random, number: NhsNumber) -> Laid:
    return glance(number) if random.random() < GLANCE_RATE else thorough(random, number)


def _when(town: Town, member: StaffMember, random: Random) -> datetime:
    """Choose a moment: on duty, or at an hour that is not theirs."""
    shifts = town.shifts[member.username]
    if shifts and random.random() >= OFF_DUTY_RATE:
        shift = random.choice(shifts)
        span = (shift.ends - shift.begins).total_seconds()
        return shift.begins + timedelta(seconds=round(random.uniform(0, span)))
    for _ in range(50):
        at = town.begins + timedelta(seconds=random.randrange(town.days * 86_400))
        if not any(each.begins <= at <= each.ends for each in shifts):
            return at
    return town.begins + timedelta(seconds=random.randrange(town.days * 86_400))


def _own(town: Town) -> list[Pair]:
    return [(each, each.own_number) for each in town.staff if each.own_number is not None]


def _at_home(town: Town) -> list[Pair]:
    return [
        (each, number) for each in town.staff for number in sorted(each.lives_with, key=_digits)
    ]


def _digits(number: NhsNumber) -> str:
    # What a number shows of itself is the same for all: sorted by that, a set keeps the order of its process.
    return number.digits


def _relatives(town: Town) -> list[Pair]:
    return [
        (member, number)
        for member in town.staff
        for number in town.caseloads.of(member)
        if town.cohort.people[number].family_name == member.user.family_name
        and number != member.own_number
        and number not in member.lives_with
    ]


def _colleagues(town: Town) -> list[Pair]:
    return [
        (member, other.own_number)
        for member in town.staff
        for other in town.staff
        if other.own_number is not None
        and other is not member
        and other.organisation == member.organisation
    ]


def _strangers(town: Town) -> list[Pair]:
    return [
        (member, number)
        for member in town.staff
        for number in town.caseloads.everybody
        if number not in town.caseloads.of(member) and number != member.own_number
    ]


def _in_care(town: Town) -> list[Pair]:
    return [(member, number) for member in town.staff for number in town.caseloads.of(member)]


_PAIRS: Mapping[SnoopingKind, Callable[[Town], list[Pair]]] = {
    SnoopingKind.OWN_RECORD: _own,
    SnoopingKind.FAMILY_AT_HOME: _at_home,
    SnoopingKind.RELATIVE: _relatives,
    SnoopingKind.COLLEAGUE: _colleagues,
    SnoopingKind.STRANGER: _strangers,
    SnoopingKind.ACQUAINTANCE: _in_care,
}


def _in_the_news(town: Town, random: Random) -> Iterator[Visit]:
    number = random.choice(town.caseloads.everybody)
    first = town.begins + timedelta(
        seconds=random.randrange(max(1, round((town.days * 24 - _NEWS_HOURS) * 3600)))
    )
    readers = random.sample(town.staff, random.randint(*_NEWS_READERS))
    for member in readers:
        if number in {member.own_number, *member.lives_with}:
            continue
        at = first + timedelta(hours=random.triangular(0, _NEWS_HOURS, 8))
        yield visit_of(random, member, at, number, _looks(random, number), SnoopingKind.IN_THE_NEWS)


def _fishing(town: Town, random: Random) -> Visit:
    member = random.choice(town.staff)
    numbers = random.sample(town.caseloads.everybody, random.randint(6, 14))
    laid: Laid = [(StepKind.FIND, number, random.uniform(15, 120)) for number in numbers]
    at = _when(town, member, random)
    return visit_of(random, member, at, None, laid, SnoopingKind.FISHING)
