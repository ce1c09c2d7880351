"""Open the planning keyring with whoever holds its roots: a file, the environment, or a key service.

Shows no key. The environment's names are in docs/keys.md.
"""

import secrets
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from uuid import uuid4

from adapters.kms import KeyService
from adapters.source_client import SourceClient
from adapters.source_clients import Surroundings, open_source_client
from adapters.source_config import Auth, AuthKind, SourceConfig, SourceDialect
from gateway.core_dumps import forbid_core_dumps
from gateway.population.keys.custody import KeyCustody
from gateway.population.keys.kms_provider import KmsProvider
from gateway.population.keys.local_providers import EnvironmentProvider, FileProvider
from gateway.population.keys.names import Purpose
from gateway.population.keys.provider import CustodyError, KeyProvider

ROOT_KEY, KMS_ADDRESS, KMS_TOKEN, KMS_ROOT = (
    "SCR_KEYS_ROOT",
    "SCR_KMS_ADDRESS",
    "SCR_KMS_TOKEN",
    "SCR_KMS_ROOT_",
)
_KMS_SECONDS = 10.0


class Held(StrEnum):
    """Who holds the roots that keys are wrapped under."""

    FILE = "file"
    ENVIRONMENT = "environment"
    KMS = "kms"


@dataclass(frozen=True, slots=True)
class KeyringPlace:
    """Where a keyring is, and who holds its roots; without a file of roots, it is beside the keyring."""

    keyring: Path
    roots: Held = Held.FILE
    root_file: Path | None = None

    @property
    def file_of_roots(self) -> Path:
        """Give where the roots are, if they are in a file."""
        return self.root_file or self.keyring.with_name(f"{self.keyring.name}.roots")


@asynccontextmanager
async def open_custody(
    place: KeyringPlace, environment: Mapping[str, str], now: Callable[[], datetime]
) -> AsyncIterator[KeyCustody]:
    """Open a keyring, and close the connection to the key service after it.

    Raises CustodyError when the environment lacks what it must have, SourceConfigError.
    """
    forbid_core_dumps()
    client = _key_service(environment, now) if place.roots is Held.KMS else None
    try:
        provider = _provider(place, environment, client)
        yield KeyCustody(place.keyring, provider, now, secrets.token_bytes)
    finally:
        if client is not None:
            await client.aclose()


def _provider(
    place: KeyringPlace, environment: Mapping[str, str], client: SourceClient | None
) -> KeyProvider:
    if client is not None:
        named = {each: environment.get(KMS_ROOT + each.name) for each in Purpose}
        found = {each: root for each, root in named.items() if root}
        return KmsProvider(KeyService(client), found)
    if place.roots is Held.ENVIRONMENT:
        return EnvironmentProvider.reading(_in(environment, ROOT_KEY), secrets.token_bytes)
    return FileProvider(place.file_of_roots, secrets.token_bytes)


def _key_service(environment: Mapping[str, str], now: Callable[[], datetime]) -> SourceClient:
    address, token = _in(environment, KMS_ADDRESS), _in(environment, KMS_TOKEN)
    auth = Auth(AuthKind.BEARER, secret=token)
    config = SourceConfig("kms", SourceDialect.FHIR_R4, address, "", _KMS_SECONDS, auth=auth)
    return open_source_client(config, Surroundings(now, uuid4, time.monotonic))


def _in(environment: Mapping[str, str], called: str) -> str:
    found = environment.get(called)
    if not found:
        raise CustodyError(f"The environment has no {called}.")
    return found
