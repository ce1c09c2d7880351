"""Tell of releases on the command line: states, times, people and reasons, and no row of any."""

from gateway.store.releases import Release, ReleaseProgress, ReleaseUse


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
    step = None
    if progress is not None:
        step = {
            "step": progress.step,
            "done": progress.done,
            "of": progress.steps,
            "at": _instant(progress.at),
        }
    fetched = [{"file": use.file, "by": use.user_id, "at": use.at.isoformat()} for use in uses]
    return {**told_release(release), "progress": step, "fetched": fetched}


def line_of(release: Release) -> str:
    """Give a release as one line of a list."""
    asked = release.request
    until = "" if release.expires_at is None else f"; until {release.expires_at.isoformat()}"
    why = f"; {' '.join(release.why)}" if release.why else ""
    return (
        f"{asked.id}: {release.state}; {asked.dataset} for {asked.project}, {asked.recipient}; "
        f"asked by {asked.requested_by} at {asked.requested_at.isoformat()}{until}{why}"
    )


def _by_at(by: str | None, at: object) -> dict[str, str] | None:
    return None if by is None else {"by": by, "at": str(at)}


def _instant(at: object) -> str | None:
    return None if at is None else str(at)
