"""Rules about how and when one record was looked at: once and left, or at a time that is not one of theirs.

Hours are London's, where the staff live.
"""

from collections.abc import Iterator
from datetime import timedelta

from gateway.audit.radar.accesses import Access
from gateway.audit.radar.pairs import Pair
from gateway.audit.radar.rules import FAR_OUT_OF_HOURS, WEIGHTS, Hit, RadarRule
from gateway.audit.radar.working import Working, moment

ALONE_WITHIN = timedelta(hours=4)
"""A third of a long shift: who works opens somebody else's record in it. Letters written after a shift are nearer to it."""

FAR_FROM_WORK = timedelta(hours=10)
"""Longer than an office day: neither the begin nor the end of one is near. Honest work is there once in two hundred."""


def habit_hits(pair: Pair, when: Working) -> Iterator[Hit]:
    """Give what fits of these rules."""
    yield from (hit for hit in (look_and_leave(pair), out_of_hours(pair, when)) if hit is not None)


def look_and_leave(pair: Pair) -> Hit | None:
    """Fit a record that was opened once or twice and not read further."""
    if not pair.is_mere_look:
        return None
    looks = sum(each.is_allowed for each in pair.accesses)
    why = f"They looked {'once' if looks == 1 else 'twice'} and read nothing further."
    rule = RadarRule.LOOK_AND_LEAVE
    return Hit(rule, why, WEIGHTS[rule], pair.decisions)


def out_of_hours(pair: Pair, when: Working) -> Hit | None:
    """Fit an access at a time at which who made it was not otherwise at work."""
    if not when.is_known(pair.user_id):
        return None
    far = [each for each in pair.accesses if when.is_alone(each, FAR_FROM_WORK)]
    if far:
        return _hit(far, FAR_FROM_WORK, FAR_OUT_OF_HOURS)
    alone = [each for each in pair.accesses if when.is_alone(each, ALONE_WITHIN)]
    return _hit(alone, ALONE_WITHIN, WEIGHTS[RadarRule.OUT_OF_HOURS]) if alone else None


def _hit(accesses: list[Access], within: timedelta, weight: float) -> Hit:
    hours, when = within // timedelta(hours=1), moment(accesses[0].at)
    why = f"{when}: they had to do with nobody else within {hours} hours of it."
    decisions = frozenset(each.decision_id for each in accesses)
    return Hit(RadarRule.OUT_OF_HOURS, why, weight, decisions)
