"""Let a registered machine in, and find which releases are its own project's to fetch.

Holds no file and makes nothing. A machine proves itself to its issuer (SMART Backend Services); here count the scopes of
its token, the project that the deployment registered it for, and what `gateway/access` permits to whom it acts as.
docs/decisions/0041.
"""

import re
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import NoReturn

from fastapi import Request

from gateway.access.permit import RefusalReason
from gateway.api.caller import Caller, caller_of_any_format, services_of
from gateway.api.requests import id_in
from gateway.audit.acts import AskedAct, CallerRefused
from gateway.errors import BadRequestError, GoneError, NotFoundError, RefusedError
from gateway.identity import Principal
from gateway.population.releases.admission import Admitted
from gateway.population.releases.exports import Exports
from gateway.population.releases.reception import Reception
from gateway.population.releases.states import is_there
from gateway.settings import BulkClientSettings
from gateway.store.releases import Release
from gateway.store.words import ReleaseState
from gateway.wiring import Services

_EVERY_TYPE = re.compile(r"system/\*\.(?:read|\*|c?ru?d?s)")
_OF_SYSTEM = re.compile(r"system/\S*")

COMING = frozenset({ReleaseState.APPROVED, ReleaseState.RUNNING})
"""Somebody agreed to it, and a job makes it: it can be waited for."""


@dataclass(frozen=True, slots=True)
class BulkClient:
    """A machine that was let in: whom it acts as, and the one project that it is for."""

    id: str
    project: str
    caller: Caller

    @property
    def user_id(self) -> str:
        """Who it acts as."""
        return self.caller.principal.user_id


@dataclass(frozen=True, slots=True)
class OwnReleases:
    """The releases of one client's project, as far as whom it acts as may have them now."""

    client: BulkClient
    services: Services
    reception: Reception

    @property
    def exports(self) -> Exports:
        """Give what machines asked to be given."""
        return Exports(self.reception.desk.folders.root)

    async def one(self, named: str | None) -> Release:
        """Give the release that is named, or else the one that there is; it is on record.

        Raises NotFoundError, RefusedError, BadRequestError when several could be meant; GoneError, UnavailableError.
        """
        return await self.look(await self.only(named))

    async def only(self, named: str | None) -> Release:
        """Give the same, and leave it to the next step to be on record.

        Raises NotFoundError, BadRequestError when several could be meant.
        """
        if named is not None:
            return await self.named(named)
        found = await self._meant()
        if not found:
            raise NotFoundError("There is no release for this client.")
        if len(found) > 1:
            listed = ", ".join(str(each.id) for each in found)
            raise BadRequestError(
                f"Say which release, by the parameter release: {listed}.", "required"
            )
        return found[0]

    async def named(self, release: str) -> Release:
        """Give the release of this id, and leave it to the next step to be on record.

        Raises NotFoundError once it is on record, also for another project's.
        """
        with suppress(NotFoundError):
            found = await self.reception.desk.release(id_in(release))
            if self._is_own(found):
                return found
        return await self.not_there()

    async def look(self, release: Release) -> Release:
        """Give a release that is there or coming, as it is now, on record.

        Raises NotFoundError, GoneError where nothing of it is to be had any more; RefusedError, UnavailableError.
        """
        admitted = await self.permitted(release)
        found = await self.reception.desk.release(release.id)
        self._must_be_current(found)
        await self.shown(admitted, 1)
        return found

    async def permitted(self, release: Release) -> Admitted:
        """Have it decided whether the client may have to do with a release; the decision is on record.

        Raises NotFoundError, RefusedError, UnavailableError.
        """
        admission = self.reception.admission
        feed, about = admission.feed_of(release), {"data_release": str(release.id)}
        return await admission.of_recipient(self.client.caller, AskedAct.REVIEW, feed, about)

    async def shown(self, admitted: Admitted, releases: int) -> None:
        """Record how many releases are about to be shown. Raises UnavailableError."""
        await self.reception.admission.shown(self.client.caller, admitted, releases)

    async def not_there(self) -> NoReturn:
        """Put on record that a client asked for what is none of its own, and answer as if there were none.

        Raises NotFoundError, UnavailableError.
        """
        await _record_turned_away(
            self.services, self.client.caller, RefusalReason.NOT_THE_RECIPIENT
        )
        raise NotFoundError("There is no such thing for this client.")

    async def admitted_to_try(self) -> None:
        """Let a machine have a view tried, to whom something is given; it is on record.

        Raises RefusedError, UnavailableError.
        """
        admission = self.reception.admission
        await self.shown(await admission.of_anybody_given_to(self.client.caller), 0)

    def _must_be_current(self, release: Release) -> None:
        if release.state in COMING or is_there(release, self.services.records.clock()):
            return
        if release.state is ReleaseState.REQUESTED:
            raise NotFoundError("Nobody has agreed to this release.")
        raise GoneError("This release is not there any more.")

    async def _meant(self) -> list[Release]:
        """Give what may be meant where nothing is named: published, or else coming; permitted, or else to be refused."""
        now, desk = self.services.records.clock(), self.reception.desk
        found = await desk.all_releases(COMING | {ReleaseState.PUBLISHED})
        ours = filter(self._is_own, found)
        current = [each for each in ours if each.state in COMING or is_there(each, now)]
        feed_of = self.reception.admission.feed_of
        feeds = frozenset(map(feed_of, current))
        permitted = await self.reception.admission.permits_of(self.client.caller, feeds)
        mine = [each for each in current if feed_of(each) in permitted]
        published = [each for each in mine if each.state not in COMING]
        return published or mine or current[:1]

    def _is_own(self, release: Release) -> bool:
        return release.request.project == self.client.project


