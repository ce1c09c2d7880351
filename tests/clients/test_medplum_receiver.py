"""A FHIR server of another maker receives the audit, and has every entry of it, in its own words and by our number."""

from pathlib import Path
from typing import Any

import httpx2

from gateway.audit.balp_agents import Address
from gateway.audit.entries import last_sequence
from gateway.audit_feed import AuditFeed, Receiver
from gateway.metrics import Metrics
from gateway.settings import AuditFeedSettings
from gateway.store.audit_feed import fed_through
from gateway.wiring import now
from tests.audit.balp_rules import profiles_of
from tests.audit.receiving import number_of
from tests.clients.node import HERE
from tests.clients.test_medplum_hospital import serving
from tests.safety.emergencies import ETREAT, NO_RELATIONSHIP, broken, everything
from tests.stack import Stack

DOCTOR = "ed-consultant"


async def do_not_wait(_seconds: float) -> None:
    raise AssertionError("nothing waits here")


async def a_day_of_work(stack: Stack) -> int:
    """Do some of each; say how many entries there are then."""
    await everything(stack, DOCTOR, "everything")
    await everything(stack, DOCTOR, NO_RELATIONSHIP)
    await broken(stack, DOCTOR, NO_RELATIONSHIP)
    await everything(stack, DOCTOR, NO_RELATIONSHIP, **ETREAT)
    number = stack.london.people["everything"].digits
    await stack.post(DOCTOR, "/fhir/Patient/_search", {"identifier": number})
    return await stack.services.store.read(last_sequence)


async def fed(stack: Stack, address: str) -> int:
    """Feed a receiver once; say how far it confirmed."""
    store, receiver = stack.services.store, Receiver(AuditFeedSettings(url=address).config)
    base = Address(stack.services.settings.base_url)
    feed = AuditFeed(store, receiver, base, Metrics(), "one", now, do_not_wait)
    await feed.step()
    await receiver.aclose()
    return await store.read(fed_through, address)


async def received(address: str) -> list[dict[str, Any]]:
    async with httpx2.AsyncClient(trust_env=False) as client:
        bundle = (await client.get(f"{address}/AuditEvent?_count=1000")).json()
    return [each["resource"] for each in bundle["entry"]]


async def test_a_server_of_another_maker_takes_every_entry_and_confirms_it(
    node_packages: Path, stack: Stack
):
    assert node_packages == HERE
    last = await a_day_of_work(stack)

    async with serving([]) as server:
        confirmed = await fed(stack, f"{server}/fhir")
        events = await received(f"{server}/fhir")

    assert confirmed == last
    assert sorted(map(number_of, events)) == list(range(1, last + 1))
    named = {profile for each in events for profile in profiles_of(each)}
    assert named >= {"PatientRead", "PatientQuery", "PrivacyDisclosure.Source"}
