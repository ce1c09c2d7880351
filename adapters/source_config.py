"""Say how one source is reached: address, time, caps, keys.

Reads no environment and no file: `gateway/settings.py` fills it, secrets resolved.
Defaults: docs/decisions/0008, section 7 (deadlines by kind); 16 MiB, 100 pages, 500 a page.
"""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlsplit

from adapters.contract import Stage


class SourceDialect(StrEnum):
    """What a source speaks."""

    GP_CONNECT = "gp-connect"
    GP_LONDON = "gp-london"
    FHIR_R4 = "fhir-r4"
    AMBULANCE_R4 = "ambulance-r4"
    HL7V2_ADT = "hl7v2-adt"
    PDS = "pds"


DEADLINE_SECONDS: Mapping[SourceDialect, float] = MappingProxyType(
    {
        SourceDialect.GP_CONNECT: 8.0,
        SourceDialect.GP_LONDON: 8.0,
        SourceDialect.FHIR_R4: 3.0,
        SourceDialect.AMBULANCE_R4: 3.0,
        SourceDialect.HL7V2_ADT: 3.0,
        SourceDialect.PDS: 2.0,
    }
)
"""Whole time of one answer, all its calls together."""


class AuthKind(StrEnum):
    """How the gateway shows a source who it is."""

    NONE = "none"
    BEARER = "bearer"
    CLIENT_CREDENTIALS = "client-credentials"
    PRIVATE_KEY_JWT = "private-key-jwt"
    MTLS = "mtls"
    SPINE_JWT = "spine-jwt"


@dataclass(frozen=True, slots=True)
class Auth:
    """Credentials of one source. `secret` is the bearer token or the client secret; keys are PEM."""

    kind: AuthKind = AuthKind.NONE
    client_id: str = ""
    token_url: str = ""
    scope: str = ""
    key_id: str = ""
    algorithm: str = "RS384"  # SMART Backend Services asks servers for RS384 or ES384.
    secret: str = field(default="", repr=False)
    private_key: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """PEM files: roots to trust instead of the system's, and our certificate where the source wants one."""

    trusted_roots: Path | None = None
    client_certificate: Path | None = None
    client_key: Path | None = None


@dataclass(frozen=True, slots=True)
class Caps:
    """Most that one source may take of us; `decoded_bytes` and `pages` are for one answer."""

    decoded_bytes: int = 16 * 1024 * 1024
    pages: int = 100
    page_size: int = 500
    # A record is about a dozen searches at once, so this is three records in flight a source.
    calls_at_once: int = 36
    # Beyond this a queue only moves the refusal past the caller's patience.
    calls_waiting: int = 200


class SourceConfigError(ValueError):
    """Say that a source's configuration cannot be used; the message never holds a secret."""


@dataclass(frozen=True, slots=True)
class SourceConfig:
    """One source.

    Raises SourceConfigError when `base_url` is not plain http(s), or sends credentials in clear
    to another machine.
    """

    id: str
    dialect: SourceDialect
    base_url: str
    organisation: str
    deadline_seconds: float
    stage: Stage = Stage.OPEN
    auth: Auth = Auth()
    tls: TlsFiles = TlsFiles()
    caps: Caps = Caps()

    def __post_init__(self) -> None:
        _refuse_unusable_url(self.id, self.base_url)
        if self.deadline_seconds <= 0:
            raise SourceConfigError(f"Source {self.id}: deadline_seconds must be above 0.")
        if self.auth.kind is not AuthKind.NONE and _is_clear_and_remote(self.base_url):
            raise SourceConfigError(f"Source {self.id}: credentials need https.")


def _refuse_unusable_url(source_id: str, url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise SourceConfigError(f"Source {source_id}: base_url must be http or https with a host.")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise SourceConfigError(
            f"Source {source_id}: base_url must hold no user, query or fragment."
        )


def _is_clear_and_remote(url: str) -> bool:
    parts = urlsplit(url)
    if parts.scheme == "https" or parts.hostname == "localhost":
        return False
    try:
        return not ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return True
