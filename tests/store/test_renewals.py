"""Renewal is asked for in the log and by a count, ahead of the end."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from gateway.access.agreement_registry import AgreementRegistry, Signatures
from gateway.access.agreements import RENEWAL_ASKED_FOR
from gateway.audit.log import AuditLog
from gateway.metrics import Metrics
from gateway.renewals import LOOK_EVERY_SECONDS, Renewals
from gateway.store.agreements import Agreement
from gateway.store.engine import Store, open_store
from tests.agreed import DAY, agreed
from tests.store_factories import NOW, clock

SOON = Agreement(
    agreed("soon", ends_at=NOW + RENEWAL_ASKED_FOR), ("RRV", "RRU"), NOW + DAY, "c", "d", NOW
)
LATE = replace(SOON, terms=agreed("late", ends_at=NOW + RENEWAL_ASKED_FOR + DAY))


async def _never(_seconds: float) -> None:
    raise AssertionError("nothing waits here")


async def test_what_is_due_is_named_in_the_log_and_counted(store: Store, log: AuditLog) -> None:
    for each in (SOON, LATE):
        await AgreementRegistry(log, clock).add(each, Signatures("sam", "kim"))
    metrics = Metrics()

    with capture_logs() as lines:
        assert await Renewals(store, metrics, clock, _never).look() == 1

    assert [(line["event"], line["agreement"]) for line in lines] == [
        ("agreement-to-renew", "soon")
    ]
    assert b"scr_agreements_to_renew 1.0" in metrics.told()


async def test_a_database_that_does_not_answer_is_asked_next_time(tmp_path: Path) -> None:
    waited: list[float] = []

    async def pause(seconds: float) -> None:
        waited.append(seconds)
        if len(waited) == 2:
            raise asyncio.CancelledError

    without_tables = open_store(f"sqlite:///{tmp_path / 'new.db'}")
    with capture_logs() as lines, pytest.raises(asyncio.CancelledError):
        await Renewals(without_tables, Metrics(), clock, pause).keep_on()
    without_tables.close()

    assert [line["event"] for line in lines] == ["agreements-not-read"] * 2
    assert waited == [LOOK_EVERY_SECONDS] * 2
