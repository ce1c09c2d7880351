"""List the acts by which releases of the planning side change; `tests/faults/write_paths.py` has them all."""

from dataclasses import replace
from uuid import UUID

from gateway.audit import acts
from gateway.store import releases
from gateway.store.releases import Release, ReleaseProgress, ReleaseRequest, ReleaseUse
from gateway.store.words import ReleaseState
from rbac.types import Purpose
from tests.faults.acts import Act
from tests.store_factories import NOW

_HERE = "gateway/population/releases"
_WORDS = ("violence", "CSP1", "small", Purpose.PUBHLTH, "a purpose", "a law", "LDSA-1")
_IDS = [UUID(int=number) for number in range(200, 204)]


def _asked(number: int) -> Release:
    request = ReleaseRequest(_IDS[number], *_WORDS, NOW.date(), "a room", NOW, "asker", "d" * 64)
    return Release(request)


RELEASE, NEW_RELEASE = _asked(0), _asked(1)
"""One that is there before a path is tried, and one that is asked for."""

APPROVED = replace(
    RELEASE, state=ReleaseState.APPROVED, generation=2, approved_at=NOW, approved_by="approver"
)
RUNNING = replace(RELEASE, state=ReleaseState.RUNNING, generation=2, epoch=1, plan=b"{}")
PUBLISHED = replace(
    RUNNING,
    state=ReleaseState.PUBLISHED,
    approved_at=NOW,
    approved_by="approver",
    published_at=NOW,
    manifest_sha256="a" * 64,
    expires_at=NOW,
)
ENDED = replace(RELEASE, state=ReleaseState.CANCELLED, generation=2, ended_at=NOW, ended_by="asker")
PROGRESS = ReleaseProgress(RELEASE.id, "rows", 1, 2, NOW)


def _changed(function: str, event: acts.AuditEvent, after: Release) -> Act:
    return Act((f"{_HERE}/{function}",), event, ((releases.change_release, RELEASE, after),))


RELEASE_ACTS = {
    "a release's request": Act(
        (f"{_HERE}/desk.py:request",),
        acts.ReleaseRequested(
            *(NOW, "asker", NEW_RELEASE.id, "violence", "CSP1", "small", "LDSA-1", "d" * 64)
        ),
        ((releases.add_release, NEW_RELEASE),),
    ),
    "a release's approval": _changed(
        "desk.py:approve",
        acts.ReleaseApproved(NOW, "approver", RELEASE.id, "d" * 64),
        APPROVED,
    ),
    "a release's beginning": _changed(
        "job.py:_begin", acts.ReleaseBegun(NOW, "job", RELEASE.id, 2, 1), RUNNING
    ),
    "a release's publication": _changed(
        "job.py:_publish",
        acts.ReleasePublished(NOW, "job", RELEASE.id, "a" * 64, NOW),
        PUBLISHED,
    ),
    **{
        f"a release's end by {function}": _changed(
            function,
            acts.ReleaseEnded(NOW, "asker", RELEASE.id, "cancelled", ("why",)),
            ENDED,
        )
        for function in ("desk.py:_end", "job.py:_refuse", "sweeping.py:_end")
    },
    "a file's fetching": Act(
        (f"{_HERE}/desk.py:_note_use",),
        acts.ReleaseFetched(NOW, "reader", RELEASE.id, "rows.csv"),
        (
            (releases.release_of, RELEASE.id),
            (
                releases.note_release_use,
                ReleaseUse(_IDS[2], RELEASE.id, "rows.csv", "reader", NOW),
            ),
        ),
    ),
}
