"""Make the tables that counts are answered from, of what is in the store now: a job, run after each pull.

Answers nobody: who may be told what is decided for each question. Who opted out is in no cell that is made from then on.
"""

import asyncio
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from gateway.population.contents.months import months_before
from gateway.population.counts.keeping import KeptTable, KeptTables
from gateway.population.counts.table import told_table
from gateway.population.declaration import Declaration
from gateway.population.gate import Refusal
from gateway.population.given import COUNTS
from gateway.population.measures import Measure
from gateway.population.opt_outs import LONGEST_LIFE, Refused
from gateway.population.release_order import ReleaseOrder
from gateway.population.releases.leaving_out import Excluded
from gateway.population.releases.making_ground import MakingGround
from gateway.population.releases.plan import ReleasePlan

_ANSWERS = b"counts|answers|v1"
"""A key of its own for what a group that is no cell is answered with."""

_EACH = "Each question names its own, and is permitted by it."


@dataclass(frozen=True, slots=True)
class CountMaking:
    """What tables are made of, where they are kept, and until when they are told at most."""

    ground: MakingGround
    kept: KeptTables
    now: Callable[[], datetime]

    async def make(self, measure: Measure) -> KeptTable | Refusal:
        """Make one measure's table and keep it, or say why not; the one that is kept then stands until it is over.

        Raises CustodyError, OSError.
        """
        now, rule = self.now(), measure.dataset.opt_out_rule
        plan = self.ground.plan(now)
        # Asked first: a list that comes in between holds longer than the one before it.
        until = self.ground.leaving_out.holds_until(rule, now)
        left_out = await self.ground.leaving_out.left_out(rule, plan, now)
        if isinstance(left_out, Refused):
            return Refusal((f"the national opt-out list: {left_out}",))
        order = await self._order(measure, plan, left_out, now)
        told = await asyncio.to_thread(told_table, order, measure.table, self.kept.releases)
        if isinstance(told, Refusal):
            return told
        key = hmac.digest(order.ledger_key, _ANSWERS, "sha256")
        period = str(months_before(now.date(), measure.dataset.months))
        table = KeptTable(period, now, until, told, key)
        self.kept.keep(measure, table)
        return table

    async def make_all(self, measures: Mapping[str, Measure]) -> Mapping[str, KeptTable | Refusal]:
        """Make all, one after another: each may fill the memory that there is."""
        return {name: await self.make(each) for name, each in measures.items()}

    async def _order(
        self, measure: Measure, plan: ReleasePlan, left_out: Excluded, now: datetime
    ) -> ReleaseOrder:
        declared = _declaration(measure, _release(measure, plan, left_out, now), now)
        return await self.ground.order_of_counts(declared, plan, left_out)


def _declaration(measure: Measure, release: str, now: datetime) -> Declaration:
    dataset = measure.dataset
    return Declaration(
        release=release,
        dataset=dataset.name,
        purpose=dataset.purpose,
        legal_basis=dataset.legal_basis,
        recipient=_EACH,
        agreement=_EACH,
        ends_on=(now + LONGEST_LIFE).date(),
        setting=_EACH,
    )


def _release(measure: Measure, plan: ReleasePlan, left_out: Excluded, now: datetime) -> str:
    """Name what is told by all that it is made of: made again of the same, the ledger has it already."""
    dataset = measure.dataset
    made_of = (
        *(measure.name, dataset.fingerprint, str(months_before(now.date(), dataset.months))),
        *(f"{each.name}|{each.kind}|{each.through}" for each in plan.sources),
        *sorted(left_out.people),
        *map(chr(0).join, sorted(left_out.gone)),
    )
    return f"{COUNTS}{sha256(chr(0).join(made_of).encode()).hexdigest()[:32]}"
