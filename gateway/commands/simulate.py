"""`scr simulate`: run one simulated source, or the demo's identity provider, by itself."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
import uvicorn
from starlette.types import ASGIApp

from gateway.commands.listening import listener_on
from gateway.commands.simulate_bulk import bulk
from gateway.commands.speaking import MISUNDERSTOOD, fail, progress, reason_of
from gateway.commands.traffic import traffic
from gateway.demo.invention import NAMED, PEOPLE, SEED, Invention, beginning_of_hour
from gateway.demo.simulation_process import simulator_config
from gateway.demo.simulators import (
    Provider,
    Simulated,
    identity_app,
    published_app,
    published_world,
    source_app,
)
from gateway.demo.traffic import users_in
from gateway.settings import process_environment
from gateway.wiring import now

Port = Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 takes a free one.")]
Host = Annotated[str, typer.Option(help="Address to listen on.")]
Seed = Annotated[int, typer.Option(help="Which people to invent.")]
Patients = Annotated[int, typer.Option(min=NAMED, help="How many people to invent.")]
Issuer = Annotated[str | None, typer.Option(help="identity: its address, as browsers reach it.")]
GatewayAddress = Annotated[str, typer.Option(help="identity: the gateway's, as browsers reach it.")]
Data = Annotated[bool, typer.Option("--data", help="Serve published records, not invented people.")]
DataFolder = Annotated[
    Path | None,
    typer.Argument(
        help="--data: their folder; else SCR_SAMPLE_DATA, else ../shared/data.", show_default=False
    ),
]
PasswordFile = Annotated[Path | None, typer.Option(help="identity: file of everybody's password.")]


app = typer.Typer(no_args_is_help=True)
app.command("traffic")(traffic)
app.command("bulk")(bulk)


@app.callback()
def family() -> None:
    """Run one simulated source, or the demo's identity provider; or let invented staff work.

    Sources started apart with the same seed and number of people, within the same hour, hold the same people.
    With --data a source serves published example records, each under a test NHS number of a checked-in table.
    POST /__faults with {"kind": "hang"} makes a source misbehave, DELETE /__faults ends that.

    Examples:

      scr simulate hospital --port 8003 --cohort-seed 7 --patients 50

      scr simulate gp --port 8002 --data ../shared/data

      scr simulate identity --port 8005 --password-file password

      scr simulate traffic --days 1 --snooping 0.1

      scr simulate bulk --port 8006 --source gp --people 5000
    """


def _simulating(kind: Simulated) -> Callable[..., None]:
    def run(
        folder: DataFolder = None,
        *,
        port: Port,
        data: Data = False,
        host: Host = "127.0.0.1",
        cohort_seed: Seed = SEED,
        patients: Patients = PEOPLE,
        issuer: Issuer = None,
        gateway: GatewayAddress = "http://127.0.0.1:8000",
        password_file: PasswordFile = None,
    ) -> None:
        if folder is not None and not data:
            fail("A folder of records is served with --data alone.", MISUNDERSTOOD)
        password = _password(password_file) if kind is Simulated.IDENTITY else ""
        invention = Invention(cohort_seed, patients, beginning_of_hour(now()))
        with listener_on(host, port) as listener:
            address = f"http://{host}:{listener.getsockname()[1]}"
            if kind is Simulated.IDENTITY:
                staff = users_in(invention.cohort())
                served = identity_app(Provider(issuer or address, gateway, password, staff=staff))
            else:
                served = _published(kind, folder) if data else source_app(kind, invention.cohort())
            progress(
                f"Simulating {kind} at {address}: {'published' if data else 'invented'} people."
            )
            uvicorn.Server(simulator_config(served)).run(sockets=[listener])

    run.__doc__ = f"Run the simulated {kind} until Ctrl-C."
    return run


# Each of the bulk sources is run by `bulk`.
for each in (kind for kind in Simulated if kind is not Simulated.PLANNING):
    app.command(each.value)(_simulating(each))


def _published(kind: Simulated, folder: Path | None) -> ASGIApp:
    try:
        return published_app(kind, published_world(folder, process_environment()))
    except ValueError as unpublished:
        fail(str(unpublished), MISUNDERSTOOD)


def _password(path: Path | None) -> str:
    if path is None:
        fail("The identity provider needs --password-file.", MISUNDERSTOOD)
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError as fault:
        fail(f"The password file cannot be read: {reason_of(fault)}.", MISUNDERSTOOD)
