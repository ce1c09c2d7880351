"""Try each write path in a process of its own, in which a call of the disk may fail, and tell what came of it.

Run under strace, which makes the k-th call of a kind fail in each thread, as `python -m tests.faults.failing_calls
DATABASE FOLDER [PATH…]`. The copies of the database that each path leaves are in FOLDER, as a crash would leave them.
"""

import asyncio
import os
import shutil
import sys
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple, TypeAlias

import orjson
from sqlalchemy import select

from gateway.audit.acts import entry_of
from gateway.audit.log import AuditLog
from gateway.audit.places import LATEST, Folder
from gateway.errors import UnavailableError
from gateway.store.engine import Store, open_store
from gateway.store.sessions import Reading
from gateway.store.tables import metadata
from tests.faults.exempt_paths import EXEMPT
from tests.faults.write_paths import ACTS, Act
from tests.store_factories import SIGNED_OUT, asked, clock, disclosed

ALONE, TOGETHER, ELSEWHERE = "an entry", "entries of one group", "a checkpoint held elsewhere"
PATHS = (ALONE, TOGETHER, *ACTS, *EXEMPT, ELSEWHERE)


class Room(NamedTuple):
    """What a path writes with."""

    store: Store
    log: AuditLog
    place: Folder


class Attempt(NamedTuple):
    """What the caller was told, what others then see, and where what a crash would leave was put."""

    told: str
    seen: str
    left: str


Try: TypeAlias = Callable[[Room], Awaitable[object]]


def main(database: Path, folder: Path, paths: list[str]) -> None:
    """Try the paths one after another; a line for each tells its threads and two attempts."""
    for number, path in enumerate(paths):
        process = os.fork()
        if process == 0:
            own = folder / str(number)
            threads, attempts = asyncio.run(_attempts(_try_of(path), database, own))
            os.write(1, orjson.dumps([path, threads, *map(tuple, attempts)]) + b"\n")
            os._exit(0)
        os.waitpid(process, 0)


async def _attempts(attempt: Try, database: Path, own: Path) -> tuple[list[str], list[Attempt]]:
    (own / "place").mkdir(parents=True)
    shutil.copyfile(database, own / "scr.db")
    # One thread for each kind of work, so that its calls are counted as one line.
    opened = open_store(f"sqlite:///{own / 'scr.db'}")
    store = replace(opened, threads=ThreadPoolExecutor(1))
    room = Room(store, AuditLog(store, clock, deadline_seconds=60), Folder(own / "place"))
    attempts = [await _attempt(attempt, room, own, str(turn)) for turn in range(2)]
    return _threads(), attempts


def _threads() -> list[str]:
    """Name the threads of this process as strace does; asked before any of them ends."""
    return [each.name for each in Path("/proc/self/task").iterdir()]


async def _attempt(attempt: Try, room: Room, own: Path, turn: str) -> Attempt:
    try:
        await attempt(room)
        told = "done"
    except (UnavailableError, OSError):
        told = "refused"
    # Whoever reads opens the file, if nothing did until now.
    seen = await _seen(room.store)
    left = own / turn
    left.mkdir()
    for file in ("scr.db", "scr.db-wal"):
        shutil.copyfile(own / file, left / file)
    shutil.copytree(own / "place", left / "place")
    return Attempt(told, digest(seen, own / "place"), str(left))


async def _seen(store: Store) -> str:
    try:
        return await store.read(contents)
    except UnavailableError:
        # A reading too has calls that may fail: once, as each thread has one that does.
        return await store.read(contents)


def contents(reading: Reading) -> str:
    """Write out every row of every table."""
    return "\n".join(
        repr((table.name, sorted(map(repr, reading.connection.execute(select(table))))))
        for table in metadata.sorted_tables
    )


def digest(rows: str, place: Path) -> str:
    """Give one hash of the rows and of every file of the second place."""
    files = [(file.name, file.read_bytes()) for file in sorted(place.iterdir())]
    return sha256(f"{rows}\n{files}".encode()).hexdigest()


def _try_of(path: str) -> Try:
    if path == ALONE:
        return lambda room: room.log.append(SIGNED_OUT)
    if path == TOGETHER:
        return _together
    if path == ELSEWHERE:
        return _elsewhere
    if path in ACTS:
        return partial(_record, ACTS[path])
    return lambda room: EXEMPT[path].write(room.store)


async def _record(act: Act, room: Room) -> None:
    async with room.log.recorded(act.event) as session:
        for writer, *given in act.steps:
            await session.do(writer, *given)


async def _together(room: Room) -> None:
    events = [each(number) for number in range(1, 20) for each in (asked, disclosed)]
    group = room.log._group
    # Who holds the lock keeps the thread from taking the first of them alone.
    with group._changed:
        answers = [group.join(entry_of(event)) for event in events]
    for answer in await asyncio.gather(*answers, return_exceptions=True):
        if isinstance(answer, BaseException):
            raise answer


async def _elsewhere(room: Room) -> None:
    await asyncio.to_thread(room.place.put, LATEST, b"a checkpoint\n" * 20)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:] or list(PATHS))
