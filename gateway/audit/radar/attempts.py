"""Rules about what led to nothing: attempts that were refused, and people looked up whom nobody then opened."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

from gateway.audit.radar.accesses import Access
from gateway.audit.radar.pairs import Pair, began
from gateway.audit.radar.rules import REPEATED, TRIED_AGAIN, WEIGHTS, Hit, RadarRule
from gateway.audit.radar.working import Working

REFUSED_PEOPLE = 4
REFUSED_WITHIN = timedelta(days=7)
"""Four people in a week: a place whose referrals are late refuses one or two."""

AGAIN_WITHIN = timedelta(minutes=5)
"""At once: without going to ask anybody."""

LOOKED_UP = 6
LOOKED_UP_WITHIN = timedelta(minutes=20)
OPENED_AT_MOST = 2
"""Six in twenty minutes, of whom at most two were opened: a call at a desk is two or three, and most end in a record."""


def refusals_of(pairs: Iterable[Pair], when: Working) -> Mapping[str, Sequence[Pair]]:
    """Give by user the people about whom they were refused for want of a relationship, never allowed, and no slip."""
    found: dict[str, list[Pair]] = {}
    for pair in pairs:
        if pair.is_kept_out and not when.was_a_slip(pair.accesses[-1]):
            found.setdefault(pair.user_id, []).append(pair)
    return found


def no_relationship(pair: Pair, refusals: Sequence[Pair]) -> Hit | None:
    """Fit attempts that were refused for want of a relationship and never came to be allowed.

    `refusals` are those of the same user.
    """
    if all(each.patient != pair.patient for each in refusals):
        return None
    about = sum(abs(began(each) - began(pair)) <= REFUSED_WITHIN for each in refusals)
    why = f"Refused for want of a relationship ({_times(len(pair.kept_out))}), and never allowed."
    weight = TRIED_AGAIN if _tried_again(pair) else WEIGHTS[RadarRule.NO_RELATIONSHIP]
    if about >= REFUSED_PEOPLE:
        days = REFUSED_WITHIN // timedelta(days=1)
        why = f"{why} So they were about {about} people within {days} days."
        weight += REPEATED
    decisions = frozenset(each.decision_id for each in pair.kept_out)
    return Hit(RadarRule.NO_RELATIONSHIP, why, weight, decisions)


@dataclass(frozen=True, slots=True)
class Run:
    """People looked up one after the other, nearly none of them opened."""

    finds: tuple[Access, ...]
    hit: Hit


def serial_searches(accesses: Iterable[Access]) -> Iterator[Run]:
    """Give every run of look-ups that led nearly nowhere, of each user the longest runs that do not overlap."""
    by_user: dict[str, list[Access]] = {}
    for each in accesses:
        by_user.setdefault(each.user_id, []).append(each)
    for of_user in by_user.values():
        yield from _runs(of_user)


def _runs(accesses: Sequence[Access]) -> Iterator[Run]:
    finds = [each for each in accesses if each.is_find and each.is_allowed]
    opened = [each for each in accesses if not each.is_find]
    times = [each.at for each in finds]
    start = 0
    while start < len(finds):
        ends = times[start] + LOOKED_UP_WITHIN
        run = finds[start : bisect_right(times, ends)]
        opened_then = {
            each.patient for each in opened if finds[start].at <= each.at <= ends + LOOKED_UP_WITHIN
        }
        unopened = [each for each in run if each.patient is None or each.patient not in opened_then]
        is_serial = len(unopened) >= LOOKED_UP and len(opened_then) <= OPENED_AT_MOST
        if is_serial:
            yield Run(tuple(unopened), _serial(unopened, len(opened_then)))
        start += len(run) if is_serial else 1


def _serial(finds: Sequence[Access], opened: int) -> Hit:
    minutes = LOOKED_UP_WITHIN // timedelta(minutes=1)
    why = f"They looked {len(finds)} people up within {minutes} minutes and opened {opened}."
    decisions = frozenset(each.decision_id for each in finds)
    return Hit(RadarRule.SERIAL_SEARCH, why, WEIGHTS[RadarRule.SERIAL_SEARCH], decisions)


def _tried_again(pair: Pair) -> bool:
    times = [each.at for each in pair.accesses]
    return any(later - earlier <= AGAIN_WITHIN for earlier, later in pairwise(times))


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
