"""Let planners ask for, see and fetch releases, and those who review them see, approve and end them.

Decides nothing: who may do what, `gateway/access` says (`admission.py`); what may follow what, the desk.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from gateway.audit.acts import AskedAct
from gateway.audit.free_text import without_identifiers
from gateway.errors import NotFoundError
from gateway.population.datasets import Dataset
from gateway.population.releases.admission import NO_SUCH_RELEASE, Admission, Caller
from gateway.population.releases.desk import ReleaseDesk
from gateway.population.releases.opening import OpenedFile
from gateway.population.releases.requests import Wanted
from gateway.store.releases import Release
from gateway.store.words import ReleaseState
from rbac.types import Purpose


@dataclass(frozen=True, slots=True)
class Reception:
    """What stands before the desk, for routes and for commands of people."""

    desk: ReleaseDesk
    admission: Admission
    clock: Callable[[], datetime]

    @property
    def datasets(self) -> tuple[Dataset, ...]:
        """Give what can be asked for, by name; it is the same for everybody, and of nobody."""
        found = self.admission.permits.datasets
        return tuple(found[name] for name in sorted(found))

    async def request(self, who: Caller, wanted: Wanted) -> Release:
        """Ask for a release; somebody else must approve it.

        Raises BadRequestError listing every fault, RefusedError, UnavailableError.
        """
        now = self.clock()
        self.desk.must_be_whole(wanted, now)
        named = (wanted.dataset, wanted.project, wanted.recipient)
        feed = self.admission.permits.wanted(*named, wanted.purpose_of_use)
        about = dict(zip(("dataset", "project", "recipient"), named, strict=True))
        written = {word: without_identifiers(text) for word, text in about.items()}
        await self.admission.of_agreed(who, AskedAct.RELEASE, feed, written)
        return await self.desk.request(wanted, who.principal.user_id, now)

    async def listed(self, who: Caller, state: ReleaseState | None = None) -> tuple[Release, ...]:
        """List what is, was or is to be given to a planner's organisation; to those who review, every release.

        Raises RefusedError, UnavailableError.
        """
        if is_reviewer(who):
            admitted = await self.admission.of_reviewer(who, {})
            found = await self.desk.all_releases()
        else:
            admitted = await self.admission.of_anybody_given_to(who)
            found = await self._given_to(who)
        found = tuple(each for each in found if state in {None, each.state})
        await self.admission.shown(who, admitted, len(found))
        return found

    async def look(self, who: Caller, release_id: UUID) -> Release:
        """Show one release.

        Raises NotFoundError, also for another's; RefusedError, UnavailableError.
        """
        release, about = await self._known(release_id), _about(release_id)
        if is_reviewer(who):
            admitted = await self.admission.of_reviewer(who, about)
        else:
            feed = None if release is None else self.admission.feed_of(release)
            admitted = await self.admission.of_recipient(who, AskedAct.REVIEW, feed, about)
        await self.admission.shown(who, admitted, 0 if release is None else 1)
        if release is None:
            raise NotFoundError(NO_SUCH_RELEASE)
        return release

    async def fetch(self, who: Caller, release_id: UUID, file: str) -> OpenedFile:
        """Open a file of a published release for somebody of its recipient; whoever has it closes it.

        Raises NotFoundError, also for another's and before it is published; GoneError when it has ended; RefusedError,
        ConflictError, UnavailableError.
        """
        release = await self._taken(who, AskedAct.REVIEW, release_id)
        by, project = who.principal.user_id, release.request.project
        return await self.desk.fetch(release_id, file, by, project, self.clock())

    async def approve(self, who: Caller, release_id: UUID) -> Release:
        """Agree to exactly what somebody else asked for.

        Raises NotFoundError, RefusedError, ConflictError, UnavailableError.
        """
        await self._settle(who, await self._known(release_id), release_id)
        return await self.desk.approve(release_id, who.principal.user_id, self.clock())

    async def cancel(self, who: Caller, release_id: UUID, why: str) -> Release:
        """Give up what is not published: whoever asked for it may, and who may approve it.

        Raises NotFoundError, RefusedError, ConflictError, UnavailableError.
        """
        release = await self._known(release_id)
        by = who.principal.user_id
        if release is not None and release.request.requested_by == by and not is_reviewer(who):
            await self._taken(who, AskedAct.RELEASE, release_id)
        else:
            await self._settle(who, release, release_id)
        return await self.desk.cancel(release_id, by, self.clock(), why)

    async def recall(self, who: Caller, release_id: UUID, why: str) -> Release:
        """Take a published release back; its files here are removed.

        Raises NotFoundError, RefusedError, ConflictError, UnavailableError.
        """
        await self._settle(who, await self._known(release_id), release_id)
        return await self.desk.recall(release_id, who.principal.user_id, self.clock(), why)

    async def _known(self, release_id: UUID) -> Release | None:
        try:
            return await self.desk.release(release_id)
        except NotFoundError:
            # Who asks is decided about all the same.
            return None

    async def _taken(self, who: Caller, act: AskedAct, release_id: UUID) -> Release:
        release = await self._known(release_id)
        feed = None if release is None else self.admission.feed_of(release)
        await self.admission.of_recipient(who, act, feed, _about(release_id))
        assert release is not None  # nobody is admitted to nothing
        return release

    async def _settle(self, who: Caller, release: Release | None, release_id: UUID) -> None:
        await self.admission.to_settle(who, release, _about(release_id))

    async def _given_to(self, who: Caller) -> tuple[Release, ...]:
        found = [
            each
            for each in await self.desk.all_releases()
            if each.request.recipient == who.principal.organisation
        ]
        feeds = frozenset(map(self.admission.feed_of, found))
        permitted = await self.admission.permits_of(who, feeds)
        return tuple(each for each in found if self.admission.feed_of(each) in permitted)


def is_reviewer(who: Caller) -> bool:
    """Say whether somebody comes to administer, and so for no organisation that receives."""
    return who.purpose is Purpose.HSYSADMIN


def _about(release_id: UUID) -> dict[str, str]:
    return {"data_release": str(release_id)}
