"""`scr audit as-at`: print what a member of staff could have been shown at a past time, as the officer whose access
token is given.

The same use case as the API's, on record like it. A person's id is read from a file or from standard input: arguments of
a command are kept in histories and shown to everybody on the machine.
"""

import sys
from pathlib import Path
from typing import Annotated

import orjson
import typer

from gateway.commands.as_person import TokenFile, as_person
from gateway.commands.speaking import MISUNDERSTOOD, ConfigPath, fail
from gateway.errors import BadRequestError
from gateway.identity import Principal
from gateway.policy.as_at import AsAt
from gateway.policy.as_at_asking import Question, instant_in, user_in
from gateway.policy.as_at_telling import told_as_at
from gateway.policy.permitted import Asker
from gateway.wiring import Services, new_id
from rbac.types import Purpose


def as_at(
    token_file: TokenFile,
    user: Annotated[str, typer.Option(help="The subject of the member of staff's tokens.")],
    at: Annotated[str, typer.Option(help="The instant, with its time zone: 2026-03-02T09:30:00Z.")],
    patient_file: Annotated[
        Path | None, typer.Option(help="A file with the opaque id of one person.")
    ] = None,
    *,
    patient_stdin: Annotated[
        bool, typer.Option("--patient-stdin", help="Read that id from standard input.")
    ] = False,
    config: ConfigPath = None,
) -> None:
    """Print as JSON what somebody could have been shown at most at a past time, and what cannot be rebuilt.

    Examples:

      scr audit as-at --token-file token --user 555021935107 --at 2026-03-02T09:30:00Z

      scr audit as-at --token-file token --user 555021935107 --at 2026-03-02T09:30:00Z --patient-stdin < id
    """
    if patient_stdin and (patient_file is not None or token_file == "-"):  # noqa: S105 - a file's name
        fail("Only one of them can be read from standard input.", MISUNDERSTOOD)
    try:
        user, instant = user_in(user), instant_in(at)
    except BadRequestError as fault:
        fail(str(fault), MISUNDERSTOOD)
    patient = sys.stdin.read() if patient_stdin else _text_of(patient_file)
    found = _found(config, token_file, Question(user, instant, patient and patient.strip()))
    typer.echo(orjson.dumps(told_as_at(found), option=orjson.OPT_INDENT_2 | orjson.OPT_UTC_Z))


def _text_of(path: Path | None) -> str | None:
    return None if path is None else path.read_text(encoding="utf-8")


def _found(config: Path | None, token_file: str, question: Question) -> AsAt:
    async def act(services: Services, principal: Principal, purpose: Purpose | None) -> AsAt:
        return await services.audit.past.at(Asker(principal, purpose, str(new_id())), question)

    return as_person(config, token_file, act)
