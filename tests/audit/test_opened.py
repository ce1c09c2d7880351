"""How much was opened: counted from the rows of one reader about one person, in a time, under one basis."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from gateway.audit.log import AuditLog
from gateway.audit.opened import Opening, opened_by
from gateway.store.engine import Store
from tests.store_factories import NOW, activate, asked, disclosed

HOUR = timedelta(hours=1)
GRANT = UUID(int=99)
WHOLE = Opening("p" * 36, "u1", NOW - HOUR, NOW + HOUR)


async def readings(log: AuditLog) -> None:
    await activate(log)
    await log.append(asked(1, details={"grant": str(GRANT)}))
    await log.append(asked(2, relationship="self_claimed"))
    await log.append(asked(3, relationship="referral"))
    for number in (1, 1, 2, 3):
        await log.append(disclosed(number))
    await log.append(disclosed(1, patient="q" * 36))


@pytest.mark.parametrize(
    ("changes", "count"),
    [
        ({"grant": GRANT}, 4),
        ({"grant": UUID(int=98)}, None),
        ({"decision_id": UUID(int=3)}, 2),
        ({"every_decision": True}, 8),
        ({}, 2),
        ({"grant": GRANT, "user_id": "u2"}, None),
        ({"grant": GRANT, "patient": "r" * 36}, None),
        ({"grant": GRANT, "since": NOW + HOUR / 2}, None),
        ({"grant": GRANT, "until": NOW}, None),
    ],
)
async def test_what_was_opened_is_counted_by_its_basis(
    store: Store, log: AuditLog, changes: dict[str, object], count: int | None
) -> None:
    await readings(log)

    found = await store.read(opened_by, replace(WHOLE, **changes))  # type: ignore[arg-type]

    assert found == ({} if count is None else {"medications": count})
