"""A gateway with releases of two projects, and the machines of both, each known to the provider by its own token."""

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx2

from adapters.simulators.demo_users import DEMO_USERS, PLANNER_CLIENT, PLANNER_MACHINE, DemoUser
from adapters.simulators.identity_tokens import TokenMaker
from gateway.access.agreement_registry import AgreementRegistry, Signatures
from gateway.audit.acts import ReleaseBegun
from gateway.population.contents.files import write_rows
from gateway.population.datasets import load_datasets
from gateway.population.keys.names import KeyName, Purpose
from gateway.population.opt_out_list import keep_list
from gateway.population.opt_outs import CheckList
from gateway.population.release_order import Format
from gateway.population.releases.folders import MANIFEST
from gateway.population.releases.job import ReleaseJobs
from gateway.population.releases.requests import Wanted
from gateway.population.releases.states import begun
from gateway.store.agreement_feeds import Feed
from gateway.store.agreements import Agreement, Terms
from gateway.store.releases import (
    Release,
    ReleaseProgress,
    change_release,
    keep_release_progress,
)
from gateway.store.words import DataItem
from gateway.wiring import now
from rbac.types import Purpose as UsePurpose
from tests.london import AUDIENCE
from tests.population.releases.deployment import ground_in
from tests.population.releases.small_making import manifest_of
from tests.population.releases.small_store import PEOPLE, fill
from tests.stack import Stack

DATASET, MINE, ANOTHER, RECIPIENT = "linked-activity", "together", "apart", "702"
DATASETS = {MINE: DATASET, ANOTHER: "violence"}
"""One recipient is given one dataset under one project's names."""
CLIENT, OTHER_CLIENT = PLANNER_CLIENT, "other-client"
EVERY_TYPE = "system/*.rs"
AGREEMENT = "bulk-agreement"

TABLES: Mapping[str, tuple[tuple[str, ...], list[tuple[str, ...]]]] = {
    "rows": (("person_id", "kind"), [("PERSON" + "A" * 20, "gp"), ("PERSON" + "B" * 20, "gp")]),
    "people-by-practice": (("practice", "value"), [("F84004", "10"), ("all", "10")]),
}
"""What stands in the small releases that these tests are about."""


def planning_settings(folder: Path) -> dict[str, Any]:
    """Describe a deployment that releases, with two machines."""
    places = ("store_folder", "release_folder", "areas_folder", "keyring", "opt_out_list")
    files = ("ledger_file", "postcodes_file")
    return {
        "population": {
            **{name: folder / name.removesuffix("_folder") for name in places},
            **{name: folder / name for name in files},
            "release_folder": folder / "releases",
            "feed_recipient": RECIPIENT,
        },
        "bulk_client": [
            {"client_id": client, "project": project, "acts_as": PLANNER_MACHINE.user_id}
            for client, project in ((CLIENT, MINE), (OTHER_CLIENT, ANOTHER))
        ],
    }


