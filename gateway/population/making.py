"""Make everything that one release contains, from what finished pulls hold, or nothing.

Publishes nothing and asks nobody for approval. Reads downwards: a rehearsal, rows of the store, tables, gate, ledger, files,
and the manifest last (docs/decisions/0034). The same order gives the same bytes.
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from itertools import chain
from pathlib import Path

import duckdb

from gateway.population.anonymity import listed
from gateway.population.contents.files import write_document, write_rows
from gateway.population.contents.loading import Loading
from gateway.population.contents.months import Months, months_before
from gateway.population.contents.once import AnotherReleaseError, once_in_ledger
from gateway.population.contents.policy import policy_now
from gateway.population.contents.rehearsal import rehearse
from gateway.population.contents.row_making import RowMaking
from gateway.population.contents.table_making import count_tables
from gateway.population.contents.telling import (
    dictionary_of,
    report_of,
    told_columns,
    told_lines,
)
from gateway.population.counting import ToldTable
from gateway.population.engine import Engine, open_engine
from gateway.population.five_safes import FiveSafes, five_safes_of_counts, five_safes_of_rows
from gateway.population.gate import GatedCounts, GatedRows, Refusal, gate_counts
from gateway.population.pull_files import write_whole
from gateway.population.pull_manifest import MANIFEST, pull_folder
from gateway.population.release_order import (
    InputPull,
    ReleasedFile,
    ReleaseManifest,
    ReleaseOrder,
)
from gateway.population.views.quoting import identifier

Watch = Callable[[str, int, int], None]
"""Told of each step: its name, how many are done, and of how many. It may raise, to stop the work."""

STEPS = ("rehearse", "read", "rows", "tables", "write")

_MEMORY_MIB = 2048
"""Judgement; what outgrows it goes to the work folder."""
_WORK = ".work"


def make_release(order: ReleaseOrder, folder: Path, watch: Watch) -> ReleaseManifest | Refusal:
    """Write all files of a release into an empty folder, the manifest last; or refuse, and leave it empty.

    Raises FileExistsError for a folder that is not empty, what `watch` raises, and what reading the store raises; then nothing
    in the folder is whole, for there is no manifest.
    """
    if any(folder.iterdir()):
        raise FileExistsError("A release is made in an empty folder.")
    if faults := _faults_of(order):
        return Refusal(faults)
    months = months_before(order.today, order.dataset.months)
    watch(STEPS[0], 0, len(STEPS))
    with _work_in(folder) as work:
        refused = rehearse(order, months, work, _rehearsed(months))
    made = refused or _Making(order, months, folder, watch).made()
    if isinstance(made, Refusal):
        return made
    manifest = _manifest(order, months, made)
    write_whole(folder / MANIFEST, manifest.to_json())
    watch(STEPS[-1], len(STEPS), len(STEPS))
    return manifest


@dataclass(frozen=True, slots=True)
class _Made:
    """The files of a release, and what was said of its safety."""

    files: tuple[ReleasedFile, ...]
    reports: dict[str, FiveSafes]


@dataclass(frozen=True, slots=True)
class _Making:
    """One release in the making, in a folder where nothing counts yet."""

    order: ReleaseOrder
    months: Months
    folder: Path
    watch: Watch

    def made(self) -> _Made | Refusal:
        with _work_in(self.folder) as work, open_engine(_engine(work), [work]) as database:
            self._tell("read")
            Loading(database, self.order, self.months, work).load()
            database.execute(f"CREATE TABLE facts AS {self.order.dataset.sql}")
            # From what was told before until this is told with it nothing else is judged.
            with self.order.ledger.alone():
                return self._gated(database)

    def _gated(self, database: duckdb.DuckDBPyConnection) -> _Made | Refusal:
        order = self.order
        ledger = once_in_ledger(order)
        if isinstance(ledger, Refusal):
            return ledger
        self._tell("rows")
        rows = RowMaking(database, order, ledger).gated()
        if isinstance(rows, Refusal):
            return rows
        self._tell("tables")
        tables = count_tables(database, order.dataset.name, order.dataset.tables, self.months)
        counts = gate_counts(order.declaration, tables, ledger, order.today)
        if isinstance(counts, Refusal):
            return counts
        try:
            ledger.settle()
        except AnotherReleaseError:
            return Refusal(("a release of this name was made before, of other data",))
        self._tell("write")
        return self._written(database, rows, counts)

    def _written(
        self, database: duckdb.DuckDBPyConnection, rows: GatedRows, counts: GatedCounts
    ) -> _Made:
        dataset = self.order.dataset
        reports = {
            "rows": five_safes_of_rows(rows, dataset.profile),
            "tables": five_safes_of_counts(counts),
        }
        documents = (
            write_document(self.folder, "dictionary.json", dictionary_of(dataset)),
            write_document(self.folder, "five-safes.json", report_of(reports)),
        )
        files = (*self._row_files(database, rows), *self._table_files(counts), *documents)
        return _Made(tuple(sorted(files, key=lambda each: each.name)), reports)

    def _row_files(
        self, database: duckdb.DuckDBPyConnection, rows: GatedRows
    ) -> Iterator[ReleasedFile]:
        given = self.order.dataset.given
        found = database.execute(
            f"SELECT {listed(given)} FROM {identifier(rows.table)} ORDER BY ALL"  # noqa: S608 - quoted
        ).fetchall()
        for each in self.order.formats:
            yield write_rows(self.folder, "rows", each, given, found)

    def _table_files(self, counts: GatedCounts) -> Iterator[ReleasedFile]:
        rules = self.order.dataset.tables
        told: dict[str, ToldTable] = {
            rule.name: table for rule, table in zip(rules, counts.tables, strict=True)
        }
        for rule in rules:
            lines = told_lines(rule, told)
            for each in self.order.formats:
                yield write_rows(self.folder, rule.name, each, told_columns(rule), lines)

    def _tell(self, step: str) -> None:
        self.watch(step, STEPS.index(step), len(STEPS))


def _engine(work: Path) -> Engine:
    # One thread: rows come in the same order each time, at every version of the engine.
    return Engine(threads=1, memory_mib=_MEMORY_MIB, spill_folder=work / "spilled")


def _rehearsed(months: Months) -> Callable[[ReleaseOrder, Path], object]:
    return lambda order, folder: _Making(order, months, folder, _unwatched).made()


def _unwatched(_step: str, _done: int, _of: int) -> None:
    """Watch nothing."""


def _faults_of(order: ReleaseOrder) -> tuple[str, ...]:
    other = order.declaration.dataset != order.dataset.name
    return (
        *(("the declaration is another dataset's",) if other else ()),
        *(() if order.sources else ("nothing has been pulled from any source",)),
        *(() if order.formats else ("no format is asked for",)),
    )


def _manifest(order: ReleaseOrder, months: Months, made: _Made) -> ReleaseManifest:
    declared, dataset = order.declaration, order.dataset
    kept_until = order.today + timedelta(days=dataset.retention_days)
    return ReleaseManifest(
        release=declared.release,
        dataset=dataset.name,
        dataset_version=dataset.version,
        dataset_sha256=dataset.fingerprint,
        project=order.project,
        recipient=declared.recipient,
        purpose=declared.purpose,
        legal_basis=declared.legal_basis,
        agreement=declared.agreement,
        ends_on=declared.ends_on,
        ordered_on=order.today,
        destroy_by=min(kept_until, declared.ends_on),
        first_month=months.first,
        last_month=months.last,
        columns=dataset.given,
        policy=policy_now(),
        rules=tuple(chain.from_iterable(each.data for each in made.reports.values())),
        pulls=tuple(_input(order.store / each.name, each.through) for each in order.sources),
        files=made.files,
    )


def _input(folder: Path, through: int) -> InputPull:
    content = (pull_folder(folder, through) / MANIFEST).read_bytes()
    return InputPull(folder.name, through, sha256(content).hexdigest())


@contextmanager
def _work_in(folder: Path) -> Iterator[Path]:
    """Lend a folder for rows on their way; whatever happens, they are gone afterwards."""
    (work := folder / _WORK).mkdir(mode=0o700)
    try:
        yield work
    finally:
        shutil.rmtree(work)
