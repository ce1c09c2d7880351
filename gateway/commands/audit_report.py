"""`scr audit report`: print who has used a person's record, as the officer whose access token is given.

The same use case as the page's and the API's, on record like them. No number is ever among the arguments of a
command: those are kept in histories and shown to everybody on the machine.
"""

import sys
from collections.abc import Mapping
from pathlib import Path

import orjson
import typer

from fhir_profiles.nhs_number import InvalidNhsNumberError, NhsNumber
from gateway.audit.canonical import escaped
from gateway.audit.proving import ProvenEntry
from gateway.audit.statement import said_at
from gateway.audit.statement_text import text_of
from gateway.commands.as_person import TokenFile, as_person
from gateway.commands.speaking import MISUNDERSTOOD, AsJson, ConfigPath, fail
from gateway.identity import Principal
from gateway.patient.find import Finder
from gateway.patient.statement_telling import told_statement
from gateway.patient.statements import PatientStatement
from gateway.wiring import Services, new_id
from rbac.types import Purpose


def report(token_file: TokenFile, *, config: ConfigPath = None, as_json: AsJson = False) -> None:
    """Print who has used a person's record; the NHS number is read from standard input, or asked for.

    Examples:

      scr audit report --token-file token > statement.txt

      scr audit report --token-file token --json < number
    """
    made, proofs = _made(config, token_file, _number(token_file))
    if not as_json:
        typer.echo(_headed(made))
        return
    told = told_statement(made, proofs)
    typer.echo(orjson.dumps(told, option=orjson.OPT_INDENT_2 | orjson.OPT_UTC_Z))


def _made(
    config: Path | None, token_file: str, number: NhsNumber
) -> tuple[PatientStatement, Mapping[int, ProvenEntry]]:
    async def act(
        services: Services, principal: Principal, purpose: Purpose | None
    ) -> tuple[PatientStatement, Mapping[int, ProvenEntry]]:
        finder, statements = Finder(principal, purpose, str(new_id())), services.statements
        # First named, as on the page: who may not know whose it is, finds nobody by number.
        subject = await statements.find(finder, number)
        made = await statements.of(finder, subject.patient_id)
        return made, await statements.proven(made)

    return as_person(config, token_file, act)


def _number(token_file: str) -> NhsNumber:
    if token_file == "-":  # noqa: S105 - a file's name
        fail("Standard input is for the NHS number: give a file with the token.", MISUNDERSTOOD)
    is_asked = sys.stdin.isatty()
    text = typer.prompt("NHS number", hide_input=True, err=True) if is_asked else sys.stdin.read()
    try:
        return NhsNumber.parse(text.strip())
    except InvalidNhsNumberError:
        fail("That is no NHS number of 10 digits.", MISUNDERSTOOD)


def _headed(made: PatientStatement) -> str:
    person = made.subject.person
    names = () if person is None else (*person.given_names, person.family_name)
    number = () if person is None else (f"NHS number {person.nhs_number.grouped}",)
    # PDS's words: on a terminal a control character would do more than stand there.
    told = (escaped(" ".join(names)), *number, f"Made on {said_at(made.made_at)}")
    return f"{'. '.join(filter(None, told))}.\n\n{text_of(made.statement)}"
