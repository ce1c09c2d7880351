"""Build the application of each simulated source, and of the demo's identity provider.

Opens no port. The one importer of the simulators' own `create_app`.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import assert_never

from joserfc.jwk import ECKey
from starlette.types import ASGIApp

from adapters.simulators import ambulance, gp, hospital, identity_provider, pds
from adapters.simulators.demo_users import DEMO_USERS
from adapters.simulators.faults import Faults
from adapters.simulators.identity_provider import IdentitySettings
from adapters.simulators.truth import Cohort
from gateway.sign_in_client import CALLBACK_PATH
from gateway.wiring import now

WEB_CLIENT = "scr-web"
"""The gateway's own sign-in page, as the identity provider knows it."""


class Simulated(StrEnum):
    """What can be simulated."""

    PDS = "pds"
    GP = "gp"
    HOSPITAL = "hospital"
    AMBULANCE = "ambulance"
    IDENTITY = "identity"


@dataclass(frozen=True, slots=True)
class Provider:
    """What the identity provider must know: its own address, the gateway's, and everybody's password."""

    issuer: str
    gateway: str
    password: str = field(repr=False)


def source_app(kind: Simulated, cohort: Cohort) -> ASGIApp:
    """Make a simulated source.

    Raises ValueError for the identity provider, which is not one.
    """
    faults = Faults()
    match kind:
        case Simulated.PDS:
            return pds.create_app(cohort, faults)
        case Simulated.GP:
            return gp.create_app(cohort, faults, now=now)
        case Simulated.HOSPITAL:
            return hospital.create_app(cohort, faults)
        case Simulated.AMBULANCE:
            return ambulance.create_app(cohort, faults)
        case Simulated.IDENTITY:
            raise ValueError("The identity provider is no source: use identity_app.")
        case unreachable:
            assert_never(unreachable)


def identity_app(provider: Provider) -> ASGIApp:
    """Make the identity provider, with a new signing key."""
    settings = IdentitySettings(
        issuer=provider.issuer,
        audience=provider.gateway,
        signing_key=ECKey.generate_key("P-256"),
        password=provider.password,
        users=DEMO_USERS,
        web_clients={WEB_CLIENT: frozenset({provider.gateway + CALLBACK_PATH})},
        machine_clients={},
    )
    return identity_provider.create_app(settings, now=now)
