"""The demo identity provider under test, its clock and one machine client."""

import httpx2
import pytest
from joserfc.jwk import KeySet

from adapters.simulators.client_assertions import MachineClient
from adapters.simulators.demo_users import DEMO_USERS, PLANNER_CLIENT, PLANNER_MACHINE
from adapters.simulators.identity_provider import IdentitySettings, create_app
from tests.contract.identity_provider.asking import (
    AUDIENCE,
    CALLBACK,
    ISSUER,
    KEYS,
    PASSWORD,
    SIGNING_KEY,
    WEB,
    Clock,
)
from tests.contract.identity_provider.smart import APPS, FHIR, Gateway


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
async def client(clock):
    public = KeySet.import_key_set({"keys": [k.as_dict(private=False) for k in KEYS.values()]})
    machine = MachineClient(PLANNER_CLIENT, public, PLANNER_MACHINE, frozenset({"system/*.rs"}))
    settings = IdentitySettings(
        issuer=ISSUER,
        audience=AUDIENCE,
        signing_key=SIGNING_KEY,
        password=PASSWORD,
        users=DEMO_USERS,
        web_clients={WEB: frozenset({CALLBACK})},
        machine_clients={PLANNER_CLIENT: machine},
    )
    transport = httpx2.ASGITransport(app=create_app(settings, now=clock))
    async with httpx2.AsyncClient(transport=transport, base_url=ISSUER) as client:
        yield client


@pytest.fixture
def gateway():
    return Gateway()


@pytest.fixture
async def smart(clock, gateway):
    settings = IdentitySettings(
        issuer=ISSUER,
        audience=AUDIENCE,
        signing_key=SIGNING_KEY,
        password=PASSWORD,
        users=DEMO_USERS,
        web_clients={},
        machine_clients={},
        smart_apps=APPS,
        fhir_base=FHIR,
        find_patient=gateway.find_patient,
    )
    transport = httpx2.ASGITransport(app=create_app(settings, now=clock))
    async with httpx2.AsyncClient(transport=transport, base_url=ISSUER) as client:
        yield client
