"""Machines of other makers, unchanged, prove themselves by their keys and export their project's release."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from joserfc.jwk import ECKey, Key, KeySet, RSAKey

from adapters.simulators import identity_provider
from adapters.simulators.client_assertions import MachineClient
from adapters.simulators.demo_users import PLANNER_MACHINE
from adapters.simulators.identity_provider import IdentitySettings
from gateway.demo import smart
from gateway.wiring import now
from tests.clients.node import run_with
from tests.clients.own_environment import SMART_FETCH, interpreter_with
from tests.clients.serving import served
from tests.london import AUDIENCE, London
from tests.population.bulk.world import CLIENT, World, planning_settings, world_of
from tests.stack import issuer_at, running_stack

TYPES = ["LinkedActivityPeopleByPractice", "LinkedActivityRows"]
KEYS: Mapping[str, Key] = {
    "ES384": ECKey.generate_key("P-384", {"kid": "es", "alg": "ES384", "key_ops": ["sign"]}),
    "RS384": RSAKey.generate_key(2048, {"kid": "rs", "alg": "RS384", "key_ops": ["sign"]}),
}
STRANGER = ECKey.generate_key("P-384", {"kid": "es", "alg": "ES384", "key_ops": ["sign"]})


@dataclass
class Machines:
    """A running gateway with a published release, as machines reach it."""

    world: World
    base: str

    async def smart_fetch(self, key: Key, folder: Path) -> Any:
        task = {
            "base": self.base,
            "client_id": CLIENT,
            "keys": {"keys": [key.as_dict(private=True)]},
            "types": TYPES,
            "folder": str(folder),
        }
        return await run_with(interpreter_with(*SMART_FETCH), "smart_fetch_machine.py", task)


@asynccontextmanager
async def provider() -> AsyncIterator[str]:
    """Serve an identity provider that knows the machine's public keys; its address."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    public = KeySet.import_key_set({"keys": [_public(each) for each in KEYS.values()]})
    machine = MachineClient(CLIENT, public, PLANNER_MACHINE, frozenset(smart.SYSTEM_SCOPES))
    settings = IdentitySettings(
        *(address, AUDIENCE, ECKey.generate_key("P-256"), "unused", {}, {}),
        machine_clients={CLIENT: machine},
    )
    app = identity_provider.create_app(settings, now=now)
    server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_level="critical"))
    server.install_signal_handlers = contextlib.nullcontext  # type: ignore[attr-defined]
    serving = asyncio.create_task(server._serve(sockets=[listening]))
    yield address
    server.should_exit = True
    await serving


def _public(key: Key) -> dict[str, Any]:
    kept = {name: value for name, value in key.as_dict(private=False).items() if name != "key_ops"}
    return {**kept, "key_ops": ["verify"]}


@pytest.fixture
async def machines(
    london: London, template: Path, tmp_path: Path, compiled: Mapping[str, Any]
) -> AsyncIterator[Machines]:
    async with provider() as address:
        row = {**issuer_at(address), "smart": smart.SETTINGS}
        settings = {**planning_settings(tmp_path), "issuer": [row]}
        async with running_stack(london, template, tmp_path, compiled, **settings) as stack:
            world = await world_of(stack, tmp_path)
            await world.published()
            async with served(stack) as base:
                yield Machines(world, f"{base}/fhir")


@pytest.mark.parametrize("algorithm", sorted(KEYS))
async def test_smart_fetch_exports_the_release_of_its_project(machines, tmp_path, algorithm):
    folder = tmp_path / "exported"

    found = await machines.smart_fetch(KEYS[algorithm], folder)

    [release] = machines.world.releases
    assert found["files"] == [*(f"{each}.001.ndjson" for each in TYPES), "log.ndjson"]
    assert found["events"][-1] == "export_complete"
    place = machines.world.jobs.desk.folder_of(release)
    fetched = (folder / f"{TYPES[1]}.001.ndjson").read_bytes()
    assert fetched == (place / "rows.ndjson").read_bytes()
    uses = await machines.world.jobs.desk.uses(release.id)
    assert {each.user_id for each in uses} == {PLANNER_MACHINE.user_id}
    assert {each.file for each in uses} == {"rows.ndjson", "people-by-practice.ndjson"}
    # It says when it is done, and what it began is then forgotten.
    assert list((machines.world.folder / "releases" / ".exports").iterdir()) == []


async def test_a_machine_with_another_key_is_given_no_token(machines, tmp_path):
    found = await machines.smart_fetch(STRANGER, tmp_path / "exported")

    [release] = machines.world.releases
    assert found == {"refused": True}
    assert await machines.world.jobs.desk.uses(release.id) == ()
