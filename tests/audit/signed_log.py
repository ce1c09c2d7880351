"""Fill a log and have it signed, for tests of what can be proven of it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from gateway.audit.acts import EntriesPurged
from gateway.audit.following import Verdict
from gateway.audit.keeper import Keeper
from gateway.audit.log import AuditLog
from gateway.audit.notes import SigningKey
from gateway.audit.places import Folder
from gateway.audit.proving import exported_lines
from gateway.audit.retention import ROWS_AT_ONCE, purge_old, purgeable_through
from gateway.audit.second_place import SecondPlace
from gateway.audit.verify import verify_log
from gateway.store.audit_tree import latest_checkpoint
from gateway.store.engine import Store
from tests.store_factories import NOW, activate, asked, disclosed, open_log

ORIGIN = "record.test/audit"
KEY = SigningKey(ORIGIN, b"k" * 32)
OTHER_KEY = SigningKey(ORIGIN, b"o" * 32)
KEYS = (KEY.verifier(),)


class Times:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def keeper_of(store: Store, clock: Times, folder: Path | None = None, **other: object) -> Keeper:
    given = {"holder": "one", "key": KEY, **other}
    place = None if folder is None else SecondPlace(Folder(folder))
    return Keeper(store=store, clock=clock, place=place, **given)  # type: ignore[arg-type]


async def write_pairs(store: Store, first: int, count: int) -> None:
    """Write row A and row B of so many decisions."""
    async with open_log(store) as log:
        for number in range(first, first + count):
            await log.append(asked(number))
            await log.append(disclosed(number))


async def begin(store: Store) -> None:
    """Activate a policy: one entry."""
    async with open_log(store) as log:
        await activate(log)


async def sign(keeper: Keeper, clock: Times) -> None:
    clock.pass_by(10)
    await keeper.keep()


async def purge_before(
    store: Store, clock: Times, before: datetime, rows_at_once: int = ROWS_AT_ONCE
) -> int:
    log = AuditLog(store, clock)
    through = await store.read(purgeable_through, before)
    event = EntriesPurged(clock(), "scr audit purge", through, before, "8 years")
    gone = await purge_old(store, log, event, rows_at_once)
    await log.aclose()
    return gone


def export(store: Store) -> list[bytes]:
    with store.checking() as reading:
        latest = latest_checkpoint(reading)
        assert latest is not None
        return list(exported_lines(reading, latest))


def check(store: Store, held: Sequence[str] = ()) -> Verdict:
    with store.checking() as reading:
        return verify_log(reading, KEYS, held)
