"""Say what a job asks before it makes a release: whether it may be made now, whatever was allowed when it was asked for."""

from typing import Protocol

from gateway.store.releases import Release


class ReleasePermits(Protocol):
    """Asks `gateway/access` for a permit to make a release, for the two people who stand for it."""

    async def why_not(self, release: Release) -> str | None:
        """Say why it may not be made, in a sentence; None when there is a permit.

        Raises UnavailableError when nobody can tell.
        """
        ...
