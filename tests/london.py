"""Run the simulated London on loopback, in a thread of its own, for a whole test session.

Real sockets and real HTTP between gateway and sources; one cohort, built for the current time.
"""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

import uvicorn
from joserfc.jwk import ECKey
from starlette.types import ASGIApp

from adapters.simulators import ambulance, gp, gp_london, hospital, identity_provider, pds
from adapters.simulators.cohort import make_cohort, showcase
from adapters.simulators.demo_users import DEMO_USERS, USERS_WITH_SEVERAL_ROLES, DemoUser
from adapters.simulators.faults import Faults
from adapters.simulators.gp_token import provider_asid
from adapters.simulators.identity_provider import IdentitySettings
from adapters.simulators.people import ORGANISATIONS
from adapters.simulators.truth import Cohort
from fhir_profiles.nhs_number import NhsNumber
from gateway.wiring import now

SOURCES = ("pds", "gp", "hospital", "ambulance")
AUDIENCE = "https://shared-care-record.test"
PASSWORD = "only-for-tests"


@dataclass(frozen=True)
class London:
    """Addresses of the running simulators, what they hold, and the faults that may be set on each."""

    cohort: Cohort
    people: dict[str, NhsNumber]
    addresses: dict[str, str]
    faults: dict[str, Faults] = field(default_factory=dict)
    signing_key: ECKey | None = None

    @property
    def practices(self) -> dict[str, tuple[str, str]]:
        """Give each practice's GP Connect base and ASID."""
        base = self.addresses["gp"]
        return {
            code: (f"{base}/{code}/STU3/1/gpconnect/structured/fhir", provider_asid(code))
            for code in ORGANISATIONS
            if code[0].isalpha() and code[1:].isdigit() and len(code) == 6
        }

    def clear_faults(self) -> None:
        for faults in self.faults.values():
            faults.clear()


@contextmanager
def running_london(
    cohort: Cohort | None = None,
    around: Callable[[str, ASGIApp], ASGIApp] = lambda _name, app: app,
    clock: Callable[[], datetime] = now,
    users: Mapping[str, DemoUser] = DEMO_USERS,
) -> Iterator[London]:
    """Start every simulator on a free port and stop them all at the end; `around` is put around each by its name."""
    whole = cohort or make_cohort(seed=1, people=30, reference_time=now())
    faults = {name: Faults() for name in (*SOURCES, "gp-london")}
    apps: dict[str, ASGIApp] = {
        "pds": pds.create_app(whole, faults["pds"]),
        "gp": gp.create_app(whole, faults["gp"], now=clock),
        "gp-london": gp_london.create_app(whole, faults["gp-london"], now=clock),
        "hospital": hospital.create_app(whole, faults["hospital"]),
        "ambulance": ambulance.create_app(whole, faults["ambulance"]),
    }
    watched = {name: around(name, app) for name, app in apps.items()}
    with running(watched, whole, dict(showcase(whole)), faults, clock, users) as london:
        yield london


@contextmanager
def running(
    apps: Mapping[str, ASGIApp],
    cohort: Cohort,
    people: dict[str, NhsNumber],
    faults: dict[str, Faults],
    clock: Callable[[], datetime] = now,
    users: Mapping[str, DemoUser] = DEMO_USERS,
) -> Iterator[London]:
    """Start these sources and an identity provider; `people` names those whom tests ask for."""
    sockets = {name: _free_socket() for name in (*apps, "identity")}
    addresses = {
        name: f"http://127.0.0.1:{each.getsockname()[1]}" for name, each in sockets.items()
    }
    signing_key = ECKey.generate_key("P-256")
    identity = identity_provider.create_app(
        IdentitySettings(
            issuer=addresses["identity"],
            audience=AUDIENCE,
            signing_key=signing_key,
            password=PASSWORD,
            users={**users, **USERS_WITH_SEVERAL_ROLES},
            web_clients={"scr-web": frozenset({"http://gateway.test/sign-in/callback"})},
            machine_clients={},
        ),
        now=clock,
    )
    everything = {**apps, "identity": identity}
    with _serving([(everything[name], sockets[name]) for name in everything]):
        yield London(cohort, people, addresses, faults, signing_key)


def _free_socket() -> socket.socket:
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    made.bind(("127.0.0.1", 0))
    return made


@contextmanager
def _serving(pairs: list[tuple[ASGIApp, socket.socket]]) -> Iterator[None]:
    servers = [
        uvicorn.Server(
            uvicorn.Config(app, lifespan="off", log_level="critical", timeout_graceful_shutdown=1)
        )
        for app, _socket in pairs
    ]
    thread = threading.Thread(target=asyncio.run, args=(_serve_all(servers, pairs),), daemon=True)
    thread.start()
    while not all(server.started for server in servers):
        if not thread.is_alive():
            raise RuntimeError("A simulator did not start.")
        threading.Event().wait(0.01)
    try:
        yield
    finally:
        for server in servers:
            server.should_exit = True
            server.force_exit = True
        thread.join(timeout=5)


async def _serve_all(
    servers: list[uvicorn.Server], pairs: list[tuple[ASGIApp, socket.socket]]
) -> None:
    # A server of its own would take over the signals of the test run.
    for server in servers:
        server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    await asyncio.gather(
        *(
            server._serve(sockets=[each])
            for server, (_app, each) in zip(servers, pairs, strict=True)
        )
    )
