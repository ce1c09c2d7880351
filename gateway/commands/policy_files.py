"""Read policies for a command: from a file, from the database, or the one that the service starts with."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gateway.commands.speaking import MISUNDERSTOOD, fail
from gateway.errors import UnavailableError, UnsafePolicyError
from gateway.policy.versions import whole
from gateway.settings import Settings
from gateway.store.engine import open_store
from gateway.store.policies import active_policy, policy_body
from rbac.faults import PolicyFault
from rbac.policy import of_rows, read_json
from rbac.types import Policy


@dataclass(frozen=True, slots=True)
class PolicyFile:
    """What `scr policy show --json` writes, edited: rows, and the version that they came from."""

    based_on: str
    rules: Any

    @property
    def policy(self) -> Policy:
        """Give the rows as a policy.

        Raises UnsafePolicyError naming every fault.
        """
        policy = of_rows(self.rules)
        if not isinstance(policy, Policy):
            raise UnsafePolicyError(fault.message for fault in policy)
        return policy


def read_file(path: Path) -> PolicyFile:
    """Read a file, or end the command where it is none."""
    document = read_json(path.read_bytes())
    if isinstance(document, PolicyFault):
        fail(f"The file {document.kind.value}.", MISUNDERSTOOD)
    if not isinstance(document, dict) or not isinstance(document.get("version"), str):
        fail("The file is not what `scr policy show --json` writes.", MISUNDERSTOOD)
    return PolicyFile(document["version"], document.get("rules"))


async def read_active(settings: Settings) -> Policy:
    """Read the policy that is active in the settings' database.

    Raises UnavailableError when there is none, or it was altered.
    """
    store = open_store(settings.database_url)
    try:
        row = await store.read(active_policy)
        body = None if row is None else await store.read(policy_body, row.version)
    finally:
        store.close()
    if row is None or body is None:
        raise UnavailableError("No role policy is active: run `scr policy bootstrap`.")
    return whole(body, row.version)
