"""`scr check`: whether a deployment's settings are right, and whether everything that they name answers.

Asks nothing about anybody: sources are asked for their own description, and any answer counts as one.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from http import HTTPStatus

import typer

from adapters.limits import Allowance, ByteBudget
from adapters.source_config import SourceConfig, SourceConfigError
from adapters.transport import Call, Transport, Unfetched
from gateway.commands.speaking import FAILED, AsJson, ConfigPath, answer_json, settings_from
from gateway.errors import SharedCareRecordError, UnavailableError
from gateway.issuer_keys import key_fetcher, usable_keys
from gateway.keys import KeyFileError, read_keys
from gateway.policy.active import ActivePolicies
from gateway.settings import IssuerSettings, Settings, SettingsError
from gateway.sources import config_of
from gateway.store.dialects import UnsupportedDatabaseError
from gateway.store.engine import open_store
from gateway.store.migrate import is_current

_DESCRIPTION_BYTES = 16 * 1024 * 1024

_FAULTS = (
    SharedCareRecordError,
    SourceConfigError,
    UnsupportedDatabaseError,
    KeyFileError,
    OSError,
)


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, whether it is as it must be, and what was seen."""

    what: str
    is_fine: bool
    saw: str


def check(*, config: ConfigPath = None, as_json: AsJson = False) -> None:
    """Check settings, keys, database, policy, identity providers and sources; list every fault.

    Ends with 0 if all is as it must be, else 1.

    Examples:

      scr check --config scr.toml

      scr check --config .scr/scr.toml --json
    """
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
    for issuer in settings.issuer:
        yield f"identity provider {issuer.issuer}", partial(_issuer, issuer)
    for what, config in _endpoints(settings):
        yield what, partial(_source, config)


def _endpoints(settings: Settings) -> Iterator[tuple[str, Callable[[], SourceConfig]]]:
    for source in settings.source:
        if source.kind == "gp-connect":
            for row in settings.gp_endpoint:
                yield (
                    f"source {source.id}, practice {row.practice}",
                    partial(config_of, source, row.base_url),
                )
        else:
            yield f"source {source.id}", partial(config_of, source)


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


async def _issuer(issuer: IssuerSettings) -> str:
    count = len(usable_keys(await key_fetcher(issuer.jwks_url)()))
    if count == 0:
        raise UnavailableError("gives no usable signing key")
    return f"{count} usable signing keys"


async def _source(config_of_source: Callable[[], SourceConfig]) -> str:
    config = config_of_source()
    transport = Transport(config)
    ends_at = asyncio.get_running_loop().time() + config.deadline_seconds
    try:
        answer = await transport.fetch(
            Call(f"{config.base_url.rstrip('/')}/metadata"),
            Allowance(ends_at, ByteBudget(_DESCRIPTION_BYTES)),
        )
    finally:
        await transport.aclose()
    if isinstance(answer, Unfetched):
        raise UnavailableError(f"does not answer: {answer.reason}")
    if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise UnavailableError(f"answers with status {answer.status}")
    return f"answers (status {answer.status})"
