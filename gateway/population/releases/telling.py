"""Tell of releases: states, times, people and reasons, and no row of any."""

from datetime import datetime

from gateway.population.gate import Refusal, RowsRefusal
from gateway.store.releases import Release, ReleaseProgress, ReleaseUse

ROWS_MAY_NOT_LEAVE = "its rows may not leave now: those who run this service can say why"
"""One reason for all, for most that there are tell of somebody: that 1 to 7 went means that they died or opted out."""


def reasons_for_planners(refusal: Refusal) -> tuple[str, ...]:
    """Give the reasons that planners read; those who run the service read a refusal's own, and the audit has them."""
    return (ROWS_MAY_NOT_LEAVE,) if isinstance(refusal, RowsRefusal) else refusal.reasons


def told_release(release: Release) -> dict[str, object]:
    """Give a release as JSON tells it."""
    asked = release.request
    return {
        "id": str(asked.id),
        "state": release.state,
        "dataset": asked.dataset,
        "project": asked.project,
        "recipient": asked.recipient,
        "purpose_of_use": asked.purpose_of_use,
        "purpose": asked.purpose,
        "legal_basis": asked.legal_basis,
        "agreement": asked.agreement,
        "ends_on": asked.ends_on.isoformat(),
        "setting": asked.setting,
        "requested": _by_at(asked.requested_by, asked.requested_at),
        "approved": _by_at(release.approved_by, release.approved_at),
        "epoch": release.epoch,
        "published_at": _instant(release.published_at),
        "manifest_sha256": release.manifest_sha256,
        "expires_at": _instant(release.expires_at),
        "ended": _by_at(release.ended_by, release.ended_at),
        "why": list(release.why),
        "certificate": None if release.certificate is None else release.certificate.decode(),
    }


def told_status(
    release: Release, progress: ReleaseProgress | None, uses: tuple[ReleaseUse, ...]
) -> dict[str, object]:
    """Give a release with how far its job is, and who fetched which file when."""
    told = {"progress": told_progress(progress), "fetched": told_uses(uses)}
    return {**told_release(release), **told}


def told_progress(progress: ReleaseProgress | None) -> dict[str, object] | None:
    """Give how far the making of a release is; None where it never was begun."""
    if progress is None:
        return None
    return {
        "step": progress.step,
        "done": progress.done,
        "of": progress.steps,
        "at": _instant(progress.at),
    }


def told_uses(uses: tuple[ReleaseUse, ...]) -> list[dict[str, str]]:
    """Give who fetched which file when."""
    return [{"file": use.file, "by": use.user_id, "at": use.at.isoformat()} for use in uses]


def line_of(release: Release) -> str:
    """Give a release as one line of a list."""
    asked = release.request
    until = "" if release.expires_at is None else f"; until {release.expires_at.isoformat()}"
    why = f"; {' '.join(release.why)}" if release.why else ""
    return (
        f"{asked.id}: {release.state}; {asked.dataset} for {asked.project}, {asked.recipient}; "
        f"asked by {asked.requested_by} at {asked.requested_at.isoformat()}{until}{why}"
    )


def _by_at(by: str | None, at: datetime | None) -> dict[str, str | None] | None:
    return None if by is None else {"by": by, "at": _instant(at)}


def _instant(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
