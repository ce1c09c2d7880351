"""`scr check --source`: try one configured source out and write the report.

Judges nothing itself. The test person's number is read from a file or standard input and is never printed.
"""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

import typer

from adapters.source_clients import Surroundings, open_source_client
from adapters.source_config import SourceConfig
from fhir_profiles.nhs_number import InvalidNhsNumberError, NhsNumber
from gateway.commands.speaking import FAILED, MISUNDERSTOOD, answer_json, fail, progress, reason_of
from gateway.settings import GpEndpointSettings, Profile, Settings, SourceSettings
from gateway.source_report.asking import Questioner
from gateway.source_report.gp_trials import Practice, asking_as
from gateway.source_report.seen import Seen
from gateway.source_report.trials import OnTrial, all_trials, problems_in
from gateway.source_report.written import as_document, as_text
from gateway.sources import config_of, endpoint_of
from gateway.wiring import monotonic, new_id, now

_STANDARD_INPUT = Path("-")


@dataclass(frozen=True, slots=True)
class Chosen:
    """What to try out: the source's id, the practice where it has several, and the test person."""

    source: str
    practice: str | None
    number: NhsNumber | None = field(repr=False)


def report(settings: Settings, chosen: Chosen, *, as_json: bool) -> None:
    """Try the chosen source out and tell what was seen; ends the command with 1 if there is a problem."""
    source = _opened(settings, chosen)
    seen = asyncio.run(_tried(source, chosen.number))
    if as_json:
        answer_json(as_document(source, seen))
    else:
        for line in as_text(source, seen):
            typer.echo(line)
    if problems_in(seen):
        raise typer.Exit(FAILED)


def number_in(path: Path) -> NhsNumber:
    """Read the test person's number; ends the command when there is none that is one."""
    try:
        is_piped = path == _STANDARD_INPUT
        text = typer.get_text_stream("stdin").read() if is_piped else path.read_text("utf-8")
        return NhsNumber.parse(text.strip())
    except OSError as fault:
        fail(f"The number file cannot be read: {reason_of(fault)}.", MISUNDERSTOOD)
    except (InvalidNhsNumberError, UnicodeDecodeError):
        fail("The number file must hold one NHS number and nothing else.", MISUNDERSTOOD)


def source_on_trial(settings: Settings, source: SourceSettings) -> OnTrial:
    """Open PDS, or a FHIR R4 source.

    Raises ValueError when its settings cannot be used.
    """
    return OnTrial(_questioner(config_of(source)), _is_demo(settings))


def practice_on_trial(
    settings: Settings, source: SourceSettings, row: GpEndpointSettings
) -> OnTrial:
    """Open one GP practice.

    Raises ValueError when its settings cannot be used.
    """
    endpoint = endpoint_of(row)
    consumer, caller = asking_as(settings)
    config = config_of(source, endpoint.reached_through(settings.spine_proxy))
    questioner = _questioner(config)
    practice = Practice(questioner, endpoint, consumer, caller, _surroundings())
    return OnTrial(questioner, _is_demo(settings), practice)


def _opened(settings: Settings, chosen: Chosen) -> OnTrial:
    source = next((each for each in settings.source if each.id == chosen.source), None)
    if source is None:
        known = ", ".join(each.id for each in settings.source)
        fail(
            f"There is no source {chosen.source} in the settings; there are {known}.", MISUNDERSTOOD
        )
    try:
        if source.kind == "gp-connect":
            return practice_on_trial(settings, source, _practice(settings, chosen.practice))
        return source_on_trial(settings, source)
    except ValueError as fault:
        fail(str(fault))


def _practice(settings: Settings, code: str | None) -> GpEndpointSettings:
    rows = [row for row in settings.gp_endpoint if code in {None, row.practice}]
    if len(rows) != 1:
        known = ", ".join(row.practice for row in settings.gp_endpoint) or "none"
        fail(f"Name one practice with --practice; the settings have {known}.", MISUNDERSTOOD)
    return rows[0]


async def _tried(source: OnTrial, number: NhsNumber | None) -> list[Seen]:
    seen: list[Seen] = []
    try:
        async for each in all_trials(source, number):
            progress(f"… {each.trial}")
            seen.append(each)
    finally:
        await source.questioner.aclose()
    return seen


def _questioner(config: SourceConfig) -> Questioner:
    return Questioner(open_source_client(config, _surroundings()))


def _surroundings() -> Surroundings:
    return Surroundings(now, new_id, monotonic)


def _is_demo(settings: Settings) -> bool:
    return settings.profile is Profile.DEMO
