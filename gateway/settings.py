"""Read the deployment's settings from `scr.toml` and the environment, and list every fault at once.

Does not connect to anything. Environment variables have the prefix `SCR_` and win over the file; a secret
may be given as `SCR_NAME_FILE`, a path to a file that holds it.
"""

import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any, Self

from pydantic import (
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)

from gateway.caller_settings import IssuerSettings as IssuerSettings
from gateway.caller_settings import JobRoleSettings as JobRoleSettings
from gateway.caller_settings import OrganisationSettings as OrganisationSettings
from gateway.feed_settings import AuditFeedSettings as AuditFeedSettings
from gateway.opt_out_settings import OptOutCheckSettings as OptOutCheckSettings
from gateway.population_settings import BulkClientSettings as BulkClientSettings
from gateway.population_settings import BulkSourceSettings as BulkSourceSettings
from gateway.population_settings import PlanningParts
from gateway.population_settings import PopulationSettings as PopulationSettings
from gateway.source_settings import AuthSettings as AuthSettings
from gateway.source_settings import GpEndpointSettings as GpEndpointSettings
from gateway.source_settings import SourceSettings as SourceSettings
from gateway.witness_settings import WitnessSettings as WitnessSettings
from rbac.job_roles import JobRoles, job_roles

PREFIX = "SCR_"
_PARTS = (
    "audit_feed",
    "audit_witness",
    "source",
    "issuer",
    "organisation",
    "gp_endpoint",
    "job_role",
    "opt_out_check",
    "population",
    "bulk_client",
    "bulk_source",
)

