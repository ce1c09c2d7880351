"""Measure the audit: rows that become durable in a second, how fast the log is checked, and what a proof costs.

Group commit beside one transaction for each row, on the same database in interleaved rounds; SQLite, and PostgreSQL
where a server is installed. Both with the disk's own flush.

Run as `python bench/audit.py [--json] [--seconds 1] [--rounds 3] [--rows 1000000] [--into docs/performance.md …]`.
"""

import argparse
import asyncio
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

# Run as a file, Python looks beside the file only.
sys.path.insert(0, str(Path(__file__).parent.parent))

from sqlalchemy.exc import OperationalError

from bench.report import between, machine
from gateway.audit.acts import Asked, AskedAct, Decision, Entry, Who, entry_of
from gateway.audit.entries import append_entries
from gateway.audit.keeper import Keeper
from gateway.audit.log import AuditLog
from gateway.audit.notes import SigningKey
from gateway.audit.proofs import read_proof
from gateway.audit.proving import prove
from gateway.audit.verify import verify_log
from gateway.store.engine import Store, open_store
from gateway.store.migrate import upgrade
from gateway.store.policies import PolicyVersion, activate_policy, save_policy
from gateway.store.sessions import Reading, Writing
from gateway.wiring import now
from rbac.types import Purpose

CALLERS = (1, 8, 32, 128)
REACH_AT_32 = 10.0  # group over one transaction for each row, at 32 callers
REACH_CHECKED = 50_000  # rows a second: the whole log of 100,000 in two (P06)
PROOFS, _BATCH = 1_000, 5_000
_VERSION = "v" * 64
_KEY = SigningKey("bench/audit", b"b" * 32)
BEGIN, END = "<!-- bench:audit:begin -->", "<!-- bench:audit:end -->"


def main(arguments: list[str]) -> int:
    """Measure, print, and put the table into the files named."""
    parser = argparse.ArgumentParser(prog="python bench/audit.py")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--into", nargs="*", type=Path, default=[])
    chosen = parser.parse_args(arguments)
    with TemporaryDirectory() as folder:
        found = {
            "machine": machine(),
            "written": dict(_written(Path(folder), chosen.seconds, chosen.rounds)),
            "proved": asyncio.run(_proved(Path(folder), chosen.rows)),
        }
    told = json.dumps(found, indent=2) if chosen.json else _table(found)
    print(told)
    for path in chosen.into:
        path.write_text(between(path.read_text("utf-8"), BEGIN, END, _table(found)), "utf-8")
    return 0


# Writing


def _written(folder: Path, seconds: float, rounds: int) -> Iterator[tuple[str, dict[str, object]]]:
    for name, url in databases(folder):
        store = _opened(url)
        rates = {callers: _rates(store, callers, seconds, rounds) for callers in CALLERS}
        store.close()
        yield name, {str(callers): each for callers, each in rates.items()}


def _rates(store: Store, callers: int, seconds: float, rounds: int) -> dict[str, float]:
    group, single = [], []
    for _each in range(rounds):
        group.append(asyncio.run(_in_groups(store, callers, seconds)))
        single.append(_one_by_one(store, callers, seconds))
    ratio = statistics.median(one / other for one, other in zip(group, single, strict=True))
    return {
        "group": statistics.median(group),
        "one transaction each": statistics.median(single),
        "ratio": ratio,
    }


async def _in_groups(store: Store, callers: int, seconds: float) -> float:
    log, until = AuditLog(store, now, deadline_seconds=60), time.perf_counter() + seconds

    async def call() -> int:
        written = 0
        while time.perf_counter() < until:
            await log.append(_event(written))
            written += 1
        return written

    began = time.perf_counter()
    count = sum(await asyncio.gather(*(call() for _each in range(callers))))
    took = time.perf_counter() - began
    await log.aclose()
    return count / took


def _one_by_one(store: Store, callers: int, seconds: float) -> float:
    until = time.perf_counter() + seconds

    def call(_number: int) -> int:
        written = 0
        while time.perf_counter() < until:
            # Of many that wait for SQLite's lock one may wait for longer than it may: it tries again.
            with suppress(OperationalError):
                _write_one(store, written)
                written += 1
        return written

    # The pool of writing connections is as wide as the store's threads; more callers wait.
    began = time.perf_counter()
    with ThreadPoolExecutor(min(callers, 8)) as threads:
        count = sum(threads.map(call, range(min(callers, 8))))
    return count / (time.perf_counter() - began)


def _write_one(store: Store, number: int) -> None:
    with store.recording() as connection:
        append_entries(Reading(connection), [_entry(number)], now())


# Proving


async def _proved(folder: Path, rows: int) -> dict[str, object]:
    store = _opened(f"sqlite:///{folder / 'long.db'}")
    first = min(rows, 100_000)
    _fill(store, first)
    keeper = Keeper(store, _KEY, "bench", now)
    await keeper.keep()
    checked = _checked(store, first)
    _fill(store, rows - first)
    began = time.perf_counter()
    await Keeper(store, _KEY, "bench", now).keep()
    taken_in = (rows - first) / (time.perf_counter() - began)
    proofs = _proofs(store, rows)
    store.close()
    return {
        "rows": rows,
        "checked rows/s": checked,
        "taken into the tree rows/s": taken_in,
        **proofs,
    }