@dataclass
class World:
    """The gateway, and what is released there."""

    stack: Stack
    folder: Path
    jobs: ReleaseJobs
    releases: list[Release] = field(default_factory=list)

    def hold(
        self,
        scope: str = EVERY_TYPE,
        client: str = CLIENT,
        user: DemoUser = PLANNER_MACHINE,
        patient: str | None = None,
    ) -> str:
        """Let a machine hold a token; the name that it is sent under."""
        assert self.stack.london.signing_key is not None
        place = self.stack.london.addresses["identity"]
        key = self.stack.london.signing_key
        maker = TokenMaker(place, AUDIENCE, key, now, lambda: "an-id")
        name = f"{client} {scope} {user.username}"
        self.stack.tokens[name] = maker.access_token(user, client, scope, patient)
        return name

    async def ask(
        self, method: str, path: str, holder: str | None = None, **sent: Any
    ) -> httpx2.Response:
        """Send a request as a machine, by default the one of this project."""
        token = await self.stack.token(holder or self.hold())
        headers = {"Authorization": f"Bearer {token}", **sent.pop("headers", {})}
        return await self.stack.client.request(method, path, headers=headers, **sent)

    async def begin(self, query: str = "", holder: str | None = None) -> httpx2.Response:
        """Kick an export off."""
        prefer = {"Prefer": "respond-async"}
        return await self.ask("GET", f"/fhir/$export{query}", holder, headers=prefer)

    async def begun(self, query: str = "", holder: str | None = None) -> str:
        """Kick an export off that is taken; the path of its status."""
        answer = await self.begin(query, holder)
        assert answer.status_code == 202, answer.text
        return answer.headers["content-location"].removeprefix("http://gateway.test")

    async def requested(self, project: str = MINE) -> Release:
        wanted = Wanted(
            *(
                project,
                RECIPIENT,
                DATASETS[project],
                UsePurpose.PUBHLTH,
                "planning",
                "a law",
                AGREEMENT,
            ),
            *(date.today() + timedelta(days=300), "a locked room"),  # noqa: DTZ011
        )
        return await self.jobs.desk.request(wanted, DEMO_USERS["planner"].user_id, now())

    async def approved(self, project: str = MINE) -> Release:
        release = await self.requested(project)
        return await self.jobs.desk.approve(release.id, "an-approver", now())

    async def begin_making(self, release: Release) -> None:
        """Have a job at work on a release, that has just begun to read."""
        desk = self.jobs.desk
        made = begun(release, 1, b"{}", "job", now())
        assert isinstance(made, Release)
        event = ReleaseBegun(now(), "job", release.id, made.generation, 1)
        async with desk.log.recorded(event) as session:
            await session.do(change_release, release, made)
        await keep_release_progress(desk.store, ReleaseProgress(release.id, "read", 1, 5, now()))

    async def published(self, project: str = MINE) -> Release:
        release = await self.jobs.run((await self.approved(project)).id, "job")
        self.releases.append(release)
        return release


async def world_of(stack: Stack, folder: Path) -> World:
    """Open the planning side of a gateway, and agree on what it releases."""
    assert stack.services.planning is not None
    await AgreementRegistry(stack.services.log, now).add(_agreement(), Signatures("a", "b"))
    fill(folder / "store")
    desk = stack.services.planning.releases.desk
    ground = dataclasses.replace(
        ground_in(desk, folder, now, _made), datasets=load_datasets(), permits=_Permitted()
    )
    for project in (MINE, ANOTHER):
        await ground.custody.create(KeyName(Purpose.PROJECT, project, RECIPIENT))
    await ground.custody.create(KeyName(Purpose.STORE))
    listed = CheckList("run", now(), now() + timedelta(days=6), frozenset(PEOPLE))
    keep_list(folder / "list.json", listed)
    return World(stack, folder, ReleaseJobs(desk, ground, now))


class _Permitted:
    async def why_not(self, _release: Release) -> str | None:
        return None


def _agreement() -> Agreement:
    began, ends = now() - timedelta(days=1), now() + timedelta(days=365)
    purposes = frozenset({UsePurpose.PUBHLTH})
    return Agreement(
        Terms(AGREEMENT, frozenset(DataItem), purposes, began, ends),
        parties=(RECIPIENT, "QMJ"),
        review_at=ends,
        contact="a@example.org",
        document="https://example.org/a",
        recorded_at=now(),
        feeds=tuple(sorted(Feed(name, project, RECIPIENT) for project, name in DATASETS.items())),
    )


def _made(order: Any, folder: Path, watch: Callable[[str, int, int], None]) -> Any:
    watch("write", 0, 1)
    manifest = _manifest(order, folder)
    files = [
        write_rows(folder, name, form, *table) for name, table in TABLES.items() for form in Format
    ]
    written = dataclasses.replace(manifest, files=tuple(files))
    (folder / MANIFEST).write_bytes(written.to_json())
    return written


def _manifest(order: Any, folder: Path) -> Any:
    for name in ("rows.csv", "rows.ndjson", "tables.csv"):
        (folder / name).touch()
    found = manifest_of(order, folder)
    (folder / "tables.csv").unlink()
    return found
