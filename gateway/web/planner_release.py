"""Serve one release: what was asked for, what has become of it, its manifest, report and files, and what may be done.

Holds no rule: every answer comes from the reception of releases, recorded before it leaves. Buttons are for those who may, and
whoever presses one is decided about anew.
"""

import asyncio
from collections.abc import Mapping
from uuid import UUID

import msgspec
from starlette.responses import RedirectResponse, Response

from gateway.access.holds import may_review
from gateway.access.permit import Reviewing
from gateway.errors import BadRequestError, UnavailableError
from gateway.population.release_order import ReleaseManifest
from gateway.population.releases.folders import MANIFEST
from gateway.population.releases.reception import is_reviewer
from gateway.population.releases.requests import read_why
from gateway.population.releases.states import MAY_FOLLOW, Move
from gateway.population.releases.verifying import AlteredReleaseError
from gateway.store.releases import Release
from gateway.web.forms import read_form
from gateway.web.planner import organisations_of
from gateway.web.planner_visits import HOME, caller_of, reception_of
from gateway.web.planner_words import (
    STATES,
    Sayings,
    course_in_words,
    files_in_words,
    manifest_in_words,
    report_in_words,
    request_in_words,
    uses_in_words,
)
from gateway.web.privacy_visits import id_in_path
from gateway.web.visits import Visit
from gateway.web.writing import write_page

_REPORT = "five-safes.json"
_WHY = "why"


async def release(visit: Visit) -> Response:
    """Show a release."""
    return await _page(visit)


async def manifest(visit: Visit) -> Response:
    """Show what its manifest says, and its files; looking at it is noted as its use."""
    found = ReleaseManifest.from_json(await _file(visit, MANIFEST))
    told = {
        "facts": manifest_in_words(found),
        "files": files_in_words(found),
        "rules": found.rules,
        "policy": sorted(found.policy.items()),
        "back": _path_of(visit),
    }
    return write_page("planner_manifest.html", visit.frame, told)


async def report(visit: Visit) -> Response:
    """Show its disclosure report; looking at it is noted as its use."""
    found = msgspec.json.decode(await _file(visit, _REPORT), type=dict[str, Sayings])
    told = {"safes": report_in_words(found), "back": _path_of(visit)}
    return write_page("planner_report.html", visit.frame, told)


async def approve(visit: Visit) -> Response:
    """Agree to what somebody else asked for."""
    await read_form(visit.request, visit.session, visit.services.settings)
    await reception_of(visit).approve(caller_of(visit), _id_of(visit))
    return RedirectResponse(_path_of(visit), 303)


async def cancel(visit: Visit) -> Response:
    """Give up what is not published."""
    return await _ended(visit, Move.CANCEL)


async def recall(visit: Visit) -> Response:
    """Take back what is published."""
    return await _ended(visit, Move.RECALL)


async def _ended(visit: Visit, move: Move) -> Response:
    fields = await read_form(visit.request, visit.session, visit.services.settings)
    try:
        why = read_why(fields.get(_WHY))
    except BadRequestError as fault:
        return await _page(visit, str(fault))
    reception, caller = reception_of(visit), caller_of(visit)
    end = reception.cancel if move is Move.CANCEL else reception.recall
    await end(caller, _id_of(visit), why)
    return RedirectResponse(_path_of(visit), 303)


async def _page(visit: Visit, fault: str = "") -> Response:
    reception, caller = reception_of(visit), caller_of(visit)
    found = await reception.look(caller, _id_of(visit))
    progress = await reception.desk.progress(found.id)
    reader = caller.principal.user_id
    content = {
        "state": STATES[found.state],
        "asked": request_in_words(found, organisations_of(visit)),
        "course": course_in_words(found, progress, reader),
        "uses": uses_in_words(await reception.desk.uses(found.id), reader),
        "path": _path_of(visit),
        "may": _may(visit, found),
        "is_to_fetch": _is_for(Move.RECALL, found) and not is_reviewer(caller),
        "fault": fault,
    }
    return write_page("planner_release.html", visit.frame, content, 400 if fault else 200)


def _may(visit: Visit, found: Release) -> Mapping[str, bool]:
    """Say which buttons there are; whether they do anything is decided when they are pressed."""
    person = visit.session.principal
    settles = is_reviewer(caller_of(visit)) and may_review(person.role, Reviewing.SETTLE)
    is_own = found.request.requested_by == person.user_id
    return {
        "approve": settles and not is_own and _is_for(Move.APPROVE, found),
        "cancel": (settles or is_own) and _is_for(Move.CANCEL, found),
        "recall": settles and not is_own and _is_for(Move.RECALL, found),
    }


def _is_for(move: Move, found: Release) -> bool:
    before, _after = MAY_FOLLOW[move]
    return found.state in before


async def _file(visit: Visit, name: str) -> bytes:
    opened = await reception_of(visit).fetch(caller_of(visit), _id_of(visit), name)
    try:
        # In a thread: nobody else's request waits for the disk.
        return await asyncio.to_thread(opened.whole)
    except (AlteredReleaseError, OSError) as fault:
        raise UnavailableError("This release is not what was published.") from fault


def _id_of(visit: Visit) -> UUID:
    return id_in_path(visit, "release_id")


def _path_of(visit: Visit) -> str:
    return f"{HOME}/releases/{_id_of(visit)}"