def _fill(store: Store, rows: int) -> None:
    for start in range(0, rows, _BATCH):
        entries = [_entry(start + each) for each in range(min(_BATCH, rows - start))]
        with store.recording() as connection:
            append_entries(Reading(connection), entries, now())


def _checked(store: Store, rows: int) -> float:
    began = time.perf_counter()
    with store.checking() as reading:
        verdict = verify_log(reading, [_KEY.verifier()])
    assert verdict.fault is None
    assert verdict.proven == rows + 1
    return rows / (time.perf_counter() - began)


def _proofs(store: Store, rows: int) -> dict[str, object]:
    chance, times, hashes, sizes = random.Random(1), [], [], []
    for _each in range(PROOFS):
        began = time.perf_counter()
        with store.checking() as reading:
            proven = prove(reading, chance.randint(1, rows))
        times.append(1000 * (time.perf_counter() - began))
        assert proven is not None
        hashes.append(len(read_proof(proven.proof).hashes))
        sizes.append(len(proven.proof))
    times.sort()
    return {
        "proof p50 ms": statistics.median(times),
        "proof p99 ms": times[len(times) * 99 // 100],
        "most hashes": max(hashes),
        "proof bytes": max(sizes),
    }


# What is written


def _event(number: int) -> Asked:
    return Asked(
        decision_id=UUID(int=number),
        at=now(),
        who=Who("555021540101", "gp", "F84004", "general-practice", "Dr Example", "555021540101"),
        request_id=str(UUID(int=number)),
        act=AskedAct.VIEW,
        purpose=Purpose.TREAT,
        patient="p" * 36,
        decision=Decision.ALLOWED,
        reason="registered-practice",
        policy_version=_VERSION,
    )


def _entry(number: int) -> Entry:
    return entry_of(_event(number))


def _opened(url: str) -> Store:
    upgrade(url)
    store = open_store(url)
    with store.recording() as connection:
        writing = Writing(connection)
        save_policy(writing, PolicyVersion(_VERSION, b"{}", now(), "bench"))
        activate_policy(writing, _VERSION, now(), 0)
        append_entries(writing, [_entry(0)], now())
    return store


def databases(folder: Path) -> Iterator[tuple[str, str]]:
    """Give an empty SQLite database and, where a server is installed, a PostgreSQL one while it runs."""
    yield "SQLite", f"sqlite:///{folder / 'bench.db'}"
    binaries = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if binaries:
        with _postgres(binaries[-1], folder / "postgres") as url:
            yield "PostgreSQL", url


@contextmanager
def _postgres(binaries: Path, folder: Path) -> Iterator[str]:
    folder.mkdir()
    folder.parent.chmod(0o755)
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    data = str(folder / "data")

    def run(program: str, *words: str) -> None:
        as_owner = ("runuser", "-u", "postgres", "--") if os.geteuid() == 0 else ()
        command = [*as_owner, str(binaries / program), *words]
        subprocess.run(command, check=True, cwd=folder, stdout=subprocess.DEVNULL)

    run("initdb", "-D", data, "-U", "postgres", "-A", "trust")
    options = f"-c listen_addresses='' -c unix_socket_directories={folder}"
    run("pg_ctl", "-D", data, "-w", "-s", "-o", options, "-l", str(folder / "log"), "start")
    try:
        yield f"postgresql+psycopg://postgres@/postgres?host={folder}"
    finally:
        run("pg_ctl", "-D", data, "-w", "-s", "-m", "immediate", "stop")


def _table(found: dict[str, object]) -> str:
    written, proved = found["written"], found["proved"]
    assert isinstance(written, dict)
    assert isinstance(proved, dict)
    rows = [
        f"| {name}, {callers} | {each['group']:,.0f} | {each['one transaction each']:,.0f} | {each['ratio']:.1f} |"
        for name, rates in written.items()
        for callers, each in rates.items()
    ]
    reached = [rates["32"]["ratio"] >= REACH_AT_32 for rates in written.values()]
    checked = proved["checked rows/s"]
    return "\n".join(
        [
            f"Durable rows a second, {_on(found['machine'])}.\n",
            "| database, callers | in groups | a transaction each | ratio |",
            "|---|--:|--:|--:|",
            *rows,
            "",
            f"At 32 callers a ratio of {REACH_AT_32:.0f} or more is meant: {'reached' if all(reached) else 'not reached'}.",
            "",
            f"The log of 100,000 rows was checked at {checked:,.0f} rows a second ({REACH_CHECKED:,} are meant); new rows"
            f" were taken into the tree and signed at {proved['taken into the tree rows/s']:,.0f}. Among {proved['rows']:,} rows"
            f" the proof of one took {proved['proof p50 ms']:.2f} ms (p99 {proved['proof p99 ms']:.2f} ms), at most"
            f" {proved['most hashes']} hashes and {proved['proof bytes']:,} bytes with its checkpoint.",
        ]
    )


def _on(machine_: dict[str, object]) -> str:
    told = "on {cores} shared virtual cores with Python {python}, load average {load:.1f}"
    return told.format(**machine_)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
