"""Name the settings that say who may call: OpenID providers, and organisations with their kinds.

Checks no token. Part of `gateway/settings.py`.
"""

from typing import Literal, Self

from pydantic import Field, model_validator

from gateway.settings_part import Part
from gateway.smart_settings import SmartSettings
from rbac.job_roles import JobRoleChange, fault_of
from rbac.roles import Role
from rbac.types import OrganisationKind

HIGH_ASSURANCE = 3
"""CIS2's level for clinical data, of identity and of authentication; 2 is its least for planners' tools."""


class IssuerSettings(Part):
    """One OpenID provider whose tokens are taken."""

    issuer: str = Field(description="Exact `iss` of its tokens.")
    audience: str = Field(description="Exact `aud` that tokens for this service carry.")
    jwks_url: str = Field(description="Where its signing keys are.")
    algorithms: tuple[Literal["ES256", "RS256", "EdDSA"], ...] = Field(
        ("ES256", "RS256"), description="Signature algorithms that are taken, pinned."
    )
    clients: tuple[str, ...] = Field(
        (),
        description="Only clients whose access tokens are taken (`client_id` or `azp`). Where it is left out any"
        " client's is, if made for this service alone; one made for others as well needs a client listed here.",
    )
    least_assurance: int = Field(
        HIGH_ASSURANCE,
        ge=0,
        le=HIGH_ASSURANCE,
        description="Least level that both `id_assurance_level` and `authentication_assurance_level` must claim;"
        " 2 is enough for planners and researchers in any case. 0 asks for none: for machines alone.",
    )
    subjects: str | None = Field(
        None,
        pattern=r"^[a-z][a-z0-9-]{0,19}$",
        description="Word before its subjects here, as in `word:subject`, wherever a user is named: two providers may"
        " give one subject to two people. Of several providers one may go without.",
    )
    organisations: tuple[str, ...] | None = Field(
        None,
        min_length=1,
        description="ODS codes of the organisations whose staff it knows; left out, it speaks for all of them.",
    )
    client_id: str | None = Field(None, description="Client id of the sign-in page there.")
    id: str | None = Field(
        None,
        pattern=r"^[a-z][a-z0-9-]{0,19}$",
        description="Short name in our addresses, for which the provider's way back is registered:"
        " `/sign-in/callback/{id}`, or `/sign-in/callback` without one. One provider of the sign-in page may go without.",
    )
    name: str | None = Field(
        None, max_length=100, description="What people call it, where they choose between several."
    )
    authorize_url: str | None = Field(
        None, description="Authorization endpoint for the sign-in page."
    )
    token_url: str | None = Field(None, description="Token endpoint for the sign-in page.")
    smart_scopes: Literal["required", "honoured"] = Field(
        "required",
        description="Whether tokens without SMART scopes open no record, or (as CIS2's) all that their role may see.",
    )
    smart: SmartSettings = Field(
        SmartSettings(), description="What it does for SMART applications."
    )


class JobRoleSettings(Part):
    """One job role that means something else here than in the built-in table."""

    code: str = Field(pattern=r"^R[0-9]{4}$", description="SDS job role code.")
    organisation_kind: OrganisationKind = Field(description="At which kind of organisation.")
    role: Role | Literal["none"] = Field(
        description="Role that it gives there, one that the built-in table gives at this kind of organisation;"
        " `none` takes access away. Roles that govern are never given or taken so."
    )

    @model_validator(mode="after")
    def _may_be_laid(self) -> Self:
        fault = fault_of(self.change)
        if fault is not None:
            raise ValueError(fault)
        return self

    @property
    def change(self) -> JobRoleChange:
        """Give the row as the role policy knows it."""
        role = None if self.role == "none" else self.role
        return JobRoleChange(self.code, self.organisation_kind, role)


class OrganisationSettings(Part):
    """One organisation whose staff may call."""

    code: str = Field(pattern=r"^[A-Z0-9]{3,10}$", description="ODS code.")
    kind: OrganisationKind = Field(description="Kind of organisation, as the role policy knows it.")
    name: str = Field(description="Name as people know it.")
    asid: str | None = Field(
        None,
        pattern=r"^[0-9]{12}$",
        description="Its accredited system id; GP Connect is asked in its name.",
    )
    asks_permission: tuple[Role | Literal["every-role"], ...] = Field(
        (),
        description="Roles there (or `every-role`) that record what the person answered, when asked whether their record"
        " may be viewed, before they open it in direct care. Nobody is asked in an emergency.",
    )
