"""Build the application of each simulated source, and of the demo's identity provider.

Opens no port. The one importer of the simulators' own `create_app`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import assert_never

from joserfc.jwk import ECKey, KeySet
from starlette.types import ASGIApp

from adapters.simulators import ambulance, gp, gp_london, hospital, identity_provider, pds
from adapters.simulators.client_assertions import MachineClient
from adapters.simulators.demo_users import (
    DEMO_USERS,
    PLANNER_CLIENT,
    PLANNER_MACHINE,
    USERS_WITH_SEVERAL_ROLES,
    DemoUser,
)
from adapters.simulators.faults import Faults
from adapters.simulators.identity_provider import IdentitySettings
from adapters.simulators.published import ambulance as published_ambulance
from adapters.simulators.published import gp as published_gp
from adapters.simulators.published import hospital as published_hospital
from adapters.simulators.published.people import World, open_world
from adapters.simulators.published.samples import NoSamplesError, samples_in
from adapters.simulators.truth import Cohort
from gateway.demo.smart import SYSTEM_SCOPES, demo_apps, patient_finder
from gateway.errors import UnavailableError
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
    GP_LONDON = "gp-london"
    PLANNING = "planning"


IN_THE_DEMO: tuple[Simulated, ...] = tuple(
    kind for kind in Simulated if kind is not Simulated.GP_LONDON
)
"""What the demo runs: practices by GP Connect, so not London's own service to the same records."""


@dataclass(frozen=True, slots=True)
class Provider:
    """What the identity provider must know: its own address, the gateway's, and everybody's password.

    `client_keys` are the public keys of the demo's applications and machines; `gateway_from_here` is where the
    provider reaches the gateway, if that is not where browsers do. `staff` are those who make the demo's traffic.
    """

    issuer: str
    gateway: str
    password: str = field(repr=False)
    client_keys: KeySet = field(default_factory=lambda: KeySet([]))
    gateway_from_here: str | None = None
    staff: Mapping[str, DemoUser] = field(default_factory=dict)


def source_app(kind: Simulated, cohort: Cohort) -> ASGIApp:
    """Make a simulated source.

    Raises ValueError for the identity provider, which is not one, and for bulk sources, which have other people.
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
        case Simulated.GP_LONDON:
            return gp_london.create_app(cohort, faults, now=now)
        case Simulated.IDENTITY:
            raise ValueError("The identity provider is no source: use identity_app.")
        case Simulated.PLANNING:
            raise ValueError("Bulk sources tell of another population: use planning_app.")
        case unreachable:
            assert_never(unreachable)


def published_world(folder: Path | None, environment: Mapping[str, str]) -> World:
    """Open the published records in a folder, else where SCR_SAMPLE_DATA says, else beside the project.

    Raises UnavailableError when they are not there.
    """
    try:
        return open_world(samples_in(folder, environment), now())
    except NoSamplesError as missing:
        raise UnavailableError(str(missing)) from missing


def published_app(kind: Simulated, world: World) -> ASGIApp:
    """Make a simulated source of published records.

    Raises ValueError for what nothing was published for.
    """
    faults = Faults()
    match kind:
        case Simulated.PDS:
            return pds.create_app(world.cohort, faults)
        case Simulated.GP:
            return published_gp.create_app(world, faults, now=now)
        case Simulated.HOSPITAL:
            return published_hospital.create_app(world, faults)
        case Simulated.AMBULANCE:
            return published_ambulance.create_app(world, faults)
        case _:
            raise ValueError(f"No records are published for {kind}.")


def identity_app(provider: Provider) -> ASGIApp:
    """Make the identity provider, with a new signing key."""
    settings = IdentitySettings(
        issuer=provider.issuer,
        audience=provider.gateway,
        signing_key=ECKey.generate_key("P-256"),
        password=provider.password,
        users={**DEMO_USERS, **USERS_WITH_SEVERAL_ROLES},
        web_clients={WEB_CLIENT: frozenset({provider.gateway + CALLBACK_PATH})},
        machine_clients=_machines(provider.client_keys),
        smart_apps=demo_apps(provider.client_keys),
        fhir_base=f"{provider.gateway}/fhir",
        find_patient=patient_finder(provider.gateway_from_here or provider.gateway),
        unlisted=provider.staff,
    )
    return identity_provider.create_app(settings, now=now)


def _machines(public_keys: KeySet) -> Mapping[str, MachineClient]:
    planner = MachineClient(PLANNER_CLIENT, public_keys, PLANNER_MACHINE, frozenset(SYSTEM_SCOPES))
    return {PLANNER_CLIENT: planner}
