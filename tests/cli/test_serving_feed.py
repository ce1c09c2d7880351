"""A gateway of its own processes feeds its audit to a receiver, and no request waits for it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
import pytest

from tests.audit.receiving import receiving
from tests.cli.gateway_process import Served, gateway_over
from tests.london import London
from tests.stack import METRICS_TOKEN, OPERATOR

PERSON = "everything"


@asynccontextmanager
async def asking(served: Served) -> AsyncIterator[httpx2.AsyncClient]:
    headers = {"Authorization": f"Bearer {served.token('gp')}"}
    async with httpx2.AsyncClient(
        base_url=served.address, headers=headers, trust_env=False, timeout=20
    ) as client:
        yield client


async def views(served: Served, client: httpx2.AsyncClient) -> int:
    """Find and view a person; the status of the view."""
    form = {"identifier": served.london.people[PERSON].digits}
    found = (await client.post("/fhir/Patient/_search", data=form)).json()
    person = found["entry"][0]["resource"]["id"]
    return (await client.get(f"/fhir/Patient/{person}/$everything")).status_code


@pytest.mark.parametrize("words", [(), ("--workers", "2")], ids=["one", "two"])
async def test_workers_send_each_entry_once_and_in_order_while_all_is_well(
    london: London, template: Path, tmp_path: Path, words: tuple[str, ...]
):
    async with receiving() as receiver:
        feed = {"url": receiver.address}
        with gateway_over(london, template, tmp_path, *words, audit_feed=feed) as served:
            async with asking(served) as client:
                assert await views(served, client) == 200
            last = len(await served.audit())
            await asyncio.wait_for(receiver.has(last), 60)

    assert receiver.numbers == list(range(1, last + 1))
    assert {each["resourceType"] for each in receiver.kept} == {"AuditEvent"}


async def test_no_request_waits_for_a_receiver_that_hangs(
    london: London, template: Path, tmp_path: Path
):
    async with receiving() as receiver:
        receiver.faults = ["hangs"]
        feed, told = {"url": receiver.address}, {"metrics_token": METRICS_TOKEN}
        with gateway_over(london, template, tmp_path, audit_feed=feed, **told) as served:
            await asyncio.wait_for(receiver.hanging.wait(), 60)
            async with asking(served) as client:
                status = await views(served, client)
                counted = await client.get("/metrics", headers=OPERATOR)

            assert (status, receiver.kept) == (200, [])
            assert not receiver.released.is_set()

    assert "\nscr_audit_feed_behind " in counted.text
    assert receiver.address not in counted.text
