"""Say whom a release leaves out: whoever is not on the list of those who may be used, objected, or is barred by now.

Asks nobody and keeps nothing: the list and the newest pulls are read anew each time, and the list is none once it has expired.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from gateway.population.opt_out_list import kept_list
from gateway.population.opt_outs import LONGEST_LIFE, Objections, OptOutRule, Refused, population
from gateway.population.release_order import pulls_of
from gateway.population.releases.plan import ReleasePlan
from gateway.population.said_at_rest import Name, Said, must_be_named_by, newest_in, said_in


@dataclass(frozen=True, slots=True)
class Excluded:
    """Who is in no row, count or denominator, and whose rows of one source are somebody else's or nobody's by now."""

    people: frozenset[str] = field(repr=False)
    gone: frozenset[Name] = field(default=frozenset(), repr=False)


class LeavingOut(Protocol):
    """Knows who is to be left out of a release that is made now."""

    async def left_out(
        self, rule: OptOutRule, plan: ReleasePlan, now: datetime
    ) -> Excluded | Refused:
        """Give who is to be left out of what is made by a plan; or why there can be no release."""
        ...

    def holds_until(self, rule: OptOutRule, now: datetime) -> datetime:
        """Say until when at most whatever rests on that answer may be told."""
        ...


@dataclass(frozen=True, slots=True)
class ListedPeople:
    """Whoever is in a planned or a newest pull and not on the national list, whoever is barred there, and whoever objected here.

    `key_mark` tells the store's key that is current apart: what another named is nobody's, and so nothing is released
    of it. `objected` gives the subjects of those who did, as the key of that mark names them; both are asked each time.
    """

    store: Path
    check_list: Path
    key_mark: Callable[[], Awaitable[str]]
    objected: Callable[[str], frozenset[str]]

    async def left_out(
        self, rule: OptOutRule, plan: ReleasePlan, now: datetime
    ) -> Excluded | Refused:
        """Read the list and the store's people.

        Raises AlteredPartitionError, CustodyError, OSError, UnavailableError; NamedByAnotherKeyError: it is to be asked again
        when all is named by one key.
        """
        key_mark = await self.key_mark()
        await asyncio.to_thread(self._must_be_named_by, key_mark, plan)
        found = population(rule, _NOBODY_OBJECTS, kept_list(self.check_list, now), now)
        if isinstance(found, Refused):
            return found
        planned, newest = await asyncio.to_thread(self._said, rule, plan)
        barred = planned.barred(rule) | newest.barred(rule) | self.objected(key_mark)
        everybody = planned.everybody | newest.everybody
        # Whoever is in the planned pulls alone is as little on the list as whoever came since.
        unlisted = frozenset[str]() if found.usable is None else everybody - found.usable
        return Excluded(unlisted | barred, planned.gone_by(newest))

    def _must_be_named_by(self, key_mark: str, plan: ReleasePlan) -> None:
        must_be_named_by(self.store, key_mark, pulls_of(plan.sources))
        must_be_named_by(self.store, key_mark)

    def _said(self, rule: OptOutRule, plan: ReleasePlan) -> tuple[Said, Said]:
        pulls = pulls_of(plan.sources), newest_in(self.store)
        planned, newest = (said_in(self.store, each, rule) for each in pulls)
        return planned, newest

    def holds_until(self, rule: OptOutRule, now: datetime) -> datetime:
        """Give the end of the list; where none is needed, that of the longest that there could be."""
        kept = kept_list(self.check_list, now) if rule.exemption is None else None
        return now + LONGEST_LIFE if kept is None else kept.expires_at


_NOBODY_OBJECTS = Objections(frozenset(), frozenset(), {})


def people_in(store: Path) -> frozenset[str]:
    """Give everybody who is in the store, by their subjects; somebody who is not a Patient there is in no table."""
    return said_in(store, newest_in(store), OptOutRule()).everybody
