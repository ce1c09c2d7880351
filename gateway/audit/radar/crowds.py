"""Rules about how many look at one person at about the same time: a crowd of single looks, or a team that reads.

A ward looks too; but a team reads further, and is of one organisation.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from gateway.audit.radar.pairs import Pair, began
from gateway.audit.radar.rules import IN_A_TEAM, WEIGHTS, Hit, RadarRule

WITHIN = timedelta(hours=48)
"""News is talked about for two days; handovers of a stay fall within as many."""

SINGLE_LOOKS = 4
"""Four within the time who each only looked, or were refused: of a team of ten, two or three would by chance."""

SHARE_OF_LOOKS = 0.6
"""Of all who came: in a team, most read further."""

TEAM_MATES = 3
"""Others of the same organisation who read further: a shift of a ward."""


@dataclass(frozen=True, slots=True)
class Crowds:
    """Everybody who opened a person's record or tried to, by person, in order of first attempt."""

    by_patient: Mapping[str, Sequence[Pair]]

    def surge(self, pair: Pair) -> Hit | None:
        """Fit whoever came when many only looked."""
        near = self._near(pair)
        light = sum(each.is_light for each in near)
        is_surge = light >= SINGLE_LOOKS and light >= SHARE_OF_LOOKS * len(near)
        if not is_surge:
            return None
        hours, rule = WITHIN // timedelta(hours=1), RadarRule.SURGE
        why = f"{light} people only looked at this person, or tried to, within {hours} hours of it."
        return Hit(rule, why, WEIGHTS[rule], pair.decisions)

    def team(self, pair: Pair) -> float:
        """Weigh against the suspicion that others of the organisation read further at the time."""
        organisation = pair.accesses[0].organisation
        mates = sum(
            each.user_id != pair.user_id
            and not each.is_light
            and each.accesses[0].organisation == organisation
            for each in self._near(pair)
        )
        return IN_A_TEAM if mates >= TEAM_MATES else 0.0

    def _near(self, pair: Pair) -> Sequence[Pair]:
        pairs, at = self.by_patient[pair.patient], began(pair)
        first = bisect_left(pairs, at - WITHIN, key=began)
        return pairs[first : bisect_right(pairs, at + WITHIN, key=began)]


def crowds(pairs: Iterable[Pair]) -> Crowds:
    """Put together who came to each person; `pairs` in order of first attempt."""
    by_patient: dict[str, list[Pair]] = {}
    for pair in pairs:
        by_patient.setdefault(pair.patient, []).append(pair)
    return Crowds(by_patient)
