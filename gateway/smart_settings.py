"""Describe what one OpenID provider does for SMART applications: it is told to them as it stands here.

Checks nothing at the provider. SMART App Launch 2.2, "Conformance".
"""

from typing import Literal

from pydantic import Field

from gateway.settings_part import Part

Capability = Literal[
    "launch-ehr",
    "launch-standalone",
    "authorize-post",
    "client-public",
    "client-confidential-symmetric",
    "client-confidential-asymmetric",
    "sso-openid-connect",
    "context-banner",
    "context-style",
    "context-ehr-patient",
    "context-ehr-encounter",
    "context-standalone-patient",
    "context-standalone-encounter",
    "permission-offline",
    "permission-online",
]


class SmartSettings(Part):
    """What a provider does for SMART applications, and where they reach it."""

    capabilities: tuple[Capability, ...] = Field(
        (), description="What the provider can do; none tells applications of no launch at all."
    )
    scopes: tuple[str, ...] = Field((), description="Scopes that it gives.")
    grant_types: tuple[
        Literal["authorization_code", "client_credentials", "refresh_token"], ...
    ] = Field(("authorization_code",), description="Grants that its token endpoint knows.")
    client_authentication: tuple[
        Literal["none", "private_key_jwt", "client_secret_basic", "client_secret_post"], ...
    ] = Field((), description="How clients prove themselves at its token endpoint.")
    signing_algorithms: tuple[Literal["RS384", "ES384"], ...] = Field(
        (), description="Algorithms of `private_key_jwt` there."
    )
    token_url: str | None = Field(
        None, description="Token endpoint as applications reach it; else the issuer's `token_url`."
    )
    jwks_url: str | None = Field(
        None,
        description="Its signing keys as applications reach them; else the issuer's `jwks_url`.",
    )
