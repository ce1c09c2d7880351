"""`scr serve`: run the gateway alone, over the sources that its settings name."""

import asyncio
from typing import Annotated

import typer

from gateway.commands.listening import listener_on
from gateway.commands.speaking import ConfigPath, fail, progress, settings_from
from gateway.job_role_record import record_job_roles
from gateway.serving import serve as serve_until_stopped
from gateway.settings import Profile
from gateway.store.migrate import is_current


def serve(
    *,
    config: ConfigPath = None,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on.")] = 8000,
    workers: Annotated[int, typer.Option(min=1, help="How many processes.")] = 1,
) -> None:
    """Run the gateway until it is told to stop.

    The database must be of this version (scr db upgrade), the keys made (scr keys init) and a policy active
    (scr policy activate). Operators' events go to standard error, one JSON object a line.

    Examples:

      scr serve --config scr.toml

      scr serve --config scr.toml --host 0.0.0.0 --port 8000 --workers 2
    """
    settings = settings_from(config)
    if settings.profile is Profile.DEMO:
        progress("DEMO PROFILE: for invented people only.")
    if not is_current(settings.database_url):
        fail("The database is not of this version: run `scr db upgrade` first.")
    if asyncio.run(record_job_roles(settings)):
        progress("Job roles are not as they were at the last start; the change is on record.")
    with listener_on(host, port) as listener:
        has_started = serve_until_stopped(settings, listener, workers)
    if not has_started:
        fail("The gateway did not start; the line above says why.")
