"""Name the moments at which a process kills itself that makes or removes a release, and put them into the gateway's code.

The gateway has no switch for this: in its own process a test wraps functions of the gateway from outside.
"""

import os
from collections.abc import Mapping
from typing import NamedTuple

from gateway.audit.recorded import RecordedSession, Transaction
from gateway.population.contents.once import OnceInLedger
from gateway.population.ledger import LedgerFile
from gateway.population.releases import folders, job
from gateway.population.releases.beating import Beat
from gateway.population.releases.folders import ReleaseFolders
from gateway.population.releases.job import ReleaseJobs
from gateway.population.releases.leaving_out import ListedPeople
from tests.audit.kill_points import (
    ACT,
    Arm,
    after,
    after_awaiting,
    before,
    before_committing,
    in_thread,
    kill_at,
)
from tests.population.releases.small_making import SmallMaking

_COMMITTING = before_committing(in_thread(ACT))
_COMMITTED = after_awaiting(Transaction, "__aexit__")


class Point(NamedTuple):
    """A moment of an act: how it is put there, and at which of its comings the process kills itself."""

    act: str
    arm: Arm
    nth: int = 1


def arm(point: str, nth: int) -> None:
    """Have this process kill itself when a moment comes for the n-th time, beyond the first that counts."""
    found = POINTS[point]
    found.arm(kill_at(found.nth + nth - 1))


POINTS: Mapping[str, Point] = {
    # A job begins.
    "the lease is taken": Point("run", after_awaiting(job, "take_lease")),
    "the beginning is to be committed": Point("run", _COMMITTING),
    "the beginning is committed": Point("run", _COMMITTED),
    "what was left is removed": Point("run", after(ReleaseFolders, "take_out")),
    "whom it leaves out is known": Point("run", after_awaiting(ListedPeople, "left_out")),
    # The files are made aside.
    "there is a folder": Point("run", after(ReleaseFolders, "begin")),
    "a file is made": Point("run", before(Beat, "__call__"), 2),
    "a step is told": Point("run", after(Beat, "__call__")),
    "the ledger is to be written": Point("run", before(LedgerFile, "remember")),
    "the ledger is written": Point("run", after(OnceInLedger, "settle")),
    "the manifest is written": Point("run", after(SmallMaking, "__call__")),
    "some files are durable": Point("run", after(folders, "_make_file_durable")),
    "all files are durable": Point("run", after(job, "make_tree_durable")),
    "the files are seen to be whole": Point("run", after(job, "_finished")),
    "whom it leaves out is looked at again": Point(
        "run", after_awaiting(ListedPeople, "left_out"), 2
    ),
    # They are published.
    "the database has it published": Point("run", after_awaiting(RecordedSession, "do"), 2),
    "the folder is to be moved": Point("run", before(ReleaseFolders, "publish")),
    "the folder is in its place": Point("run", after(ReleaseFolders, "publish")),
    "the publication is to be committed": Point("run", _COMMITTING, 2),
    "the publication is committed": Point("run", _COMMITTED, 2),
    "the job is over": Point("run", after_awaiting(ReleaseJobs, "_publish")),
    # A release is removed.
    "the recall is to be committed": Point("recall", _COMMITTING),
    "the recall is committed": Point("recall", before(ReleaseFolders, "take_out")),
    "the folder is on its way out": Point("recall", before(folders, "_remove_tree"), 2),
    "a file of it is removed": Point("recall", after(os, "unlink")),
    "the folder is removed": Point("recall", after(ReleaseFolders, "take_out")),
    "a sweep finishes a removal": Point("sweep", before(ReleaseFolders, "finish_leaving")),
}
