"""A gateway with a planning side, over HTTP: agreements that name feeds, a store of people, a job that makes releases."""

import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2

from gateway.access.agreement_registry import AgreementRegistry, Signatures
from gateway.population.opt_out_list import keep_list
from gateway.population.opt_outs import CheckList
from gateway.population.releases.job import ReleaseJobs
from gateway.population.releases.reception import Reception
from gateway.store.agreement_feeds import Feed
from gateway.store.agreements import Agreement, Terms
from gateway.store.releases import Release
from gateway.store.words import DataItem
from gateway.wiring import now
from rbac.types import Purpose
from tests.london import London
from tests.population.http.coding import Coding
from tests.population.releases.deployment import ground_in
from tests.population.releases.small_making import DATASET, SmallMaking
from tests.population.releases.small_store import PEOPLE, fill
from tests.stack import ORGANISATION_KINDS, Stack, running_stack

RELEASES = "/population/releases"
ANALYST, PLANNER, RESEARCHER, GUARDIAN = "csp-analyst", "planner", "researcher", "caldicott"
FEEDS = (
    Feed("linked-activity", "costs", "702"),
    Feed("violence", "streets", "CSP1"),
)
WANTED = {
    "project": "streets",
    "recipient": "CSP1",
    "dataset": "violence",
    "purpose_of_use": "PUBHLTH",
    "purpose": "where to send patrols",
    "legal_basis": "Crime and Disorder Act 1998, section 115",
    "agreement": "planning",
    "setting": "a room that is locked",
}
COSTS = {**WANTED, "project": "costs", "recipient": "702", "dataset": "linked-activity"}


@dataclass
class PlanningWorld:
    """The stack, what makes releases for it, and what people send."""

    stack: Stack
    jobs: ReleaseJobs
    coding: Coding

    @property
    def reception(self) -> Reception:
        return self.stack.services.planning.releases

    async def asks(self, user: str = ANALYST, **changes: Any) -> httpx2.Response:
        return await self.stack.send(user, RELEASES, self.wanted(**changes))

    def wanted(self, **changes: Any) -> dict[str, Any]:
        """Give what somebody sends who asks for a release."""
        return {**WANTED, "ends_on": (now() + timedelta(days=200)).date().isoformat(), **changes}

    async def asked(self, user: str = ANALYST, **changes: Any) -> str:
        answer = await self.asks(user, **changes)
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]

    async def approved(self, user: str = ANALYST, **changes: Any) -> str:
        release = await self.asked(user, **changes)
        answer = await self.does(GUARDIAN, release, "approve")
        assert answer.status_code == 200, answer.text
        return release

    async def published(self, user: str = ANALYST, **changes: Any) -> Release:
        release = await self.jobs.run(UUID(await self.approved(user, **changes)), "the job")
        assert release.why == (), release.why
        return release

    async def does(self, user: str, release: object, act: str, why: str = "") -> httpx2.Response:
        body = {"why": why} if why else b""
        return await self.stack.send(user, f"{RELEASES}/{release}/{act}", body)

    async def sees(self, user: str, release: object = "", part: str = "") -> httpx2.Response:
        return await self.stack.get(user, "/".join(filter(None, (RELEASES, str(release), part))))

    async def agrees(self, agreement: str, *feeds: Feed, **changes: Any) -> None:
        """Keep one more agreement of everybody."""
        terms = Terms(
            agreement,
            frozenset(DataItem),
            frozenset({Purpose.PUBHLTH, Purpose.HOPERAT, Purpose.HRESCH}),
            now() - timedelta(days=1),
            now() + timedelta(days=300),
        )
        told = (tuple(sorted(ORGANISATION_KINDS)), now() + timedelta(days=100), "c", "d", now())
        made = Agreement(replace(terms, **changes), *told, tuple(sorted(feeds)))
        await self._registry.add(made, Signatures("one", "another"))

    async def ends(self, agreement: str) -> None:
        await self._registry.end(agreement, now(), "one")

    @property
    def _registry(self) -> AgreementRegistry:
        return AgreementRegistry(self.stack.services.log, now)

    async def told(self, action: str) -> list[dict[str, Any]]:
        """Give the audit's entries of one action, in order."""
        return [row for row in await self.stack.audit() if row["action"] == action]

    async def refusals(self) -> list[tuple[str, str]]:
        """Give by whom what was refused, and why, as the audit has it."""
        rows = await self.told("asked")
        return [(row["who"]["role"], row["reason"]) for row in rows if row["decision"] == "refused"]


@asynccontextmanager
async def planning_world(
    london: London, template: Path, folder: Path, compiled: Mapping[str, Any], **other: Any
) -> AsyncIterator[PlanningWorld]:
    """Open it; the vault is there, and empty."""
    shutil.copy(template, folder / "vault.db")
    async with running_stack(london, template, folder, compiled, **other) as stack:
        yield await furnished(stack, folder)


async def furnished(stack: Stack, folder: Path) -> PlanningWorld:
    """Give a stack agreements that name feeds, a store of people, keys and a list of who may be used."""
    desk = stack.services.planning.releases.desk
    ground = ground_in(desk, folder, now, SmallMaking())
    permits = stack.services.planning.releases.admission.permits
    ground = replace(ground, datasets={"violence": DATASET}, permits=permits)
    world = PlanningWorld(stack, ReleaseJobs(desk, ground, now), Coding(folder))
    await world.agrees("planning", *FEEDS)
    fill(folder / "store")
    usable = CheckList("run", now(), now() + timedelta(days=6), frozenset(PEOPLE))
    keep_list(folder / "list.json", usable)
    await world.coding.make_keys()
    return world
