"""`scr simulate bulk`: run one simulated source that gives everybody's records at once."""

from pathlib import Path
from typing import Annotated

import typer
import uvicorn

from gateway.commands.listening import listener_on
from gateway.commands.speaking import MISUNDERSTOOD, fail, progress
from gateway.demo.bulk import (
    PLANNING_PEOPLE,
    BulkKind,
    BulkOffer,
    UnreadableKeysError,
    bulk_app,
    planning_world,
    published_export,
)
from gateway.demo.invention import SEED, beginning_of_hour
from gateway.demo.simulation_process import simulator_config
from gateway.wiring import now

Kind = Annotated[BulkKind, typer.Option("--source", help="Whose part of the population it holds.")]
People = Annotated[int, typer.Option(min=1, max=500_000, help="How many people to invent.")]
SearchOnly = Annotated[
    bool, typer.Option("--search-only", help="Offer no $export, only paged search.")
]
Keys = Annotated[
    Path | None,
    typer.Option(help="Public keys (JWKS) of the client scr-pull; without them no token is asked."),
]
Data = Annotated[bool, typer.Option("--data", help="Serve a published export, no invented people.")]
Folder = Annotated[
    Path | None,
    typer.Argument(
        help="--data: the samples; else SCR_SAMPLE_DATA, else ../shared/data.", show_default=False
    ),
]


def bulk(
    folder: Folder = None,
    *,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 takes a free one.")],
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    source: Kind = BulkKind.HOSPITAL,
    seed: Annotated[int, typer.Option(help="Which people to invent.")] = SEED,
    people: People = PLANNING_PEOPLE,
    search_only: SearchOnly = False,
    client_keys: Keys = None,
    data: Data = False,
) -> None:
    """Run a simulated bulk source until Ctrl-C.

    It exports as FHIR Bulk Data Access 2.0.0 says, or with --search-only is searched page by page.
    The three sources, started with the same seed and number of people within the same hour, hold the same population.

    Examples:

      scr simulate bulk --port 8006 --source gp --people 5000

      scr simulate bulk --port 8007 --data ../shared/data --client-keys public.json
    """
    if folder is not None and not data:
        fail("A folder of records is served with --data alone.", MISUNDERSTOOD)
    with listener_on(host, port) as listener:
        at = beginning_of_hour(now())
        shelf = published_export(folder) if data else planning_world(source, seed, people, at)
        address = f"http://{host}:{listener.getsockname()[1]}"
        try:
            app = bulk_app(shelf, BulkOffer(address, not search_only, client_keys))
        except UnreadableKeysError as unreadable:
            fail(str(unreadable), MISUNDERSTOOD)
        progress(f"Simulating bulk {'export' if not search_only else 'search'} at {address}/fhir.")
        uvicorn.Server(simulator_config(app)).run(sockets=[listener])
