"""Agreements in memory, for tests of what a decision does with them."""

from dataclasses import dataclass, field
from datetime import timedelta

from gateway.store.agreements import Terms
from gateway.store.words import DataItem
from rbac.types import Purpose
from tests.store_factories import NOW

DAY = timedelta(days=1)
SOURCES = frozenset({"RRV", "RRU"})


def agreed(agreement="all", items=DataItem, purposes=Purpose, starts_at=None, ends_at=None):
    """What an agreement says: everything, today, unless a test says otherwise."""
    return Terms(
        agreement,
        frozenset(items),
        frozenset(purposes),
        starts_at or NOW - DAY,
        ends_at or NOW + DAY,
    )


@dataclass
class Agreed:
    """Agreements by party; by default every organisation is party to the one that there is."""

    rows: object = field(default_factory=lambda: (agreed(),))
    parties_to: object = None
    asked: list = field(default_factory=list)

    async def of(self, organisation):
        self.asked.append(organisation)
        return self.rows

    async def parties(self, agreements, practice):
        self.asked.append((tuple(agreements), practice))
        if self.parties_to is not None:
            return self.parties_to
        return frozenset(
            (each, party) for each in agreements for party in (*SOURCES, practice) if party
        )
