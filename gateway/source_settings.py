"""Name the settings of sources: where they are, how the gateway identifies itself there, and who may see them yet.

Connects to nothing. Part of `gateway/settings.py`.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, model_validator

from gateway.settings_part import Part
from rbac.roles import Role

_TOKEN_REQUEST = ("token_url", "client_id", "secret")
_NEEDED: Mapping[str, tuple[str, ...]] = {
    "bearer": ("secret",),
    "client-credentials": _TOKEN_REQUEST,
    "private-key-jwt": _TOKEN_REQUEST,
    "mtls": ("certificate_file", "private_key_file"),
}
"""What each way of identifying ourselves cannot do without."""


class AuthSettings(Part):
    """How the gateway identifies itself to one source."""

    kind: Literal[
        "none", "spine-jwt", "client-credentials", "private-key-jwt", "bearer", "mtls"
    ] = "none"
    token_url: str | None = Field(
        None, description="Token endpoint of a client-credentials source."
    )
    client_id: str | None = Field(None, description="Client id at the token endpoint.")
    scope: str | None = Field(
        None, description="Scope to ask the token endpoint for, if it wants one."
    )
    secret: SecretStr | None = Field(
        None, description="Client secret, bearer token or private key (PEM)."
    )
    certificate_file: Path | None = Field(None, description="Client certificate for mutual TLS.")
    private_key_file: Path | None = Field(None, description="Key of the client certificate.")

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        missing = [name for name in _NEEDED.get(self.kind, ()) if getattr(self, name) is None]
        if missing:
            raise ValueError(f"{self.kind} needs {', '.join(missing)}")
        return self


class SourceSettings(Part):
    """One source of records, or PDS."""

    id: str = Field(
        pattern=r"^[a-z][a-z0-9-]{0,19}$", description="Short and stable: it names resource ids."
    )
    kind: Literal["gp-connect", "gp-london", "fhir-r4", "ambulance-r4", "pds"] = Field(
        description="Dialect of the source: `gp-connect`, `gp-london` (London's FHIR service, one for all"
        " practices; `base_url` ends in `/api/STU3`), `fhir-r4`, `ambulance-r4` or `pds`."
    )
    base_url: str = Field(pattern=r"^https?://[^\s?#]+$", description="Where the source is.")
    organisation: str | None = Field(
        None, description="ODS code of who writes there; none for GP and PDS."
    )
    deadline_seconds: float | None = Field(
        None, gt=0, le=30, description="Total time for one answer."
    )
    stage: Literal["shadow", "safety", "pilot", "open"] = Field(
        "open",
        description="How far readers see it: `shadow`, not asked for any; `safety`, asked, and allergies, alerts and"
        " medicines shown; `pilot`, for those whom the two following name, to others as if at `shadow`; `open`.",
    )
    pilot_roles: tuple[Role, ...] | None = Field(
        None,
        min_length=1,
        description="Roles that the pilot is for; with none and no organisations, for nobody.",
    )
    pilot_organisations: tuple[str, ...] | None = Field(
        None,
        min_length=1,
        description="ODS codes of organisations that the pilot is for. Where roles are named too, a reader must be of both.",
    )
    auth: AuthSettings = AuthSettings()

    @model_validator(mode="after")
    def _shows_what_is_taken(self) -> Self:
        # The Spine's token is made for a practice: London's service would be asked with no token at all.
        if self.kind == "gp-london" and self.auth.kind == "spine-jwt":
            raise ValueError("gp-london does not take a spine-jwt")
        return self

    @model_validator(mode="after")
    def _means_one_stage(self) -> Self:
        # What would be without effect is refused: somebody wrote it down because it was to have one.
        if self.kind == "pds" and self.stage != "open":
            raise ValueError("pds is no record, and has no stage")
        names_readers = self.pilot_roles is not None or self.pilot_organisations is not None
        if names_readers and self.stage != "pilot":
            raise ValueError("pilot_roles and pilot_organisations belong to the stage pilot alone")
        return self


class GpEndpointSettings(Part):
    """Where one practice's GP Connect endpoint is, as the Spine directory says."""

    practice: str = Field(description="ODS code of the practice.")
    base_url: str = Field(pattern=r"^https?://[^\s?#]+$", description="FHIR base of the practice.")
    asid: str = Field(pattern=r"^[0-9]{12}$", description="Accredited system id of the practice.")
    documents_base_url: str | None = Field(
        None,
        pattern=r"^https?://[^\s?#]+$",
        description="FHIR base of its Access Document interface, if it offers one.",
    )
