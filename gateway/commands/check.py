"""`scr check`: whether a deployment's settings are right, and whether everything that they name answers.

Asks nothing about anybody: of a source it asks for its description, and for a person who does not exist.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from gateway.access.agreements import is_renewal_due
from gateway.audit_feed import Receiver
from gateway.commands.check_planning import planning_looks
from gateway.commands.source_check import (
    Chosen,
    number_in,
    practice_on_trial,
    report,
    source_on_trial,
)
from gateway.commands.speaking import (
    FAILED,
    MISUNDERSTOOD,
    AsJson,
    ConfigPath,
    answer_json,
    fail,
    settings_from,
)
from gateway.errors import SharedCareRecordError, UnavailableError
from gateway.issuer_keys import key_fetcher, usable_keys
from gateway.keys import KeyFileError, read_keys
from gateway.policy.active import ActivePolicies
from gateway.settings import (
    AuditFeedSettings,
    IssuerSettings,
    Settings,
    SettingsError,
    job_roles_of,
)
from gateway.source_report.trials import OnTrial, first_trials, problems_in
from gateway.store.agreements import agreements
from gateway.store.engine import open_store
from gateway.store.migrate import is_current
from gateway.wiring import now

# A ValueError is credentials or settings of a source that cannot be used; its message never holds a secret.
_FAULTS = (SharedCareRecordError, KeyFileError, OSError, ValueError)

SourceId = Annotated[
    str | None, typer.Option("--source", help="Try one source out, and report in full.")
]
PracticeCode = Annotated[
    str | None, typer.Option("--practice", help="Which practice, where the source has several.")
]
NumberFile = Annotated[
    Path | None,
    typer.Option(
        "--number-file",
        help="File with the NHS number of a test person; - reads it from standard input.",
    ),
]


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, whether it is as it must be, and what was seen."""

    what: str
    is_fine: bool
    saw: str


def check(
    *,
    config: ConfigPath = None,
    source: SourceId = None,
    practice: PracticeCode = None,
    number_file: NumberFile = None,
    as_json: AsJson = False,
) -> None:
    """Check settings, keys, database, policy, agreements, identity providers, audit feed, planning, sources; list every fault.

    With --source: try that source out for whoever connects it. What it declares, whom it lets in, how it
    refuses, how fast it is and, with the number of a test person, what it gives of them; each problem with
    its remedy. The number goes to the source alone; it is never an argument, because others see those.

    Ends with 0 if all is as it must be, else 1.

    Examples:

      scr check --config scr.toml

      scr check --source hospital --number-file test-person.txt

      echo 9991234567 | scr check --source gp --practice F84004 --number-file - --json
    """
    if source is not None:
        number = None if number_file is None else number_in(number_file)
        report(settings_from(config), Chosen(source, practice, number), as_json=as_json)
        return
    if practice is not None or number_file is not None:
        fail("--practice and --number-file go with --source.", MISUNDERSTOOD)
    _check_all(config, as_json=as_json)


def _check_all(config: Path | None, *, as_json: bool) -> None:
    try:
        found = asyncio.run(findings(settings_from(config)))
    except SettingsError as fault:
        _head, *faults = str(fault).splitlines() or [""]
        found = [Finding("settings", is_fine=False, saw=each) for each in faults or [_head]]
    if as_json:
        answer_json([asdict(each) for each in found])
    else:
        for each in found:
            typer.echo(f"{'ok   ' if each.is_fine else 'FAULT'}  {each.what}: {each.saw}")
    if not all(each.is_fine for each in found):
        raise typer.Exit(FAILED)


async def findings(settings: Settings) -> list[Finding]:
    """Look at everything that the settings name, all at once."""
    looking = [_found(what, look) for what, look in _looks(settings)]
    return [Finding("settings", is_fine=True, saw="readable"), *await asyncio.gather(*looking)]


async def _found(what: str, look: Callable[[], Awaitable[str]]) -> Finding:
    try:
        return Finding(what, is_fine=True, saw=await look())
    except _FAULTS as fault:
        return Finding(what, is_fine=False, saw=str(fault))


def _looks(settings: Settings) -> Iterator[tuple[str, Callable[[], Awaitable[str]]]]:
    yield "keys", partial(_keys, settings)
    yield "database", partial(_database, settings)
    yield "policy", partial(_policy, settings)
    yield "job roles", partial(_job_roles, settings)
    yield "agreements", partial(_agreements, settings)
    for issuer in settings.issuer:
        yield f"identity provider {issuer.issuer}", partial(_issuer, issuer)
    if settings.audit_feed is not None:
        yield "audit feed", partial(_receiver, settings.audit_feed)
    yield from planning_looks(settings)
    for what, open_source in _endpoints(settings):
        yield what, partial(_source, open_source)


def _endpoints(settings: Settings) -> Iterator[tuple[str, Callable[[], OnTrial]]]:
    for source in settings.source:
        if source.kind == "gp-connect":
            for row in settings.gp_endpoint:
                what = f"source {source.id}, practice {row.practice}"
                yield what, partial(practice_on_trial, settings, source, row)
        else:
            yield f"source {source.id}", partial(source_on_trial, settings, source)


async def _keys(settings: Settings) -> str:
    read_keys(settings.key_file)
    return "a key for every purpose"


async def _database(settings: Settings) -> str:
    if not await asyncio.to_thread(is_current, settings.database_url):
        raise UnavailableError("not of this version: run `scr db upgrade`")
    return "of this version"


async def _policy(settings: Settings) -> str:
    store = open_store(settings.database_url)
    try:
        return f"version {(await ActivePolicies(store).active()).version} is active"
    finally:
        store.close()


async def _job_roles(settings: Settings) -> str:
    changes = job_roles_of(settings).changes
    if not changes:
        return "as built in"
    told = ", ".join(each.written for each in changes)
    return f"{len(changes)} differ from the built-in table: {told}"


async def _agreements(settings: Settings) -> str:
    store, at = open_store(settings.database_url), now()
    try:
        found = await store.read(agreements)
    finally:
        store.close()
    holding = [each for each in found if each.terms.starts_at <= at < each.terms.ends_at]
    if not holding:
        raise UnavailableError("none is in force, so nothing is shown: `scr agreement add`")
    due = [each.terms.id for each in found if is_renewal_due(each.terms, each.review_at, at)]
    told = f"; to be renewed or reviewed: {', '.join(due)}" if due else ""
    return f"{len(holding)} in force{told}"


async def _issuer(issuer: IssuerSettings) -> str:
    count = len(usable_keys(await key_fetcher(issuer.jwks_url)()))
    if count == 0:
        raise UnavailableError("gives no usable signing key")
    return f"{count} usable signing keys"


async def _receiver(feed: AuditFeedSettings) -> str:
    receiver = Receiver(feed.config)
    try:
        if not await receiver.answers():
            raise UnavailableError("the receiver does not describe itself; it was sent nothing")
    finally:
        await receiver.aclose()
    return "the receiver answers"


async def _source(open_source: Callable[[], OnTrial]) -> str:
    source = open_source()
    try:
        seen = [each async for each in first_trials(source)]
    finally:
        await source.questioner.aclose()
    told = "; ".join(f"{each.trial}: {each.saw}" for each in seen)
    if problems_in(seen):
        raise UnavailableError(
            f"{told}. `scr check --source {source.questioner.config.id}` says more"
        )
    return told
