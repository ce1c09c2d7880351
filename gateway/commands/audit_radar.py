"""`scr audit radar`: look for snooping in the last days' audit, and tell privacy officers of it.

In a process of its own: reading two weeks of audit would keep clinicians waiting in one that serves them.
"""

import asyncio
from typing import Annotated

import typer

from gateway.commands.recording import with_store
from gateway.commands.speaking import ConfigPath, progress, settings_from
from gateway.errors import UnavailableError
from gateway.patient.radar import Radar
from gateway.settings import Settings
from gateway.wiring import new_id, now

Every = Annotated[
    int | None, typer.Option(min=60, help="Look again after so many seconds, until Ctrl-C.")
]


def radar(*, every: Every = None, config: ConfigPath = None) -> None:
    """Look for snooping, and put what is found before the privacy officers, each once.

    Several may run at the same time: what one has told, no other tells.

    Examples:

      scr audit radar

      scr audit radar --every 900
    """
    settings = settings_from(config)
    if every is None:
        progress(f"{asyncio.run(_sweep(settings))} new alerts.")
        return
    asyncio.run(_keep_on(settings, every))


async def _keep_on(settings: Settings, every: int) -> None:
    while True:
        try:
            progress(f"{now():%Y-%m-%d %H:%M} UTC: {await _sweep(settings)} new alerts.")
        except UnavailableError:
            progress(f"{now():%Y-%m-%d %H:%M} UTC: the database did not answer.")
        await asyncio.sleep(every)


async def _sweep(settings: Settings) -> int:
    return await with_store(settings, lambda store, log: Radar(store, log, now, new_id).sweep())
