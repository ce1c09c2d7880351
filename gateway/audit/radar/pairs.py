"""Put together all that one member of staff did with one person's record."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from gateway.audit.radar.accesses import Access
from gateway.audit.words import AskedAct

FOR_WANT_OF_A_RELATIONSHIP = "no-relationship"
"""The decider's own word (`gateway/access/permit.py`)."""

LOOKS_AT_MOST = 2
"""Curiosity may come back once; who looks a third time mostly has the person in their care."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One user, one person, and the openings of one by the other in order of time; never empty."""

    user_id: str
    patient: str = field(repr=False)
    accesses: tuple[Access, ...]

    @property
    def decisions(self) -> frozenset[UUID]:
        """Give the decisions of all of them."""
        return frozenset(each.decision_id for each in self.accesses)

    @property
    def is_kept_out(self) -> bool:
        """Say whether no attempt was allowed, and one was refused for want of a relationship.

        An objection or a closed policy refuses everybody alike, and tells nothing of who asks.
        """
        return bool(self.kept_out) and not any(each.is_allowed for each in self.accesses)

    @property
    def kept_out(self) -> tuple[Access, ...]:
        """Give the attempts that were refused for want of a relationship."""
        return tuple(each for each in self.accesses if each.reason == FOR_WANT_OF_A_RELATIONSHIP)

    @property
    def is_mere_look(self) -> bool:
        """Say whether the record was opened, once or twice, and nothing of it was read further."""
        allowed = [each for each in self.accesses if each.is_allowed]
        only_views = all(each.act is AskedAct.VIEW for each in allowed)
        return only_views and 0 < len(allowed) <= LOOKS_AT_MOST

    @property
    def is_light(self) -> bool:
        """Say whether little came of it: a look or two, or none for want of a relationship."""
        return self.is_mere_look or self.is_kept_out


def pairs_of(accesses: Iterable[Access]) -> tuple[Pair, ...]:
    """Give every user with every person whom they opened or tried to, in order of first attempt."""
    by_pair: dict[tuple[str, str], list[Access]] = {}
    for each in accesses:
        if not each.is_find and each.patient is not None:
            by_pair.setdefault((each.user_id, each.patient), []).append(each)
    return tuple(Pair(*names, tuple(found)) for names, found in by_pair.items())


def began(pair: Pair) -> datetime:
    """Give the first attempt's time."""
    return pair.accesses[0].at
