"""Do one act of a command as the person whose access token is given, by the same use cases as the API's.

Decides nothing: the token says who acts, in which role, and the use case whether they may.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from gateway.commands.speaking import MISUNDERSTOOD, fail, settings_from
from gateway.errors import BadRequestError
from gateway.identity import Principal
from gateway.settings import Settings
from gateway.wiring import Services, open_services
from rbac.types import Purpose

T = TypeVar("T")

TokenFile = Annotated[
    str,
    typer.Option("--token-file", help="A file with your access token; - reads standard input."),
]

Act = Callable[[Services, Principal, Purpose | None], Awaitable[T]]


def as_person(config: Path | None, token_file: str, act: Act[T]) -> T:
    """Do the act and give what came of it.

    Raises what the act raises; a request that is not understood ends the command.
    """
    settings, token = settings_from(config), _token(token_file)
    try:
        return asyncio.run(_acted(settings, token, act))
    except BadRequestError as fault:
        fail(str(fault), MISUNDERSTOOD)


async def _acted(settings: Settings, token: str, act: Act[T]) -> T:
    services = open_services(settings)
    try:
        # Compiled first, as a worker does at its start: within a decision there is no time for it.
        await services.policies.active()
        principal = await services.verifier.principal(token)
        held = Purpose.HSYSADMIN in principal.purposes
        return await act(services, principal, Purpose.HSYSADMIN if held else None)
    finally:
        await services.aclose()


def _token(file: str) -> str:
    text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
    return text.strip()
