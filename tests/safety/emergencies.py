"""Break the glass over HTTP, and read what is kept of it."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx2
from sqlalchemy import select

from gateway.app import create_app
from gateway.store.privacy_alerts import PrivacyAlert, open_privacy_alerts
from gateway.store.sessions import Reading
from gateway.store.tables import break_glass_grant, relationship
from gateway.wiring import Services, now
from tests.london import PASSWORD
from tests.safety.siege import rows
from tests.stack import Bundle, Stack

BREAK_GLASS = "/access/break-glass"
ETREAT = {"Purpose-Of-Use": "ETREAT"}
BTG = {"Purpose-Of-Use": "BTG"}
REASON = "Found unconscious in the street"
NO_RELATIONSHIP = "other-practice"
"""A person with whom the hospital and the practice of the demo's users have nothing to do."""


def plea(**changes: Any) -> dict[str, Any]:
    usual = {
        "step": "ETREAT",
        "reason_code": "risk-to-life",
        "reason": REASON,
        **changes,
    }
    return {name: value for name, value in usual.items() if value is not None}


async def breaks(stack: Stack, user: str, name: str, **changes: Any) -> httpx2.Response:
    """Break the glass about a showcase person; what is given as None is left out."""
    return await stack.send(user, BREAK_GLASS, plea(patient=stack.patient(name), **changes))


async def broken(stack: Stack, user: str, name: str, **changes: Any) -> Mapping[str, Any]:
    """Break the glass about a showcase person, which must succeed."""
    answer = await breaks(stack, user, name, **changes)
    assert answer.status_code == 201, answer.text
    told: Mapping[str, Any] = answer.json()
    return told


async def everything(stack: Stack, user: str, name: str, **headers: str) -> Bundle:
    path = f"/fhir/Patient/{stack.patient(name)}/$everything"
    return Bundle(await stack.get(user, path, **headers))


async def refusal(stack: Stack, user: str, name: str, **headers: str) -> tuple[int, str]:
    """Give the status of a refused reading, of which nothing was told, and the reason on record."""
    answer = await everything(stack, user, name, **headers)
    assert answer.body["resourceType"] == "OperationOutcome"
    last = (await rows(stack, "asked"))[-1]
    disclosed = [each["decision_id"] for each in await rows(stack, "disclosed")]
    assert last["decision_id"] not in disclosed
    return answer.status, last["reason"]


async def alerts(stack: Stack) -> tuple[PrivacyAlert, ...]:
    return await stack.services.store.read(open_privacy_alerts, 100)


async def kept(stack: Stack) -> tuple[int, int, int, int]:
    """Count what breaking the glass leaves: grants, relationships it founded, alerts, audit entries of it."""

    def count(reading: Reading) -> tuple[int, int]:
        grants = reading.connection.execute(select(break_glass_grant.c.id)).all()
        founded = select(relationship.c.id).where(relationship.c.source == "break-glass")
        return len(grants), len(reading.connection.execute(founded).all())

    counted = await stack.services.store.read(count)
    return (*counted, len(await alerts(stack)), len(await rows(stack, "glass-broken")))


NOTHING = (0, 0, 0, 0)


def at_later(services: Services, **time: float) -> Services:
    """Give the same service with the clocks of access moved on; tokens are checked by the real one."""

    def later() -> Any:
        return now() + timedelta(**time)

    registry = replace(services.records.access.registry, clock=later)  # type: ignore[type-var]
    access = replace(services.records.access, clock=later, registry=registry, grants=registry)
    records = replace(services.records, access=access)
    glass = replace(services.emergencies.access, access=access)
    emergencies = replace(services.emergencies, access=glass, clock=later)
    return replace(services, records=records, emergencies=emergencies)


@asynccontextmanager
async def as_served(stack: Stack, services: Services) -> AsyncIterator[Stack]:
    """Serve other services as the same stack."""
    transport = httpx2.ASGITransport(app=stack.access.of(create_app(services)))
    async with httpx2.AsyncClient(
        transport=transport, base_url="http://gateway.test", trust_env=False
    ) as client:
        yield replace(stack, services=services, client=client)


async def another_session(stack: Stack, user: str) -> str:
    """Sign somebody in once more, and give the name by which that session is used."""
    async with httpx2.AsyncClient(trust_env=False) as client:
        answer = await client.post(
            f"{stack.london.addresses['identity']}/token",
            data={"grant_type": "password", "username": user, "password": PASSWORD},
        )
    stack.tokens[f"{user} again"] = answer.json()["access_token"]
    return f"{user} again"
