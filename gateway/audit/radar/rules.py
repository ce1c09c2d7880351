"""Name the rules by which snooping is looked for, and say how much each one weighs.

A weight is ten times the decimal logarithm of how many times more often a thing is met in snooping than in honest work
(decibans, after Good, *Probability and the Weighing of Evidence*, 1950), so that weights add up. All are judgement: fitted
to simulated traffic of seeds that no published figure is from, rounded, and to be replaced by what officers find (docs/radar.md).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID


class RadarRule(StrEnum):
    """What is looked for."""

    OWN_RECORD = "own-record"
    SAME_HOUSEHOLD = "same-household"
    SAME_SURNAME = "same-surname"
    COLLEAGUE = "colleague"
    NO_RELATIONSHIP = "no-relationship"
    SURGE = "surge"
    LOOK_AND_LEAVE = "look-and-leave"
    OUT_OF_HOURS = "out-of-hours"
    SERIAL_SEARCH = "serial-search"


TOLD_FROM = 17.0
"""Fifty times. Above every rule that honest work meets daily, so that none of these is told alone; below, more than half
of what is told would still be right, but officers' time is better spent on what has a reason besides."""

WEIGHTS: Mapping[RadarRule, float] = {
    RadarRule.OWN_RECORD: 34.0,  # No member of staff treats themselves: whatever the reason, an officer should know.
    RadarRule.SAME_HOUSEHOLD: 24.0,  # Staff hand their family over; what is left is rare beside curiosity.
    RadarRule.SAME_SURNAME: 15.0,  # A name is met by chance in about one record of eighty: never told alone.
    RadarRule.COLLEAGUE: 20.0,  # Told alone: colleagues are few, and most have a doctor of their own there.
    RadarRule.NO_RELATIONSHIP: 28.0,  # Refused, and left at that: honest work claims, tries again or finds its slip.
    RadarRule.SURGE: 17.0,  # A crowd of single looks is seldom a team: told alone, and of those who read on too.
    RadarRule.LOOK_AND_LEAVE: 7.0,  # One look is often all that care needs.
    RadarRule.OUT_OF_HOURS: 8.0,  # Work comes in shifts, curiosity does not.
    RadarRule.SERIAL_SEARCH: 25.0,  # Who looks many people up has somebody to open among them.
}

FAR_OUT_OF_HOURS = 17.0
"""Told alone: on a day or in a night in which they did nothing else."""

TRIED_AGAIN = 22.0
"""Refused and tried again at once: who is sure of a right does; curiosity mostly does not ask twice."""

REPEATED = 6.0
"""Four times: refused about that many people in a week is no late referral."""

IN_A_TEAM = -4.0
"""Less than half as often: several others of the organisation read further in the record at the time."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One rule that fits, in a sentence for people, and the decisions that it rests on."""

    rule: RadarRule
    why: str
    weight: float
    decisions: frozenset[UUID] = field(repr=False)


def place_of(rule: str) -> tuple[float, str]:
    """Give what rules are sorted by, the heaviest first; a word that is no rule any more comes last."""
    known = {each.value: weight for each, weight in WEIGHTS.items()}
    return -known.get(rule, 0.0), rule
