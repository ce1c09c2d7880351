"""Make the table that a measure's counts are answered from: from the store, through the gate, into the ledger.

Answers nobody. What is told is remembered before anybody can be given it, with all that was ever released.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

from gateway.population.contents.loading import Loading
from gateway.population.contents.months import months_before
from gateway.population.contents.once import AnotherReleaseError, once_in_ledger
from gateway.population.contents.table_making import count_tables
from gateway.population.counting import ToldTable
from gateway.population.datasets import TableRule
from gateway.population.engine import Engine, open_engine
from gateway.population.gate import GatedCounts, Refusal, gate_counts
from gateway.population.release_order import ReleaseOrder

_MEMORY_MIB = 1024
"""Judgement: half of what a release may use; what outgrows it goes to the work folder."""


def told_table(order: ReleaseOrder, rule: TableRule, within: Path) -> ToldTable | Refusal:
    """Count one declared table of a dataset and let it pass the gate, or not; `within` is for rows on their way."""
    if not order.sources:
        return Refusal(("nothing has been pulled from any source",))
    within.mkdir(mode=0o700, parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".counting-", dir=within) as folder:
        gated = _gated(order, rule, Path(folder))
    return gated if isinstance(gated, Refusal) else gated.tables[0]


def _gated(order: ReleaseOrder, rule: TableRule, work: Path) -> GatedCounts | Refusal:
    months = months_before(order.today, order.dataset.months)
    # One thread, as for a release: rows come in the same order each time.
    engine = Engine(threads=1, memory_mib=_MEMORY_MIB, spill_folder=work / "spilled")
    with open_engine(engine, [work]) as database:
        Loading(database, order, months, work).load()
        database.execute(f"CREATE TABLE facts AS {order.dataset.sql}")
        tables = count_tables(database, order.dataset.name, (rule,), months)
    with order.ledger.alone():
        ledger = once_in_ledger(order)
        if isinstance(ledger, Refusal):
            return ledger
        gated = gate_counts(order.declaration, tables, ledger, order.today)
        if isinstance(gated, Refusal):
            return gated
        try:
            ledger.settle()
        except AnotherReleaseError:
            return Refusal(("these counts were told before, of other data",))
    return gated
