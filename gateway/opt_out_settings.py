"""Say where the National Data Opt-out check is asked, through which MESH mailbox, and for how long its list is used.

Connects to nothing. Part of `gateway/settings.py`.
"""

from pathlib import Path
from typing import Self

from pydantic import Field, SecretStr, model_validator

from adapters.source_config import Auth, AuthKind, Caps, SourceConfig, SourceDialect, TlsFiles
from gateway.settings_part import Part

_MOST_BYTES = 100_000_000
"""MESH sends what is larger than about this in chunks, and those are not taken."""

_NAMED = r"^[A-Za-z0-9._-]{1,100}$"


class OptOutCheckSettings(Part):
    """The National Data Opt-out check, asked through a MESH mailbox by `scr optout check`; what is live is told at onboarding."""

    base_url: str = Field(
        pattern=r"^https?://[^\s?#]+$",
        description="MESH server; its addresses begin with this, before `/messageexchange`.",
    )
    mailbox: str = Field(pattern=_NAMED, description="Our mailbox.")
    password: SecretStr = Field(min_length=1, description="Password of our mailbox.")
    shared_key: SecretStr = Field(
        min_length=1, description="Key that all of one MESH environment share."
    )
    certificate_file: Path | None = Field(
        None, description="Client certificate for mutual TLS, which MESH asks for."
    )
    private_key_file: Path | None = Field(None, description="Key of the client certificate.")
    trusted_roots_file: Path | None = Field(
        None, description="Certificates to trust instead of the system's."
    )
    check_mailbox: str = Field(pattern=_NAMED, description="The check's mailbox.")
    workflow: str = Field(
        pattern=_NAMED,
        description="Workflow of request and answer; public sources name `SPINE_NTT_UPHOLDING`.",
    )
    days: int = Field(
        7,
        ge=1,
        le=7,
        description="How long a list may be used, from before it was asked for; never longer than NHS England says.",
    )
    deadline_seconds: float = Field(
        120.0, gt=0, le=600, description="Total time for one call; a list may have sixty megabytes."
    )
    pause_seconds: float = Field(
        60.0, gt=0, le=600, description="Pause between two looks into our mailbox."
    )
    looks: int = Field(
        120, ge=1, le=1440, description="How often it is looked into before there is no list."
    )

    @model_validator(mode="after")
    def _certificate_is_whole(self) -> Self:
        if (self.certificate_file is None) != (self.private_key_file is None):
            raise ValueError("certificate_file and private_key_file go together")
        return self

    @property
    def config(self) -> SourceConfig:
        """Give how the MESH server is reached.

        Raises SourceConfigError when numbers would go to another machine in clear.
        """
        return SourceConfig(
            id="opt-out-check",
            dialect=SourceDialect.FHIR_R4,
            base_url=self.base_url,
            organisation="",
            deadline_seconds=self.deadline_seconds,
            caps=Caps(decoded_bytes=_MOST_BYTES),
            auth=Auth(AuthKind.MTLS),
            tls=TlsFiles(self.trusted_roots_file, self.certificate_file, self.private_key_file),
        )
