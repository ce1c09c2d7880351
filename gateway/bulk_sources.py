"""Turn the settings of bulk sources into how each is reached.

Connects to nothing.
"""

from adapters.source_config import Auth, AuthKind, Caps, SourceConfig, SourceDialect, TlsFiles
from gateway.settings import AuthSettings, BulkSourceSettings

_MOST_PAGES = 100_000
"""Judgement: fifty million resources at 500 a page; more is taken for a source that goes round in circles."""


def bulk_config_of(source: BulkSourceSettings) -> SourceConfig:
    """Give how a bulk source is reached: plain FHIR R4, by whatever it offers."""
    given = source.auth
    return SourceConfig(
        id=source.id,
        dialect=SourceDialect.FHIR_R4,
        base_url=source.base_url,
        organisation=source.organisation,
        deadline_seconds=source.deadline_seconds,
        caps=Caps(page_size=source.page_size, pages=_MOST_PAGES),
        auth=auth_of(given),
        tls=TlsFiles(client_certificate=given.certificate_file, client_key=given.private_key_file),
    )


def auth_of(given: AuthSettings) -> Auth:
    """Give how the gateway identifies itself to a source."""
    kind = AuthKind(given.kind)
    secret = given.secret.get_secret_value() if given.secret is not None else ""
    is_key = kind is AuthKind.PRIVATE_KEY_JWT
    return Auth(
        kind=kind,
        client_id=given.client_id or "",
        token_url=given.token_url or "",
        scope=given.scope or "",
        secret="" if is_key else secret,
        private_key=secret if is_key else "",
    )