_METRICS_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""Ours to set, not a setting: prometheus_client reads it when a worker starts."""


class SettingsError(ValueError):
    """List every fault of the settings, one a line; never shows a value."""


class Profile(StrEnum):
    """Whether demo conveniences exist."""

    PRODUCTION = "production"
    DEMO = "demo"


class Settings(PlanningParts):
    """Everything that a deployment decides."""

    profile: Profile = Field(
        Profile.PRODUCTION, description="`demo` opens demo conveniences, loudly."
    )
    base_url: str = Field(
        pattern=r"^https?://[^\s?#]+[^/\s]$",
        description="Public address of the service; links start with it.",
    )
    allowed_hosts: tuple[str, ...] = Field((), description="Further Host values that are answered.")
    database_url: str = Field(
        description="SQLAlchemy address: sqlite:///… or postgresql+psycopg://…"
    )
    database_role: str | None = Field(
        None,
        min_length=1,
        max_length=63,
        description="PostgreSQL role that the service runs as; `scr db upgrade`, run as the tables' owner, gives it its"
        " rights: of the audit it can change and delete nothing.",
    )
    vault_database_url: str | None = Field(
        None,
        description="SQLAlchemy address of the linkage vault, under a role of its own; by default there is no vault here.",
    )
    vault_database_role: str | None = Field(
        None,
        min_length=1,
        max_length=63,
        description="PostgreSQL role of the linkage vault; `scr db upgrade` gives it rights on the vault's table alone.",
    )
    key_file: Path = Field(description="Keys made by `scr keys init`.")
    overall_seconds: float = Field(
        10.0, gt=0, le=60, description="Longest that a view waits for sources."
    )
    stop_seconds: int = Field(
        8,
        ge=1,
        le=120,
        description="Longest that requests under way are waited for when told to stop; then they are cut off.",
    )
    judged_views: int = Field(
        8, ge=0, le=1000, description="Views that may wait to be judged at a time; 0 judges none."
    )
    self_claims_a_day: int = Field(
        10,
        ge=0,
        le=1000,
        description="Relationships that one user may claim by their own word in 24 hours; 0 allows none. Judgement:"
        " an out-of-hours shift's new patients, and few enough that a privacy officer reads each.",
    )
    metrics_token: SecretStr | None = Field(
        None,
        min_length=16,
        description="Bearer token that `/metrics` is told for; without one, nobody is told.",
    )
    refusals_every_ms: int = Field(
        25,
        ge=0,
        le=1000,
        description="Refusals (403, 404) are sent at a multiple of this after the request came, so that their time tells"
        " nothing of whom or what there is; 0 sends them at once. Judgement: longer than nearly every refusal takes.",
    )
    audit_origin: str | None = Field(
        None,
        pattern=r"^[^\s+]{1,200}$",
        description="Name of the audit's log in its checkpoints, for good (but after a loss: backup.md); by default the host of `base_url` and `/audit`.",
    )
    audit_checkpoint_folder: Path | None = Field(
        None,
        description="Folder in which signed checkpoints are held a second time; outside the database's machine and its"
        " administrators' reach.",
    )
    audit_witness: WitnessSettings | None = Field(
        None, description="Who countersigns the audit's checkpoints."
    )
    audit_feed: AuditFeedSettings | None = Field(
        None, description="Receiver of the audit as FHIR AuditEvents."
    )
    spine_proxy: str | None = Field(
        None,
        pattern=r"^https?://[^\s?#]+$",
        description="Spine Secure Proxy; GP Connect endpoints are reached through it.",
    )
    source: tuple[SourceSettings, ...] = Field(
        (), validate_default=True, description="The sources."
    )
    gp_endpoint: tuple[GpEndpointSettings, ...] = Field(
        (), description="Endpoints of GP practices."
    )
    issuer: tuple[IssuerSettings, ...] = Field((), description="The OpenID providers.")
    organisation: tuple[OrganisationSettings, ...] = Field(
        (), description="Organisations that may call."
    )

    job_role: tuple[JobRoleSettings, ...] = Field(
        (), description="Job roles that mean something else here than in the built-in table."
    )

    @field_validator("allowed_hosts", mode="before")
    @classmethod
    def _hosts_in_one_variable(cls, hosts: object) -> object:
        return [host.strip() for host in hosts.split(",")] if isinstance(hosts, str) else hosts

    @model_validator(mode="after")
    def _nothing_is_said_twice(self) -> Self:
        # Of two rows about one thing the last would silently decide, for an organisation even what it may see.
        told: Mapping[str, Sequence[object]] = {
            "organisation codes": [row.code for row in self.organisation],
            "gp_endpoint practices": [row.practice for row in self.gp_endpoint],
            "job_role codes": [(row.organisation_kind, row.code) for row in self.job_role],
            "ids of issuers to sign in with": [
                row.id or "default" for row in self.issuer if row.client_id
            ],
            "issuers": [row.issuer for row in self.issuer],
            "subjects of issuers": [row.subjects for row in self.issuer],
        }
        twice = [name for name, each in told.items() if len(set(each)) != len(each)]
        if twice:
            raise ValueError(f"{', '.join(twice)} must differ")
        return self

    @model_validator(mode="after")
    def _vault_is_another_roles(self) -> Self:
        if self.vault_database_role and self.vault_database_role == self.database_role:
            raise ValueError("vault_database_role: the vault's role is not the service's")
        return self

    @model_validator(mode="after")
    def _pilots_are_of_those_who_may_call(self) -> Self:
        callers = {row.code for row in self.organisation}
        elsewhere = [row.id for row in self.source if set(row.pilot_organisations or ()) - callers]
        if elsewhere:
            raise ValueError(
                f"source {', '.join(elsewhere)}: pilot_organisations must be organisations that may call"
            )
        return self

    @model_validator(mode="after")
    def _issuers_speak_for_those_who_may_call(self) -> Self:
        callers = {row.code for row in self.organisation}
        elsewhere = [row.issuer for row in self.issuer if set(row.organisations or ()) - callers]
        if elsewhere:
            raise ValueError(
                f"issuer {', '.join(elsewhere)}: organisations must be organisations that may call"
            )
        return self

    @field_validator("source")
    @classmethod
    def _ids_are_distinct(cls, sources: tuple[SourceSettings, ...]) -> tuple[SourceSettings, ...]:
        ids = [source.id for source in sources]
        if len(set(ids)) != len(ids):
            raise ValueError("source ids must differ")
        if sum(source.kind == "pds" for source in sources) != 1:
            raise ValueError("exactly one source must be of kind pds")
        return sources


def read_settings(path: Path | None, environment: Mapping[str, str]) -> Settings:
    """Read the file, then let the environment win.

    Raises SettingsError listing every fault.
    """
    document = {} if path is None else _read_toml(path)
    document.update(_from_environment(environment))
    try:
        return Settings.model_validate(document)
    except ValidationError as fault:
        raise SettingsError(_told(fault)) from fault


def job_roles_of(settings: Settings) -> JobRoles:
    """Give what every job role code means in this deployment."""
    return job_roles(row.change for row in settings.job_role)


def process_environment() -> Mapping[str, str]:
    """Give the process's environment: only this module reads it."""
    return os.environ


def share_metrics_in(folder: Path) -> None:
    """Have the worker processes that start from now on count into files of one folder."""
    os.environ[_METRICS_FOLDER] = str(folder)


def shared_metrics_folder() -> Path | None:
    """Give the folder that workers count into; None in a process that counts by itself."""
    named = os.environ.get(_METRICS_FOLDER)
    return Path(named) if named else None


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(_text_of(path))
    except tomllib.TOMLDecodeError as fault:
        raise SettingsError(f"{path} is no TOML{_place_in(fault)}.") from fault


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as fault:
        raise SettingsError(f"{path} cannot be read: {fault.strerror}.") from fault
    except UnicodeDecodeError as fault:
        raise SettingsError(f"{path} cannot be read: it is not UTF-8.") from fault


def _place_in(fault: tomllib.TOMLDecodeError) -> str:
    # The rest of the message may quote a value, and that may be a secret.
    place = re.search(r"\(at line \d+, column \d+\)", str(fault))
    return f" {place.group()}" if place else ""


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in Settings.model_fields:
        if name in _PARTS:
            continue
        variable = PREFIX + name.upper()
        if f"{variable}_FILE" in environment:
            found[name] = _text_of(Path(environment[f"{variable}_FILE"])).strip()
        elif variable in environment:
            found[name] = environment[variable]
    return found


def _told(fault: ValidationError) -> str:
    # Only where and what kind: the value itself may be a secret.
    lines = [f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in fault.errors()]
    return "The settings have faults:\n" + "\n".join(lines)
