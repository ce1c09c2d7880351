"""Rules about how many look at one person at about the same time: a crowd of single looks, or a team that reads.

A ward looks too; but a team reads further, and is of one organisation.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from gateway.audit.radar.pairs import Pair, began
from gateway.audit.radar.rules import IN_A_TEAM, WEIGHTS, Hit, RadarRule

SURGE_WITHIN = timedelta(hours=20)
"""Until the next day's shift: news is looked up while it is new."""

SINGLE_LOOKS = 3
SHARE_OF_LOOKS = 0.75
"""Three who only looked, or were refused, and at most one in four who read further: in a team it is the other way round."""

TEAM_WITHIN = timedelta(hours=24)
"""Each shift of a ward has its turn within a day."""

TEAM_MATES = 3
"""Others of the same organisation who read further: a shift of a ward."""


@dataclass(frozen=True, slots=True)
class Crowds:
    """Everybody who opened a person's record or tried to, by person, in order of first attempt."""

    by_patient: Mapping[str, Sequence[Pair]]

    def surge(self, pair: Pair) -> Hit | None:
        """Fit whoever came when many only looked."""
        near = self._near(pair, SURGE_WITHIN)
        light = sum(each.is_light for each in near)
        is_surge = light >= SINGLE_LOOKS and light >= SHARE_OF_LOOKS * len(near)
        if not is_surge:
            return None
        hours, rule = SURGE_WITHIN // timedelta(hours=1), RadarRule.SURGE
        why = f"{light} people only looked at this person, or tried to, within {hours} hours of it."
        return Hit(rule, why, WEIGHTS[rule], pair.decisions)

    def team(self, pair: Pair) -> float:
        """Weigh against the suspicion that others of the organisation read further at the time."""
        organisation = pair.accesses[0].organisation
        mates = sum(
            each.user_id != pair.user_id
            and not each.is_light
            and each.accesses[0].organisation == organisation
            for each in self._near(pair, TEAM_WITHIN)
        )
        return IN_A_TEAM if mates >= TEAM_MATES else 0.0

    def _near(self, pair: Pair, within: timedelta) -> Sequence[Pair]:
        pairs, at = self.by_patient[pair.patient], began(pair)
        first = bisect_left(pairs, at - within, key=began)
        return pairs[first : bisect_right(pairs, at + within, key=began)]


def crowds(pairs: Iterable[Pair]) -> Crowds:
    """Put together who came to each person; `pairs` in order of first attempt."""
    by_patient: dict[str, list[Pair]] = {}
    for pair in pairs:
        by_patient.setdefault(pair.patient, []).append(pair)
    return Crowds(by_patient)
