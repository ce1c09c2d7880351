"""Say by which witness the audit's checkpoints are countersigned, and how it is reached."""

from pathlib import Path

from pydantic import Field

from adapters.source_config import Auth, AuthKind, SourceConfig, SourceDialect, TlsFiles
from gateway.settings_part import Part

ANSWER_SECONDS = 3.0
"""A witness looks and signs in milliseconds; the next checkpoint is ten seconds away."""


class WitnessSettings(Part):
    """A witness of the audit's log; none where the part is not there."""

    url: str = Field(
        pattern=r"^https?://[^\s?#]+[^/\s]$",
        max_length=500,
        description="Submission address of the witness. What it is sent is public, and what it answers is signed.",
    )
    key: str = Field(
        pattern=r"^[^\s+]{1,200}\+[0-9a-f]{8}\+B[A-Za-z0-9+/]{43}$",
        description="The witness's verifier key, as it publishes it.",
    )
    trusted_roots_file: Path | None = Field(
        None, description="Certificates to trust instead of the system's."
    )

    @property
    def config(self) -> SourceConfig:
        """Give how the witness is reached."""
        return SourceConfig(
            id="audit-witness",
            dialect=SourceDialect.FHIR_R4,
            base_url=self.url,
            organisation="",
            deadline_seconds=ANSWER_SECONDS,
            auth=Auth(AuthKind.NONE),
            tls=TlsFiles(self.trusted_roots_file, None, None),
        )
