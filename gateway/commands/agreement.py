"""`scr agreement`: which organisations share what with one another, for which purposes and until when.

Whoever may run this upon the database may open what organisations share: docs/decisions/0018, section 4.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, TypeVar
from unicodedata import normalize

import typer

from gateway.access.agreement_registry import AgreementRegistry, Signatures, digest_of
from gateway.access.agreements import is_renewal_due
from gateway.commands.agreement_files import read_agreement
from gateway.commands.recording import with_store
from gateway.commands.speaking import (
    MISUNDERSTOOD,
    AsJson,
    ConfigPath,
    answer_json,
    fail,
    progress,
    settings_from,
)
from gateway.settings import Settings
from gateway.store.agreement_feeds import Feed
from gateway.store.agreements import Agreement, agreements
from gateway.store.engine import open_store
from gateway.wiring import now

T = TypeVar("T")

app = typer.Typer(help="Agreements on sharing.", no_args_is_help=True)

EnteredBy = Annotated[str, typer.Option(help="Who enters it: your name or user id.")]
CheckedBy = Annotated[str, typer.Option(help="Who read it against the signed text: somebody else.")]
AgreementId = Annotated[str, typer.Argument(help="The agreement, as `list` names it.")]


@app.callback()
def family() -> None:
    """Keep the agreements on sharing: nothing is shown without one in force."""


@app.command()
def add(
    file: Annotated[Path, typer.Argument(help="The agreement, as TOML.")],
    entered_by: EnteredBy,
    checked_by: CheckedBy,
    *,
    config: ConfigPath = None,
) -> None:
    """Take an agreement in: on record, and in force from its start. It is never changed, only ended.

    The file names `id`, `parties`, `items`, `purposes`, `starts`, `ends`, `review`, `contact` and `document`; and by
    `[[feed]]` each release that it names: `dataset`, `project`, `recipient`, and `ethics` with `ethics_ends` for research.
    docs/agreements.md lists the items; docs/examples/agreement.toml is a whole file.

    Examples:

      scr agreement add london.toml --entered-by "Sam Ade" --checked-by "Kim Roy"
    """
    people = Signatures(_named(entered_by), _named(checked_by))
    if people.entered_by.casefold() == people.checked_by.casefold():
        fail("Two different people enter and check an agreement.", MISUNDERSTOOD)
    agreement = read_agreement(file, now())

    async def act(registry: AgreementRegistry) -> str:
        return await registry.add(agreement, people)

    digest = _recorded(settings_from(config), act)
    progress(f"Took in {agreement.terms.id} with {len(agreement.parties)} parties, hash {digest}.")


@app.command(name="list")
def show(*, config: ConfigPath = None, as_json: AsJson = False) -> None:
    """List agreements, with those to be renewed or reviewed.

    Examples:

      scr agreement list --config scr.toml
    """
    at = now()
    store = open_store(settings_from(config).database_url)
    try:
        found = asyncio.run(store.read(agreements))
    finally:
        store.close()
    told = [_told(each, at) for each in found]
    if as_json:
        answer_json(told)
        return
    for each in told:
        due = ", TO BE RENEWED OR REVIEWED" if each["renewal_due"] else ""
        typer.echo(
            f"{each['id']}: {each['state']}{due}; {each['starts']} to {each['ends']}, review {each['review']}; "
            f"{len(each['parties'])} parties; {', '.join(each['items'])}; for {', '.join(each['purposes'])}; "
            f"contact {each['contact']}; {each['document']}"
            + "".join(
                f"; feed {feed['dataset']} of {feed['project']} to {feed['recipient']}"
                for feed in each["feed"]
            )
        )


@app.command()
def end(
    agreement: AgreementId,
    entered_by: EnteredBy,
    on: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"], help="A day to come, from its beginning in UTC; else now."
        ),
    ] = None,
    *,
    config: ConfigPath = None,
) -> None:
    """End an agreement earlier than it says: from then on nothing is shown by it.

    Examples:

      scr agreement end london-2021 --entered-by "Sam Ade"

      scr agreement end london-2021 --entered-by "Sam Ade" --on 2027-04-01
    """
    at, person = now(), _named(entered_by)
    ends_at = at if on is None else on.replace(tzinfo=UTC)
    if ends_at < at:
        fail(
            "What was shared until now cannot be made unshared: give a day to come.", MISUNDERSTOOD
        )

    async def act(registry: AgreementRegistry) -> None:
        await registry.end(agreement, ends_at, person)

    _recorded(settings_from(config), act)
    progress(f"{agreement} ends at {ends_at.isoformat()}.")


def _named(person: str) -> str:
    """Read a person's name in one spelling; what cannot be seen, or looks alike, makes nobody else."""
    seen = "".join(each for each in normalize("NFKC", person) if each.isprintable())
    name = " ".join(seen.split())
    if not name:
        fail("Whoever enters, checks or ends an agreement is named.", MISUNDERSTOOD)
    return name


def _recorded(settings: Settings, act: Callable[[AgreementRegistry], Awaitable[T]]) -> T:
    return asyncio.run(with_store(settings, lambda _store, log: act(AgreementRegistry(log, now))))


def _told(agreement: Agreement, at: datetime) -> dict[str, Any]:
    terms = agreement.terms
    return {
        "id": terms.id,
        "state": _state(agreement, at),
        "renewal_due": is_renewal_due(terms, agreement.review_at, at),
        "starts": terms.starts_at.isoformat(),
        "ends": terms.ends_at.isoformat(),
        "review": agreement.review_at.isoformat(),
        "parties": list(agreement.parties),
        "items": sorted(terms.items),
        "purposes": sorted(terms.purposes),
        "contact": agreement.contact,
        "document": agreement.document,
        "feed": [_feed(each) for each in agreement.feeds],
        "digest": digest_of(agreement),
    }


def _feed(feed: Feed) -> dict[str, Any]:
    ends_at = None if feed.ethics_ends_at is None else feed.ethics_ends_at.isoformat()
    return {**asdict(feed), "ethics_ends_at": ends_at}


def _state(agreement: Agreement, at: datetime) -> str:
    if agreement.terms.ends_at <= at:
        return "ended"
    return "in force" if agreement.terms.starts_at <= at else "not started"
