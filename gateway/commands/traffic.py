"""`scr simulate traffic`: let invented staff open records, a few of them without reason, and keep which.

For demos alone. Days are sent at once: what the radar finds by the clock cannot be seen of it (docs/radar.md).
"""

from pathlib import Path
from typing import Annotated

import httpx2
import typer

from gateway.commands.speaking import MISUNDERSTOOD, fail, progress
from gateway.demo.invention import NAMED, PEOPLE, SEED, Invention, beginning_of_hour
from gateway.demo.traffic import Places, Wanted, send, traffic_in, write_truth
from gateway.wiring import now

Address = Annotated[str, typer.Option(help="Address of the gateway.")]
Identity = Annotated[str, typer.Option(help="Address of the demo's identity provider.")]
PasswordFile = Annotated[Path, typer.Option(help="File of everybody's password.")]
Seed = Annotated[int, typer.Option(help="Which traffic to invent.")]
Days = Annotated[int, typer.Option(min=1, max=28, help="How many days of it.")]
Snooping = Annotated[float, typer.Option(min=0, max=0.5, help="Share of visits that is snooping.")]
Truth = Annotated[Path, typer.Option(help="Where to write which requests are snooping.")]
CohortSeed = Annotated[int, typer.Option(help="Which people the demo invented.")]
Patients = Annotated[int, typer.Option(min=NAMED, help="How many people the demo invented.")]


def traffic(
    *,
    base_url: Address = "http://127.0.0.1:8000",
    identity: Identity = "http://127.0.0.1:8005",
    password_file: PasswordFile = Path(".scr/password"),
    seed: Seed = 1,
    days: Days = 1,
    snooping: Snooping = 0.02,
    truth: Truth = Path("traffic-truth.jsonl"),
    cohort_seed: CohortSeed = SEED,
    patients: Patients = PEOPLE,
) -> None:
    """Let a demo's invented staff open records as on some days of work, with a stated share of snooping.

    All is sent at once: nobody seems to be out of hours, and each refused attempt looks like a slip. Who is who is found.

    Examples:

      scr simulate traffic --days 1 --snooping 0.1

      scr audit radar --config .scr/scr.toml
    """
    invention = Invention(cohort_seed, patients, beginning_of_hour(now()))
    cohort, password = invention.cohort(), _password(password_file)
    laid = traffic_in(cohort, Wanted(seed, invention.at, days, snooping))
    write_truth(laid, truth)
    progress(f"{len(laid.visits)} visits; which are snooping stands in {truth}.")
    try:
        outcome = send(laid, cohort, Places(base_url, identity, password))
    except httpx2.HTTPError as fault:
        fail(f"The traffic could not be sent: {type(fault).__name__}. Is `scr demo` running?")
    told = ", ".join(
        f"{count} × {status or 'nobody found'}" for status, count in outcome.statuses.items()
    )
    progress(f"Sent: {told}. Of the requests, {outcome.snooping} are snooping.")


def _password(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError:
        fail("The password file cannot be read: give --password-file.", MISUNDERSTOOD)
