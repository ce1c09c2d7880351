"""P08: once a change of policy is acknowledged, no worker allows anything under the one before.

Real processes and real HTTP. `SCR_PROVE_TRIALS` sets how many requests are made after a change that takes a right
away, `SCR_PROVE_WORKERS` by how many workers they are answered.
"""

import asyncio
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import orjson
import pytest

from gateway.audit.log import AuditLog
from gateway.policy.active import activate
from gateway.store.engine import open_store
from gateway.wiring import now
from rbac.policy import as_json
from rbac.types import Policy
from tests.cli.gateway_process import Served, gateway_over
from tests.safety.administrators import APPROVER, AUTHOR
from tests.safety.small_policy import closed, opened

TRIALS = int(os.environ.get("SCR_PROVE_TRIALS", "240"))  # noqa: TID251 - a switch of the test run
WORKERS = int(os.environ.get("SCR_PROVE_WORKERS", "2"))  # noqa: TID251 - as above
OF_ONE_CHANGE = 40
FIND = "/fhir/Patient/_search"


@pytest.fixture
async def small(template: Path, tmp_path: Path) -> Path:
    """Give a database in which the small policy decides."""
    path = tmp_path / "small.db"
    shutil.copy(template, path)
    shutil.copy(template.with_suffix(".keys"), path.with_suffix(".keys"))
    store = open_store(f"sqlite:///{path}")
    log = AuditLog(store, now)
    await activate(opened(), "test", log, store, now)
    await log.aclose()
    store.close()
    return path


class Deployment:
    """A gateway of several workers, and those who ask it; each call is a connection of its own."""

    def __init__(self, served: Served) -> None:
        self.served = served
        self.sign_in()

    def sign_in(self) -> None:
        """Take new tokens: one lives ten minutes, ten thousand trials longer."""
        users = (AUTHOR, APPROVER, "receptionist")
        self.tokens = {user: self.served.token(user) for user in users}

    async def send(self, user: str, path: str, content: Any) -> httpx2.Response:
        headers = {"Authorization": f"Bearer {self.tokens[user]}", "Connection": "close"}
        form = {"data": content} if path == FIND else {"content": content}
        async with httpx2.AsyncClient(
            base_url=self.served.address, trust_env=False, timeout=20
        ) as client:
            return await client.post(path, headers=headers, **form)

    async def change(self, before: Policy, after: Policy) -> None:
        """Bring a change all the way; it is acknowledged when this returns."""
        rules = orjson.loads(as_json(after))
        proposal = {"based_on": before.version, "why": "a trial", "rules": rules}
        answer = await self.send(AUTHOR, "/policy/drafts", orjson.dumps(proposal))
        draft = f"/policy/drafts/{answer.json()['id']}"
        assert (await self.send(APPROVER, f"{draft}/approve", b"")).status_code == 204
        assert (await self.send(AUTHOR, f"{draft}/activate", b"")).status_code == 200

    async def looked_up(self) -> int:
        form = {"identifier": self.served.london.people["everything"].digits}
        return (await self.send("receptionist", FIND, form)).status_code

    async def looks(self, many: int) -> set[int]:
        return set(await asyncio.gather(*(self.looked_up() for _ in range(many))))


async def test_p08_after_a_change_nothing_is_allowed_under_the_one_before(
    london: Any, small: Path, tmp_path: Path, record_property: Callable[[str, object], None]
):
    changes = TRIALS // OF_ONE_CHANGE
    with gateway_over(london, small, tmp_path, "--workers", str(WORKERS)) as served:
        deployment = Deployment(served)
        for _change in range(changes):
            deployment.sign_in()
            assert await deployment.looks(8) == {200}
            # Others ask all the while, so that workers are in the middle of decisions.
            asking = asyncio.ensure_future(deployment.looks(8))
            await deployment.change(opened(), closed())
            assert await deployment.looks(OF_ONE_CHANGE) == {403}
            assert await asking <= {200, 403, 503}
            await deployment.change(closed(), opened())
        decisions = {row["decision_id"] for row in await served.audit() if row["action"] == "asked"}
    record_property("requests after a change", changes * OF_ONE_CHANGE)
    assert len(decisions) > changes * OF_ONE_CHANGE
