"""Make one event of each kind by which data are pulled and released, and say what each is told as."""

from collections.abc import Mapping
from uuid import UUID

from gateway.audit.acts import AuditEvent
from gateway.audit.release_acts import (
    PullBegun,
    PullEnded,
    ReleaseApproved,
    ReleaseBegun,
    ReleaseEnded,
    ReleaseFetched,
    ReleasePublished,
    ReleaseRequested,
)
from tests.store_factories import NOW

_ID = UUID(int=8)
_RELEASE = {"release": str(_ID)}

RELEASE_EVENTS: tuple[AuditEvent, ...] = (
    PullBegun(NOW, "u1", "hospital", "violence", "planning", "LDSA-1"),
    PullEnded(NOW, "u1", "hospital", "data", 3),
    ReleaseRequested(NOW, "u1", _ID, "planning", "CSP1", "violence", "LDSA-1", "d" * 64),
    ReleaseApproved(NOW, "u1", _ID, "d" * 64),
    ReleaseBegun(NOW, "u1", _ID, 3, 1),
    ReleasePublished(NOW, "u1", _ID, "a" * 64, NOW),
    ReleaseEnded(NOW, "u1", _ID, "recalled", ("a mistake",)),
    ReleaseFetched(NOW, "u1", _ID, "rows.csv"),
)

DETAILS_OF_RELEASES: Mapping[str, Mapping[str, str]] = {
    "pull-begun": {
        "source": "hospital",
        "dataset": "violence",
        "project": "planning",
        "agreement": "LDSA-1",
    },
    "pull-ended": {"source": "hospital", "outcome": "data", "pull": "3"},
    "release-requested": {
        **_RELEASE,
        "project": "planning",
        "recipient": "CSP1",
        "dataset": "violence",
        "agreement": "LDSA-1",
        "digest": "d" * 64,
    },
    "release-approved": {**_RELEASE, "digest": "d" * 64},
    "release-begun": {**_RELEASE, "generation": "3", "epoch": "1"},
    "release-published": {
        **_RELEASE,
        "manifest_sha256": "a" * 64,
        "expires_at": "2026-03-02T09:30:00Z",
    },
    # Why it ended may be in somebody's own words: it is told to nobody outside.
    "release-ended": {**_RELEASE, "state": "recalled"},
    "release-fetched": {**_RELEASE, "file": "rows.csv"},
}

SHAPES_OF_RELEASES = (
    ("pull-begun", ("110107", [], "C", "0")),
    ("pull-ended", ("110107", [], "U", "0")),
    ("release-requested", ("110113", [], "C", "0")),
    ("release-approved", ("110113", [], "U", "0")),
    ("release-begun", ("110113", [], "U", "0")),
    ("release-published", ("110106", [], "C", "0")),
    ("release-ended", ("110113", [], "D", "0")),
    ("release-fetched", ("110106", [], "R", "0")),
)