async def bulk_client_of(request: Request) -> OwnReleases:
    """Recognise the machine that asks.

    Raises NotAuthenticatedError; RefusedError once it is on record: without the scopes, or not registered;
    BadRequestError where nothing is released.
    """
    caller = await caller_of_any_format(request)
    services, app = services_of(request), caller.principal.app
    if not covers_every_type(app.scope):
        await _turn_away(services, caller, RefusalReason.OUT_OF_SCOPE)
    if services.planning is None:
        raise BadRequestError("This deployment releases nothing for planning.", "not-supported")
    registered = {row.client_id: row for row in services.settings.bulk_client}
    row = registered.get(app.client_id)
    if row is None or not is_machines_own(caller.principal, row):
        await _turn_away(services, caller, RefusalReason.NOT_THE_RECIPIENT)
    # It comes for no purpose of its own: each release has one, and nobody reviews by a machine.
    acting = replace(caller, principal=without_system_scopes(caller.principal), purpose=None)
    client = BulkClient(app.client_id, row.project, acting)
    return OwnReleases(client, services, services.planning.releases)


def covers_every_type(scope: str) -> bool:
    """Say whether a token was given out for whatever a release holds: its rows are of no type that FHIR has."""
    return any(_EVERY_TYPE.fullmatch(each) for each in scope.split())


def is_machines_own(principal: Principal, registered: BulkClientSettings) -> bool:
    """Say whether a token was given to the machine for itself, and not to a person who uses it.

    Source: RFC 9068, section 2.2: the subject of a token for no resource owner is the client's own.
    """
    return principal.user_id == (registered.acts_as or registered.client_id)


def without_system_scopes(principal: Principal) -> Principal:
    """Give whom a machine acts as, for decisions that scopes of one person's record would stand against.

    Those of context `system` were held against what is asked for, and grant nothing more. Any other stays, and refuses.
    """
    left = [each for each in principal.app.scope.split() if not _OF_SYSTEM.fullmatch(each)]
    return replace(principal, app=replace(principal.app, scope=" ".join(left)))


async def _turn_away(services: Services, caller: Caller, reason: RefusalReason) -> NoReturn:
    await _record_turned_away(services, caller, reason)
    raise RefusedError(reason.value, "The request was refused.")


async def _record_turned_away(services: Services, caller: Caller, reason: RefusalReason) -> None:
    user_id, at = caller.principal.user_id, services.records.clock()
    await services.log.append(CallerRefused(at, user_id, caller.request_id, reason.value))
