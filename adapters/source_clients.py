"""Build the client of a source from its configuration.

Opens no connection yet. Clock, ids and monotonic time are passed in; `gateway/wiring.py` owns them.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never
from uuid import UUID

from adapters.credentials import (
    AssertionForm,
    Credentials,
    FixedCredentials,
    SecretForm,
    TokenCredentials,
    TokenForm,
    bearer,
)
from adapters.source_client import SourceClient
from adapters.source_config import AuthKind, SourceConfig
from adapters.transport import Transport


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a client may not make itself: UTC wall clock, random ids, monotonic seconds."""

    now: Callable[[], datetime]
    new_id: Callable[[], UUID]
    monotonic: Callable[[], float]


def open_source_client(config: SourceConfig, surroundings: Surroundings) -> SourceClient:
    """Build the client of one source; close it with `aclose`.

    Raises ValueError when credentials are configured that cannot be used.
    """
    return SourceClient(
        config,
        Transport(config),
        _credentials_for(config, surroundings),
        surroundings.new_id,
        surroundings.monotonic,
        surroundings.now,
    )


def _credentials_for(config: SourceConfig, surroundings: Surroundings) -> Credentials:
    auth = config.auth
    match auth.kind:
        case AuthKind.NONE | AuthKind.MTLS | AuthKind.SPINE_JWT:
            return FixedCredentials()
        case AuthKind.BEARER:
            return FixedCredentials(bearer(auth.secret))
        case AuthKind.CLIENT_CREDENTIALS:
            return _token_credentials(config, SecretForm(auth), surroundings)
        case AuthKind.PRIVATE_KEY_JWT:
            form = AssertionForm(auth, surroundings.now, surroundings.new_id)
            return _token_credentials(config, form, surroundings)
        case _:
            assert_never(auth.kind)


def _token_credentials(
    config: SourceConfig, form: TokenForm, surroundings: Surroundings
) -> TokenCredentials:
    # A transport of its own: pinned to the token endpoint, so neither host sees the other's secrets.
    token_config = replace(config, base_url=config.auth.token_url)
    return TokenCredentials(
        config.auth.token_url, Transport(token_config), form, surroundings.monotonic
    )
