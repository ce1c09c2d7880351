"""`scr release`: ask for releases, agree to them, give them up and take them back, as the person whose token is given."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, TypeVar
from uuid import UUID

import typer

from gateway.commands.as_person import TokenFile, as_person
from gateway.commands.speaking import ConfigPath, answer_json, progress
from gateway.identity import Principal
from gateway.policy.permitted import Asker
from gateway.population.releases.reception import Reception
from gateway.population.releases.requests import Wanted
from gateway.population.releases.telling import told_release
from gateway.settings import SettingsError
from gateway.store.releases import Release
from gateway.wiring import Services, new_id
from rbac.types import Purpose

T = TypeVar("T")

ReleaseId = Annotated[UUID, typer.Argument(help="The release, as `list` names it.")]
Why = Annotated[str, typer.Option(help="Why, in a line; no patient's details.")]

Act = Callable[[Reception, Asker], Awaitable[T]]


def request(
    dataset: Annotated[str, typer.Option(help="A declared dataset.")],
    project: Annotated[str, typer.Option(help="The project, as the agreement names it.")],
    recipient: Annotated[str, typer.Option(help="ODS code of who receives it.")],
    purpose_of_use: Annotated[Purpose, typer.Option(help="PUBHLTH, HOPERAT or HRESCH.")],
    purpose: Annotated[str, typer.Option(help="What it is for, in a line.")],
    legal_basis: Annotated[str, typer.Option(help="By which law, in a line.")],
    agreement: Annotated[str, typer.Option(help="The agreement that it rests on.")],
    ends: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="The agreement's last day.")],
    setting: Annotated[str, typer.Option(help="Where the recipient keeps and uses it.")],
    token_file: TokenFile,
    *,
    config: ConfigPath = None,
) -> None:
    """Ask for a release of a declared dataset; somebody else must approve it.

    Examples:

      scr release request --dataset violence --project safer-streets --recipient CSP1 --purpose-of-use PUBHLTH
      --purpose "Where to send patrols" --legal-basis "Crime and Disorder Act 1998, section 115"
      --agreement LDSA-7 --ends 2027-03-31 --setting "Its locked analysis room" --token-file token
    """
    wanted = Wanted(
        *(project, recipient, dataset, purpose_of_use, purpose, legal_basis, agreement),
        *(ends.replace(tzinfo=UTC).date(), setting),
    )

    async def act(reception: Reception, asker: Asker) -> Release:
        return await reception.request(asker, wanted)

    answer_json(told_release(_as_person(config, token_file, act)))


def approve(release: ReleaseId, token_file: TokenFile, *, config: ConfigPath = None) -> None:
    """Approve somebody else's request, exactly as it was made.

    Examples:

      scr release approve 6f1c9f0e-6a4b-4c58-9d0e-0c5b4b0e8f11 --token-file token
    """

    async def act(reception: Reception, asker: Asker) -> None:
        await reception.approve(asker, release)

    _as_person(config, token_file, act)
    progress("Approved. `scr release run` makes it.")


def cancel(
    release: ReleaseId, why: Why, token_file: TokenFile, *, config: ConfigPath = None
) -> None:
    """Give up a release that is not published; a job that makes it stops. The one who asked may, and an approver.

    Examples:

      scr release cancel 6f1c9f0e-6a4b-4c58-9d0e-0c5b4b0e8f11 --why "Asked twice" --token-file token
    """

    async def act(reception: Reception, asker: Asker) -> None:
        await reception.cancel(asker, release, why)

    _as_person(config, token_file, act)
    progress("Cancelled. Nothing of it is left.")


def recall(
    release: ReleaseId, why: Why, token_file: TokenFile, *, config: ConfigPath = None
) -> None:
    """Take a published release back: nobody is given it any more, and its files here are removed.

    What its recipient has already is recalled by the agreement, not by this.

    Examples:

      scr release recall 6f1c9f0e-6a4b-4c58-9d0e-0c5b4b0e8f11 --why "Wrong month" --token-file token
    """

    async def act(reception: Reception, asker: Asker) -> None:
        await reception.recall(asker, release, why)

    _as_person(config, token_file, act)
    progress("Recalled. Its files are removed; ask its recipient to destroy theirs.")


def _as_person(config: Path | None, token_file: str, act: Act[T]) -> T:
    async def acted(services: Services, principal: Principal, purpose: Purpose | None) -> T:
        if services.planning is None:
            raise SettingsError("The settings have no [population]: nothing is released.")
        asker = Asker(principal, purpose, str(new_id()))
        return await act(services.planning.releases, asker)

    return as_person(config, token_file, acted)
