"""Fill the vault, or tell whose a coded record is, in processes that may be killed.

Run as `python -m tests.vault.killed_process`: for each line of orders a process is begun, and when it has ended its exit status
is printed. `tests/vault/test_de_07_kill_points.py` gives the orders.
"""

import os
from datetime import datetime
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from gateway.store import engine
from gateway.store.engine import open_store
from gateway.vault import vault
from tests.ordered_processes import serve_orders
from tests.vault.kill_points import PAGE, WEAKNESSES, arm
from tests.vault.world import NUMBERS, VaultWorld

# A machine that many processes share is slow, and not what is tried here.
PATIENT_SECONDS = 60.0


class Orders(NamedTuple):
    """What one process does, and where it kills itself, if anywhere; `about` is what somebody agreed to."""

    folder: str
    now: str
    act: str
    about: str = ""
    point: str = ""
    weakness: str = ""


async def done(orders: Orders) -> None:
    """Do what was ordered."""
    engine._DEADLINE_SECONDS = PATIENT_SECONDS
    vault._PAGE = PAGE
    if orders.weakness:
        WEAKNESSES[orders.weakness].plant()
    folder = Path(orders.folder)
    store, vault_store = (
        open_store(f"sqlite:///{folder / name}") for name in ("service.db", "vault.db")
    )
    # Ids that no other process of this test has drawn.
    drawn = os.getpid() << 32
    world = VaultWorld(
        store, vault_store, folder / "keys", datetime.fromisoformat(orders.now), drawn
    )
    if orders.point:
        arm(orders.point)
    if orders.act == "fill":
        await world.fill(NUMBERS)
    else:
        await world.reveal(UUID(orders.about))
    await world.log.aclose()


if __name__ == "__main__":
    serve_orders(lambda orders: done(Orders(**orders)))
