"""Open the clients and adapters of the configured sources.

Holds no rule of access. The one place where a source's kind chooses its adapter.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from adapters.ambulance import ambulance_adapter
from adapters.contract import ContactSource, DemographicsSource, SourceAdapter, Stage
from adapters.demographics import PdsAdapter
from adapters.fhir_documents import FhirDocuments
from adapters.fhir_r4 import FhirR4Adapter
from adapters.gp_connect import GpDirectory
from adapters.gp_headers import GpConsumer, GpEndpoint
from adapters.gp_london import GpLondonAdapter
from adapters.hospital import hospital_adapter
from adapters.source_client import SourceClient
from adapters.source_clients import Surroundings, open_source_client
from adapters.source_config import (
    DEADLINE_SECONDS,
    SourceConfig,
    SourceDialect,
    TlsFiles,
)
from fhir_profiles.vocabulary import Category
from gateway.bulk_sources import auth_of
from gateway.patient.directory import KnownSource, Pilot, SourceDirectory
from gateway.settings import GpEndpointSettings, Settings, SourceSettings
from gateway.version import VERSION


@dataclass(frozen=True, slots=True)
class Sources:
    """Every open source: the directory for views, PDS, and the probes by organisation. Close when done."""

    directory: SourceDirectory
    demographics: DemographicsSource
    contacts: Mapping[str, ContactSource]
    closers: tuple[Callable[[], Awaitable[None]], ...] = field(default=(), repr=False)

    async def aclose(self) -> None:
        """Close every connection."""
        for close in self.closers:
            await close()


def open_sources(settings: Settings, surroundings: Surroundings) -> Sources:
    """Open every configured source; connections are made when first needed."""
    opening = _Opening(settings, surroundings)
    known = tuple(opening.open(source) for source in settings.source if source.kind != "pds")
    pds = next(source for source in settings.source if source.kind == "pds")
    return Sources(
        directory=SourceDirectory(known),
        demographics=opening.open_pds(pds),
        contacts=opening.contacts,
        closers=tuple(opening.closers),
    )


class _Opening:
    """One pass over the configured sources."""

    def __init__(self, settings: Settings, surroundings: Surroundings) -> None:
        self._settings = settings
        self._surroundings = surroundings
        self.contacts: dict[str, ContactSource] = {}
        self.closers: list[Callable[[], Awaitable[None]]] = []

    def open_pds(self, source: SourceSettings) -> DemographicsSource:
        return PdsAdapter(self._client(config_of(source)))

    def open(self, source: SourceSettings) -> KnownSource:
        if source.kind == "gp-connect":
            practices = self._practices(source)
            known = self._known(source, frozenset(Category), practices.adapter_for)
            return replace(known, documents_for=practices.documents_for)
        if source.kind == "gp-london":
            london = GpLondonAdapter(self._client(config_of(source)))
            return self._known(source, frozenset(Category), _always(london))
        client = self._client(config_of(source))
        adapter, documents = self._r4(source, client), FhirDocuments(client)
        if source.organisation is not None:
            self.contacts[source.organisation] = adapter
        known = self._known(source, frozenset(Category), _always(adapter))
        return replace(known, documents_for=lambda _practice: documents)

    def _known(
        self,
        source: SourceSettings,
        supplies: frozenset[Category],
        adapter_for: Callable[[str | None], SourceAdapter],
    ) -> KnownSource:
        stage = Stage(source.stage)
        known = KnownSource(source.id, source.organisation, stage, supplies, adapter_for)
        return replace(known, pilot=pilot_of(source))

    def _r4(self, source: SourceSettings, client: SourceClient) -> FhirR4Adapter:
        monotonic = self._surroundings.monotonic
        if source.kind == "ambulance-r4":
            return ambulance_adapter(client, monotonic)
        return hospital_adapter(client, monotonic)

    def _practices(self, source: SourceSettings) -> GpDirectory:
        endpoints = {row.practice: endpoint_of(row) for row in self._settings.gp_endpoint}
        directory = GpDirectory(
            source.id,
            endpoints,
            consumer_of(self._settings),
            lambda endpoint: open_source_client(
                config_of(source, endpoint.reached_through(self._settings.spine_proxy)),
                self._surroundings,
            ),
            self._surroundings.now,
        )
        self.closers.append(directory.aclose)
        return directory

    def _client(self, config: SourceConfig) -> SourceClient:
        client = open_source_client(config, self._surroundings)
        self.closers.append(client.aclose)
        return client


def pilot_of(source: SourceSettings) -> Pilot:
    """Turn the settings of a pilot into whom the source is for."""
    return Pilot(_named(source.pilot_roles), _named(source.pilot_organisations))


def _named(words: Iterable[str] | None) -> frozenset[str] | None:
    return None if words is None else frozenset(words)


def _always(adapter: SourceAdapter) -> Callable[[str | None], SourceAdapter]:
    return lambda _practice: adapter


def config_of(source: SourceSettings, base_url: str | None = None) -> SourceConfig:
    """Turn one source's settings into its client's configuration, with the defaults of its dialect."""
    dialect = SourceDialect(source.kind)
    return SourceConfig(
        id=source.id,
        dialect=dialect,
        base_url=base_url or source.base_url,
        organisation=source.organisation or "",
        deadline_seconds=source.deadline_seconds or DEADLINE_SECONDS[dialect],
        stage=Stage(source.stage),
        auth=auth_of(source.auth),
        tls=TlsFiles(
            client_certificate=source.auth.certificate_file, client_key=source.auth.private_key_file
        ),
    )


def endpoint_of(row: GpEndpointSettings) -> GpEndpoint:
    """Turn the settings of one practice's endpoint into what its adapter takes."""
    return GpEndpoint(row.base_url, row.asid, row.documents_base_url)


def consumer_of(settings: Settings) -> GpConsumer:
    """Say who the gateway is to GP practices."""
    return GpConsumer(
        issuer=settings.base_url,
        asids={row.code: row.asid for row in settings.organisation if row.asid is not None},
        device_system=f"{settings.base_url}/Id/device",
        device_value="shared-care-record",
        device_model="Shared care record",
        device_version=VERSION,
        local_user_system=f"{settings.base_url}/Id/user",
    )
