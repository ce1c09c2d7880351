"""Add up what speaks for snooping, and say of whom an officer should be told, and why.

Decides nothing about anybody: an officer does. A weak rule alone is never enough (docs/radar.md).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from gateway.audit.radar.accesses import Access
from gateway.audit.radar.attempts import no_relationship, refusals_of, serial_searches
from gateway.audit.radar.crowds import crowds
from gateway.audit.radar.habits import habit_hits
from gateway.audit.radar.kin import kin_hits
from gateway.audit.radar.pairs import pairs_of
from gateway.audit.radar.rules import TOLD_FROM, Hit, place_of
from gateway.audit.radar.working import moment, working


@dataclass(frozen=True, slots=True)
class Suspicion:
    """One member of staff and one person, or nobody in particular: the hits, the heaviest first, and what they are about.

    `accesses` are in order of time.
    """

    user_id: str
    patient: str | None = field(repr=False)
    hits: tuple[Hit, ...]
    accesses: tuple[Access, ...]

    @property
    def decisions(self) -> frozenset[UUID]:
        """Give every decision that it is about."""
        return frozenset(each.decision_id for each in self.accesses)

    @property
    def told(self) -> tuple[tuple[Hit, str], ...]:
        """Give each hit with its sentence, the first with when it was."""
        first, last = moment(self.accesses[0].at), moment(self.accesses[-1].at)
        when = first if first == last else f"{first} to {last}"
        sentences = (f"{when}. {self.hits[0].why}", *(hit.why for hit in self.hits[1:]))
        return tuple(zip(self.hits, sentences, strict=True))


def suspicions_in(accesses: Sequence[Access]) -> tuple[Suspicion, ...]:
    """Give everybody of whom an officer should be told, by what happened in a window; sorted by time of the last access.

    Shape: `accesses` in order of time.
    """
    found = [*_about_somebody(accesses), *_about_nobody(accesses)]
    return tuple(sorted(found, key=lambda each: (each.accesses[-1].at, each.user_id)))


def _about_somebody(accesses: Sequence[Access]) -> Iterator[Suspicion]:
    pairs, when = pairs_of(accesses), working(accesses)
    came, refusals = crowds(pairs), refusals_of(pairs, when)
    for pair in pairs:
        hits = [*kin_hits(pair), *habit_hits(pair, when)]
        refused = no_relationship(pair, refusals.get(pair.user_id, ()))
        hits += [hit for hit in (refused, came.surge(pair)) if hit is not None]
        if sum(hit.weight for hit in hits) + came.team(pair) >= TOLD_FROM:
            yield Suspicion(
                pair.user_id,
                pair.patient,
                tuple(sorted(hits, key=lambda hit: place_of(hit.rule))),
                pair.accesses,
            )


def _about_nobody(accesses: Sequence[Access]) -> Iterator[Suspicion]:
    for run in serial_searches(accesses):
        yield Suspicion(run.finds[0].user_id, None, (run.hit,), run.finds)
