"""Name the moments at which a process of the tests kills itself as `kill -9` does, and put them into the gateway's code.

The gateway has no switch for this: in its own process a test wraps functions of the gateway from outside.
"""

import os
import signal
import stat
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

from sqlalchemy import Engine, event

from gateway.audit import entries, group_commit, keeper, places
from gateway.audit.acts import Asked, Disclosed
from gateway.audit.group_commit import GroupCommit
from gateway.audit.keeper import Keeper
from gateway.audit.log import AuditLog
from gateway.audit.places import LATEST, Folder
from gateway.audit.recorded import RecordedSession, Transaction
from gateway.store import engine

Hit: TypeAlias = Callable[[], None]
"""Called whenever the moment comes."""
Arm: TypeAlias = Callable[[Hit], None]
Chosen: TypeAlias = Callable[..., bool]
"""Says by a call's arguments whether it is one of the moment."""

GROUP, ACT = "audit", "effects"
"""Names of the threads that write groups of entries, and acts with their effects."""


def arm(point: str, nth: int) -> None:
    """Have this process kill itself when a moment comes for the n-th time."""
    POINTS[point](kill_at(nth))


def kill_at(nth: int) -> Hit:
    """Give what kills this process when it is called for the n-th time."""
    left = iter(range(nth - 1, 0, -1))

    def hit() -> None:
        if next(left, None) is None:
            os.kill(os.getpid(), signal.SIGKILL)

    return hit


def always(*_: object, **__: object) -> bool:
    return True


def in_thread(name: str) -> Chosen:
    """Choose the calls of a thread whose name begins so."""
    return lambda *_, **__: threading.current_thread().name.startswith(name)


def before(owner: Any, name: str, chosen: Chosen = always) -> Arm:
    def put(hit: Hit) -> None:
        whole = getattr(owner, name)

        def replaced(*args: object, **kwargs: object) -> object:
            if chosen(*args, **kwargs):
                hit()
            return whole(*args, **kwargs)

        setattr(owner, name, replaced)

    return put


def after(owner: Any, name: str, chosen: Chosen = always) -> Arm:
    def put(hit: Hit) -> None:
        whole = getattr(owner, name)

        def replaced(*args: object, **kwargs: object) -> object:
            given = whole(*args, **kwargs)
            if chosen(*args, **kwargs):
                hit()
            return given

        setattr(owner, name, replaced)

    return put


def after_awaiting(owner: Any, name: str, chosen: Chosen = always) -> Arm:
    def put(hit: Hit) -> None:
        whole = getattr(owner, name)

        async def replaced(*args: object, **kwargs: object) -> object:
            given = await whole(*args, **kwargs)
            if chosen(*args, **kwargs):
                hit()
            return given

        setattr(owner, name, replaced)

    return put


def after_inserting(table: str, chosen: Chosen = always) -> Arm:
    def put(hit: Hit) -> None:
        @event.listens_for(Engine, "after_cursor_execute")
        def executed(_: object, __: object, statement: str, *___: object) -> None:
            if statement.startswith(f"INSERT INTO {table} ") and chosen():
                hit()

    return put


def before_committing(chosen: Chosen) -> Arm:
    def put(hit: Hit) -> None:
        @event.listens_for(Engine, "commit")
        def committing(_: object) -> None:
            if chosen():
                hit()

    return put


def in_the_middle_of_a_file(hit: Hit) -> None:
    whole = os.fsync

    def half(descriptor: int) -> None:
        if stat.S_ISREG(os.fstat(descriptor).st_mode):
            file = Path(f"/proc/self/fd/{descriptor}")
            written = file.read_bytes()
            os.ftruncate(descriptor, len(written) // 2)
            hit()
            # It was not yet the time.
            file.write_bytes(written)
        whole(descriptor)

    os.fsync = half


def is_of(kind: type) -> Chosen:
    return lambda _log, recorded, *_: isinstance(recorded, kind)


def has_a_checkpoint(_store: object, _nodes: object, checkpoint: object = None) -> bool:
    return checkpoint is not None


def has_nodes_alone(_store: object, nodes: object, checkpoint: object = None) -> bool:
    return bool(nodes) and checkpoint is None


POINTS: Mapping[str, Arm] = {
    # An entry is written with others.
    "an entry is made": before(GroupCommit, "join"),
    "a group has come together": before(GroupCommit, "_verdicts"),
    "a group has the writers' turn": after(engine, "take_turn", in_thread(GROUP)),
    "a group is numbered": after(entries, "number_entries", in_thread(GROUP)),
    "a group is inserted": after_inserting("audit_entry", in_thread(GROUP)),
    "a group is to be committed": before_committing(in_thread(GROUP)),
    "a group is committed": before(engine, "confirm_file", in_thread(GROUP)),
    "a group is to be announced": before(group_commit, "_announce"),
    "a group is announced": after(group_commit, "_announce"),
    # A record is disclosed.
    "row A is durable": after_awaiting(AuditLog, "append", is_of(Asked)),
    "row B is durable": after_awaiting(AuditLog, "append", is_of(Disclosed)),
    "a byte has left": after(os, "write"),
    # An act is recorded with its effects.
    "an act has the writers' turn": after_awaiting(Transaction, "__aenter__"),
    "an act's entry is inserted": after_inserting("audit_entry", in_thread(ACT)),
    "an act's entry is written": after_awaiting(AuditLog, "_record"),
    "an act's effect is done": after_awaiting(RecordedSession, "do"),
    "an act's effects are done": before(Transaction, "__aexit__"),
    "an act is to be committed": before_committing(in_thread(ACT)),
    "an act is committed": before(engine, "confirm_file", in_thread(ACT)),
    "an act is durable": after_awaiting(Transaction, "__aexit__"),
    # The log is signed, and its checkpoint held in a second place.
    "the lease is taken": after_awaiting(keeper, "take_lease"),
    "the log is held against what was signed": after_awaiting(Keeper, "_must_have_grown_out_of"),
    "some of many hashes are kept": after_awaiting(keeper, "keep_tree", has_nodes_alone),
    "the log is signed": after(keeper, "_signed"),
    "hashes are inserted": after_inserting("audit_node"),
    "a checkpoint is inserted": after_inserting("audit_checkpoint"),
    "a checkpoint is kept": after_awaiting(keeper, "keep_tree", has_a_checkpoint),
    "half of a file is written": in_the_middle_of_a_file,
    "a file is written beside its place": after(os, "fsync"),
    "a file is in its place": before(places, "_make_durable"),
    "one of two files is put": after(Folder, "put", lambda _, key, __: key != LATEST),
    "both files are put": after(Folder, "put", lambda _, key, __: key == LATEST),
}
