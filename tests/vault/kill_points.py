"""Name the moments at which a process kills itself that fills the vault or tells whose a record is, and what is careless there."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from gateway.audit.acts import VaultFilled
from gateway.audit.log import AuditLog
from gateway.vault import revealing, vault
from gateway.vault.revealing import Revealing
from gateway.vault.sealing import NumberSeal
from gateway.vault.vault import LinkageVault
from tests.audit.kill_points import Arm, after, after_awaiting, before, kill_at

PAGE = 5
"""So few entries are written at a time that a filling has several parts."""


class Point(NamedTuple):
    """A moment of an act: how it is put there, and at which of its comings the process kills itself."""

    act: str
    arm: Arm
    nth: int = 1


class Weakness(NamedTuple):
    """How carelessness is planted, and the moment of a kill in which it shows."""

    plant: Callable[[], None]
    point: str


def arm(point: str) -> None:
    """Have this process kill itself when a moment comes."""
    POINTS[point].arm(kill_at(POINTS[point].nth))


def _fill_before_it_is_on_record() -> None:
    append = AuditLog.append

    async def later(self: AuditLog, event: object) -> int:
        return 0 if isinstance(event, VaultFilled) else await append(self, event)

    AuditLog.append = later


def _keep_numbers_in_clear() -> None:
    NumberSeal.seal = lambda _self, _subject, number: number.digits.encode() + bytes(16)


def _use_up_afterwards() -> None:
    use_up, told = Revealing._use_up, Revealing._told
    permits: list[object] = []

    async def wait(_self: Revealing, permit: object) -> None:
        permits.append(permit)

    async def then(self: Revealing, *words: object) -> object:
        found = await told(self, *words)
        await use_up(self, permits.pop())
        return found

    Revealing._use_up, Revealing._told = wait, then


POINTS: Mapping[str, Point] = {
    "the filling is on record": Point("fill", after_awaiting(AuditLog, "append")),
    "the numbers are sealed": Point("fill", before(vault, "keep_entries")),
    "a part is kept": Point("fill", after_awaiting(vault, "keep_entries")),
    "another part is kept": Point("fill", after_awaiting(vault, "keep_entries"), 2),
    "all is kept": Point("fill", after_awaiting(LinkageVault, "keep")),
    "the agreement is used up": Point("reveal", after_awaiting(Revealing, "_use_up")),
    "the opening is on record": Point("reveal", after_awaiting(AuditLog, "append")),
    "the number is opened": Point("reveal", after(NumberSeal, "open")),
    "the asking is on record": Point("reveal", after_awaiting(revealing, "record_permit")),
    "it is told": Point("reveal", after_awaiting(Revealing, "_told")),
}

WEAKNESSES: Mapping[str, Weakness] = {
    "filled before it is on record": Weakness(_fill_before_it_is_on_record, "a part is kept"),
    "numbers in clear": Weakness(_keep_numbers_in_clear, "a part is kept"),
    "used up afterwards": Weakness(_use_up_afterwards, "the asking is on record"),
}
