"""Every adapter on its simulated source over real HTTP: what the one contract suite runs over."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID, uuid4

import uvicorn
from starlette.applications import Starlette

from adapters.ambulance import ambulance_adapter
from adapters.contract import Outcome, SourceAdapter, SourceRequest, TraceOutcome
from adapters.demographics import PdsAdapter
from adapters.gp_connect import GpConnectAdapter
from adapters.gp_headers import GpEndpoint
from adapters.gp_london import GpLondonAdapter
from adapters.hospital import hospital_adapter
from adapters.simulators import ambulance, gp, gp_london, hospital, pds
from adapters.simulators.cohort import make_cohort
from adapters.simulators.faults import Faults
from adapters.simulators.gp_token import provider_asid
from adapters.simulators.truth import Cohort
from adapters.source_client import SourceClient
from adapters.source_clients import Surroundings, open_source_client
from adapters.source_config import Caps, SourceConfig, SourceDialect
from fhir_profiles.nhs_number import NhsNumber
from fhir_profiles.vocabulary import Category
from tests.adapters.gp_practice import CALLER, CONSUMER

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
COHORT = make_cohort(people=30)
PERSON = COHORT.showcases["everything"]
STRANGER = NhsNumber("9990000018")


@dataclass(frozen=True)
class Said:
    """What an adapter said, in the words that all adapters share."""

    outcome: Outcome
    bodies: tuple[bytes, ...] = ()


Ask = Callable[[NhsNumber], Awaitable[Said]]


@dataclass(frozen=True)
class UnderContract:
    """One adapter: how its simulator is made, where its base is, how it is asked."""

    make_app: Callable[[Cohort, Faults], Starlette]
    dialect: SourceDialect
    base_path: str
    ask_with: Callable[[SourceClient], Ask]


@dataclass
class Running:
    """A simulated source that listens."""

    kind: UnderContract
    url: str
    faults: Faults = field(default_factory=Faults)

    @contextlib.asynccontextmanager
    async def asking(self, deadline: float = 30.0) -> AsyncIterator[Ask]:
        config = SourceConfig(
            "source",
            self.kind.dialect,
            f"{self.url}{self.kind.base_path}",
            "RRV",
            deadline,
            caps=Caps(decoded_bytes=2 * 1024 * 1024),
        )
        client = open_source_client(config, surroundings())
        try:
            yield self.kind.ask_with(client)
        finally:
            await client.aclose()


def surroundings() -> Surroundings:
    return Surroundings(lambda: NOW, uuid4, lambda: asyncio.get_running_loop().time())


def _request(number: NhsNumber) -> SourceRequest:
    return SourceRequest(number, CALLER, frozenset(Category), UUID(int=1))


def _r4(build) -> Callable[[SourceClient], Ask]:
    def ask_with(client: SourceClient) -> Ask:
        return _asked(build(client, lambda: 0.0))

    return ask_with


def _gp(client: SourceClient) -> Ask:
    practice = COHORT.people[PERSON].practice
    endpoint = GpEndpoint(client.config.base_url, provider_asid(practice))
    return _asked(GpConnectAdapter(client, endpoint, CONSUMER, lambda: NOW, "gp"))


def _gp_london(client: SourceClient) -> Ask:
    return _asked(GpLondonAdapter(client))


def _asked(adapter: SourceAdapter) -> Ask:
    async def ask(number: NhsNumber) -> Said:
        answer = await adapter.ask(_request(number))
        return Said(answer.outcome, answer.bodies)

    return ask


_OUTCOME_OF_TRACE = {
    TraceOutcome.FOUND: Outcome.DATA,
    TraceOutcome.NOT_FOUND: Outcome.EMPTY,
    TraceOutcome.TOO_MANY: Outcome.REFUSED,
    TraceOutcome.UNAVAILABLE: Outcome.FAILED,
}


def _pds(client: SourceClient) -> Ask:
    adapter = PdsAdapter(client)

    async def ask(number: NhsNumber) -> Said:
        trace = await adapter.read(number)
        return Said(_OUTCOME_OF_TRACE[trace.outcome], tuple(one.body for one in trace.people))

    return ask


def _searched(make_app):
    return lambda cohort, faults: make_app(cohort, faults, declares_everything=False)


_PRACTICE_BASE = f"/{COHORT.people[PERSON].practice}/STU3/1/gpconnect/structured/fhir"
ADAPTERS = {
    "hospital": UnderContract(
        hospital.create_app, SourceDialect.FHIR_R4, "/fhir", _r4(hospital_adapter)
    ),
    "hospital by search": UnderContract(
        _searched(hospital.create_app), SourceDialect.FHIR_R4, "/fhir", _r4(hospital_adapter)
    ),
    "ambulance": UnderContract(
        ambulance.create_app, SourceDialect.AMBULANCE_R4, "/fhir", _r4(ambulance_adapter)
    ),
    "pds": UnderContract(pds.create_app, SourceDialect.PDS, "", _pds),
    "gp": UnderContract(
        lambda cohort, faults: gp.create_app(cohort, faults, now=lambda: NOW),
        SourceDialect.GP_CONNECT,
        _PRACTICE_BASE,
        _gp,
    ),
    "gp-london": UnderContract(
        lambda cohort, faults: gp_london.create_app(cohort, faults, now=lambda: NOW),
        SourceDialect.GP_LONDON,
        gp_london.BASE_PATH,
        _gp_london,
    ),
}


@contextlib.asynccontextmanager
async def running(kind: UnderContract) -> AsyncIterator[Running]:
    faults = Faults()
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(
        uvicorn.Config(kind.make_app(COHORT, faults), lifespan="off", log_config=None)
    )
    task = asyncio.create_task(server.serve(sockets=[listener]))
    # The socket listens already: a request sent now waits until the server accepts.
    try:
        yield Running(kind, f"http://127.0.0.1:{listener.getsockname()[1]}", faults)
    finally:
        server.should_exit = server.force_exit = True
        await task
        listener.close()
