"""Name the settings of a receiver of the audit.

Connects to nothing. Part of `gateway/settings.py`.
"""

from pathlib import Path
from typing import Self

from pydantic import Field, SecretStr, model_validator

from adapters.source_config import Auth, AuthKind, SourceConfig, SourceDialect, TlsFiles
from gateway.settings_part import Part

ANSWER_SECONDS = 20.0
"""A receiver writes a batch to disk before it answers; longer than that, it is not well."""


class AuditFeedSettings(Part):
    """A receiver that every entry of the audit is sent to as a FHIR AuditEvent; none where the part is not there."""

    url: str = Field(
        pattern=r"^https?://[^\s?#]+$",
        max_length=500,
        description="FHIR base that batches are POSTed to; https, except on this machine.",
    )
    token: SecretStr | None = Field(
        None, min_length=16, description="Bearer token that the receiver wants."
    )
    trusted_roots_file: Path | None = Field(
        None, description="Certificates to trust instead of the system's."
    )
    certificate_file: Path | None = Field(None, description="Client certificate for mutual TLS.")
    private_key_file: Path | None = Field(None, description="Key of the client certificate.")

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if (self.certificate_file is None) is not (self.private_key_file is None):
            raise ValueError("certificate_file and private_key_file belong together")
        # Says who looked at whose record: never in clear over a network, with a token or without one.
        _ = self.config
        return self

    @property
    def config(self) -> SourceConfig:
        """Give how the receiver is reached. Raises ValueError for one that is reached in clear."""
        secret = "" if self.token is None else self.token.get_secret_value()
        return SourceConfig(
            id="audit-feed",
            dialect=SourceDialect.FHIR_R4,
            base_url=self.url,
            organisation="",
            deadline_seconds=ANSWER_SECONDS,
            auth=Auth(AuthKind.BEARER, secret=secret),
            tls=TlsFiles(self.trusted_roots_file, self.certificate_file, self.private_key_file),
        )
