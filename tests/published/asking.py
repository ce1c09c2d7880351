"""Ask one published source over HTTP, by the adapter that the service asks it by."""

import asyncio
from uuid import UUID, uuid4

from adapters.ambulance import ambulance_adapter
from adapters.contract import SourceAdapter, SourceAnswer, SourceRequest
from adapters.gp_connect import GpConnectAdapter
from adapters.gp_headers import GpEndpoint
from adapters.hospital import hospital_adapter
from adapters.source_clients import Surroundings, open_source_client
from adapters.source_config import SourceConfig, SourceDialect
from fhir_profiles.nhs_number import NhsNumber
from fhir_profiles.vocabulary import Category
from gateway.wiring import now
from tests.adapters.gp_practice import CALLER, CONSUMER
from tests.london import London


async def asked(london: London, source: str, number: NhsNumber, below: str = "") -> SourceAnswer:
    """Ask one of the published sources over HTTP by its own adapter."""
    dialect, path = {
        "gp": (SourceDialect.GP_CONNECT, ""),
        "hospital": (SourceDialect.FHIR_R4, "/fhir"),
        "ambulance": (SourceDialect.AMBULANCE_R4, "/fhir"),
    }[source]
    url = london.addresses[source] + below + path
    if source == "gp":
        url, asid = london.practices["F84004"]
    config = SourceConfig(source, dialect, url, "RRV", 60.0)
    monotonic = asyncio.get_running_loop().time
    client = open_source_client(config, Surroundings(now, uuid4, monotonic))
    adapter: SourceAdapter
    match source:
        case "gp":
            adapter = GpConnectAdapter(client, GpEndpoint(url, asid), CONSUMER, now, source)
        case "hospital":
            adapter = hospital_adapter(client, monotonic)
        case _:
            adapter = ambulance_adapter(client, monotonic)
    try:
        return await adapter.ask(SourceRequest(number, CALLER, frozenset(Category), UUID(int=1)))
    finally:
        await client.aclose()
