"""Whichever call of the disk fails, an act is done whole or not at all, and refused unless it is (P22, AI-03, AV-07).

On SQLite, for there the gateway itself writes to the disk. `SCR_PROVE_CALLS=0` makes each call fail in turn, until none
is left; a slice makes two fail for each path. SCR_PROVE_SEED repeats a run.
"""

import asyncio
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from random import Random

import orjson
import pytest

from gateway.store.engine import open_store
from gateway.store.migrate import upgrade
from tests.faults.failing_calls import ELSEWHERE, PATHS, Attempt, contents, digest
from tests.faults.given_rows import give

ROOT = Path(__file__).parents[2]
CALLS = int(os.environ.get("SCR_PROVE_CALLS", "2"))  # noqa: TID251 - a switch of the test run
SEED = int(os.environ.get("SCR_PROVE_SEED", time.time_ns() % 10**6))  # noqa: TID251 - as above

WRITES = {"pwrite64": range(9, 41), "fdatasync": range(3, 5), "fsync": range(1, 3)}
"""The calls by which SQLite and the second place write, and of which of them a slice takes some: what comes before opens the
database, and acts of one transaction make few more."""
FAULTS = [(call, error) for call in WRITES for error in ("EIO", "ENOSPC")]


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of one path: its threads, as strace names them, and two attempts."""

    threads: frozenset[str]
    first: Attempt
    second: Attempt


@dataclass(frozen=True, slots=True)
class Given:
    """A database with what each path needs, a hash of what is in it, and what comes of each path if no call fails."""

    database: Path
    before: str
    whole: Mapping[str, Tried]


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Given:
    folder = tmp_path_factory.mktemp("given")
    database = folder / "given.db"
    upgrade(f"sqlite:///{database}")
    asyncio.run(give(f"sqlite:///{database}"))
    before = _left(database, folder / "none")
    return Given(database, before, _tried(folder / "whole", database, PATHS))


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
@pytest.mark.parametrize(("call", "error"), FAULTS, ids=["-".join(each) for each in FAULTS])
def test_p22_whichever_call_fails_each_act_is_whole_or_refused_and_the_next_is_done(
    given: Given,
    tmp_path: Path,
    call: str,
    error: str,
    record_property: Callable[[str, object], None],
) -> None:
    paths = _paths(call, error)

    failed = sum(_fail_in_turn(tmp_path, given, paths, call, error))

    for told in {"seed": SEED, "paths": len(paths), "calls that failed": failed}.items():
        record_property(*told)
    assert failed > 0


def test_each_path_is_done_where_no_call_fails(given: Given) -> None:
    assert {path: each.first.told for path, each in given.whole.items()} == dict.fromkeys(
        PATHS, "done"
    )
    assert given.before not in {each.first.seen for each in given.whole.values()}
    assert all(_left_by(each.first) == each.first.seen for each in given.whole.values())


def _paths(call: str, error: str) -> Sequence[str]:
    """Give every path, or of a slice one half for each error; the second place alone calls `fsync`."""
    if CALLS == 0:
        return PATHS
    shuffled = Random(SEED).sample(PATHS, len(PATHS))
    return [ELSEWHERE] if call == "fsync" else shuffled[error == "EIO" :: 2]


def _fail_in_turn(
    folder: Path, given: Given, paths: Sequence[str], call: str, error: str
) -> Iterator[int]:
    """Make one call after another fail; tell in how many paths each was made at all."""
    for nth in _calls(call):
        # A path in which nothing failed made fewer calls: it is through.
        paths = _failed_in(folder / f"{nth}", given, paths, (call, error, nth))
        yield len(paths)
        if not paths:
            break


def _calls(call: str) -> Iterator[int]:
    return count(1) if CALLS == 0 else iter(sorted(Random(SEED).sample(WRITES[call], CALLS)))


def _failed_in(
    folder: Path, given: Given, paths: Sequence[str], fault: tuple[str, str, int]
) -> Sequence[str]:
    """Make a call of each path fail, and look at what came of it; name the paths that made so many calls."""
    call, error, nth = fault
    folder.mkdir()
    told = ("--seccomp-bpf", "-f", "-qq", "-o", str(folder / "strace"), "-e", f"trace={call}")
    under = ("strace", *told, "-e", f"inject={call}:error={error}:when={nth}")
    tried = _tried(folder, given.database, paths, under)
    for path in paths:
        _is_whole_or_refused(given.before, given.whole[path], tried[path], f"{path}: {fault}")
    lines = (folder / "strace").read_text().splitlines()
    threads = {line.split()[0] for line in lines if line.endswith("(INJECTED)")}
    shutil.rmtree(folder)
    return [path for path in paths if not threads.isdisjoint(tried[path].threads)]


def _tried(
    folder: Path, database: Path, paths: Sequence[str], under: Sequence[str] = ()
) -> Mapping[str, Tried]:
    command = (sys.executable, "-m", "tests.faults.failing_calls", str(database), str(folder))
    done = subprocess.run([*under, *command, *paths], cwd=ROOT, check=True, capture_output=True)
    lines = [orjson.loads(line) for line in done.stdout.splitlines()]
    assert [line[0] for line in lines] == list(paths), done.stderr
    return {
        path: Tried(frozenset(threads), Attempt(*first), Attempt(*second))
        for path, threads, first, second in lines
    }


def _is_whole_or_refused(before: str, whole: Tried, tried: Tried, why: str) -> None:
    first, second, done = tried.first, tried.second, whole.first
    # What one call makes fail may be on the disk all the same: an act too many is on record, never one too few.
    allowed = {done.seen} if first.told == "done" else {before, done.seen}
    assert first.seen in allowed, why
    assert _left_by(first) in allowed, why
    if first.told == "refused" and first.seen == before:
        assert (second.told, second.seen) == ("done", done.seen), why
        assert _left_by(second) == done.seen, why
    else:
        # The call may have failed only now.
        assert second.seen in {first.seen, whole.second.seen}, why
        assert second.told in {"refused", whole.second.told}, why


def _left_by(attempt: Attempt) -> str:
    return _left(Path(attempt.left) / "scr.db", Path(attempt.left) / "place")


def _left(database: Path, place: Path) -> str:
    """Open what a crash would leave, as the next start does; give one hash of what is there."""
    place.mkdir(exist_ok=True)
    store = open_store(f"sqlite:///{database}")
    with store.checking() as reading:
        seen = contents(reading)
    store.close()
    return digest(seen, place)
