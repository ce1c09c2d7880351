"""Rules about what a member of staff is to the person: themselves, their home, their name, their colleague."""

from collections.abc import Iterator, Mapping

from gateway.audit.radar.pairs import Pair
from gateway.audit.radar.rules import WEIGHTS, Hit, RadarRule
from gateway.audit.words import Mark

_RULES: Mapping[Mark, tuple[RadarRule, str]] = {
    Mark.OWN_RECORD: (RadarRule.OWN_RECORD, "It is their own record."),
    Mark.SAME_HOUSEHOLD: (RadarRule.SAME_HOUSEHOLD, "The person lives at their address."),
    Mark.SAME_SURNAME: (RadarRule.SAME_SURNAME, "The person has their family name."),
    Mark.COLLEAGUE: (RadarRule.COLLEAGUE, "The person works for the same organisation."),
}


def kin_hits(pair: Pair) -> Iterator[Hit]:
    """Give a hit for everything that the person is to who opened their record."""
    for mark, (rule, why) in _RULES.items():
        marked = frozenset(each.decision_id for each in pair.accesses if mark in each.marks)
        if marked:
            yield Hit(rule, why, WEIGHTS[rule], marked)
