"""Say what may become of a release, and what it then is.

Pure: stores nothing, makes nothing, and asks nobody who somebody is. docs/decisions/0036 draws the states.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from types import MappingProxyType

from gateway.population.given import Given
from gateway.store.releases import Release
from gateway.store.words import ReleaseState

_S = ReleaseState


class Move(StrEnum):
    """What is done with a release."""

    APPROVE = "approve"
    CANCEL = "cancel"
    BEGIN = "begin"
    REFUSE = "refuse"
    PUBLISH = "publish"
    EXPIRE = "expire"
    RECALL = "recall"
    DESTROY = "destroy"


MAY_FOLLOW: Mapping[Move, tuple[frozenset[ReleaseState], ReleaseState]] = MappingProxyType(
    {
        Move.APPROVE: (frozenset({_S.REQUESTED}), _S.APPROVED),
        Move.CANCEL: (frozenset({_S.REQUESTED, _S.APPROVED, _S.RUNNING}), _S.CANCELLED),
        # A job that was killed is begun again.
        Move.BEGIN: (frozenset({_S.APPROVED, _S.RUNNING}), _S.RUNNING),
        Move.REFUSE: (frozenset({_S.APPROVED, _S.RUNNING}), _S.REFUSED),
        Move.PUBLISH: (frozenset({_S.RUNNING}), _S.PUBLISHED),
        Move.EXPIRE: (frozenset({_S.PUBLISHED}), _S.EXPIRED),
        Move.RECALL: (frozenset({_S.PUBLISHED}), _S.RECALLED),
        # The key of what has ended can be destroyed later, and that is to be seen too.
        Move.DESTROY: (frozenset({_S.PUBLISHED, _S.EXPIRED, _S.RECALLED}), _S.DESTROYED),
    }
)
"""For each move, from which states it is made, and to which it leads."""

NEVER_PUBLISHED = frozenset({_S.REFUSED, _S.CANCELLED})
"""States in which nobody was given a release, and nobody ever will be."""

AGREED = frozenset({_S.APPROVED, _S.RUNNING, _S.PUBLISHED})
"""States in which there are files, or will be."""

ENDED = frozenset({_S.REFUSED, _S.CANCELLED, _S.EXPIRED, _S.RECALLED, _S.DESTROYED})
"""States in which there are no files."""


class NotPossible(StrEnum):
    """Why something cannot be done with a release now."""

    NOT_NOW = "it is not in a state in which that is done"
    SAME_PERSON = "whoever asked for it cannot approve it: somebody else must"
    NOT_AS_ASKED = "it is not what was asked for: somebody changed it in the database"
    AGREEMENT_ENDED = "its agreement has ended"
    NOBODY = "whoever does this is to be named"
    TWIN = "its recipient has, or is to have, the same people's rows under another project's names: two such join"


def given_by(releases: Iterable[Release], *, counts: bool) -> Given:
    """Say what was given of all these, and what never will be."""
    every = tuple(releases)
    return Given(
        frozenset(each.id.hex for each in every if each.published_at is not None),
        {each.id.hex: each.generation for each in every if each.state in NEVER_PUBLISHED},
        counts,
    )


def is_twin(release: Release, other: Release, at: datetime) -> bool:
    """Say whether one recipient would have one dataset under two projects' names (docs/decisions/0043)."""
    asked, has = release.request, other.request
    return (
        (asked.recipient, asked.dataset) == (has.recipient, has.dataset)
        and asked.project != has.project
        and other.state in AGREED
        and not is_due(other, at)
    )


def approved(release: Release, by: str, at: datetime) -> Release | NotPossible:
    """Agree to it as a second person."""
    if by == release.request.requested_by:
        return NotPossible.SAME_PERSON
    if has_ended(release.request.ends_on, at):
        return NotPossible.AGREEMENT_ENDED
    after = _moved(release, Move.APPROVE, by)
    if isinstance(after, NotPossible):
        return after
    return replace(after, approved_at=at, approved_by=by)


def begun(
    release: Release, epoch: int, plan: bytes, by: str, at: datetime
) -> Release | NotPossible:
    """Begin to make it with the project's key of this epoch; one that is begun anew keeps its plan."""
    if has_ended(release.request.ends_on, at):
        return NotPossible.AGREEMENT_ENDED
    after = _moved(release, Move.BEGIN, by)
    if isinstance(after, NotPossible):
        return after
    return replace(after, epoch=epoch, plan=release.plan or plan)


def published(
    release: Release, manifest_sha256: str, destroy_by: date, by: str, at: datetime
) -> Release | NotPossible:
    """Publish what was made, until the last day that it says itself, and no longer than its agreement lasts."""
    expires_at = end_of(min(destroy_by, release.request.ends_on))
    if expires_at <= at:
        return NotPossible.AGREEMENT_ENDED
    after = _moved(release, Move.PUBLISH, by)
    if isinstance(after, NotPossible):
        return after
    return replace(after, published_at=at, manifest_sha256=manifest_sha256, expires_at=expires_at)


def ended(
    release: Release, move: Move, why: tuple[str, ...], by: str, at: datetime
) -> Release | NotPossible:
    """End it: refused, cancelled, expired or recalled."""
    after = _moved(release, move, by)
    if isinstance(after, NotPossible):
        return after
    return replace(after, ended_at=at, ended_by=by, why=why)


def destroyed(release: Release, certificate: bytes, by: str, at: datetime) -> Release | NotPossible:
    """Note that its key was destroyed; one that had ended before keeps when, by whom and why."""
    after = _moved(release, Move.DESTROY, by)
    if isinstance(after, NotPossible):
        return after
    after = replace(after, certificate=certificate)
    if release.state in ENDED:
        return after
    return replace(after, ended_at=at, ended_by=by, why=("The project's key was destroyed.",))


def is_due(release: Release, now: datetime) -> bool:
    """Say whether a published release is over, also if nobody has noted it yet."""
    return release.expires_at is not None and now >= release.expires_at


def is_there(release: Release, now: datetime) -> bool:
    """Say whether its files may be given to anybody."""
    return release.state is ReleaseState.PUBLISHED and not is_due(release, now)


def end_of(day: date) -> datetime:
    """Give the moment after a day, in UTC as agreements are counted."""
    return datetime.combine(day, time(), UTC) + timedelta(days=1)


def has_ended(ends_on: date, now: datetime) -> bool:
    """Say whether an agreement's last day is over."""
    return now >= end_of(ends_on)


def _moved(release: Release, move: Move, by: str) -> Release | NotPossible:
    before, after = MAY_FOLLOW[move]
    if not by.strip():
        return NotPossible.NOBODY
    if release.state not in before:
        return NotPossible.NOT_NOW
    return replace(release, state=after, generation=release.generation + 1)
