"""What planners of the matrix may ask for: one feed for each of their organisations, and what each caller then sends."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from gateway.access.agreement_registry import AgreementRegistry, Signatures
from gateway.store.agreement_feeds import Feed
from gateway.store.agreements import Agreement, Terms
from gateway.store.words import DataItem
from gateway.wiring import now
from rbac.types import Purpose
from tests.reference.routes import status_for
from tests.reference.vocabulary import CARE_ROLES
from tests.safety.bola_world import NOBODY, USERS, Matrix
from tests.stack import Stack

PLANNING = "/population/releases"
COUNTS = "/population/counts"
RE_IDENTIFY = "/population/re-identify"
FEEDS = (
    Feed("linked-activity", "costs", "702"),
    Feed("linked-activity", "study", "UNI1", "26/LO/1", now() + timedelta(days=300)),
    Feed("violence", "streets", "CSP1"),
)
_FEED_OF = {each.recipient: each for each in FEEDS}
_PURPOSES = frozenset({Purpose.PUBHLTH, Purpose.HOPERAT, Purpose.HRESCH})


async def agree_on_feeds(stack: Stack) -> None:
    """Keep an agreement that names the feeds; it is between their recipients, and opens nobody's record."""
    starts, ends = now() - timedelta(days=1), now() + timedelta(days=300)
    terms = Terms("feeds", frozenset(DataItem), _PURPOSES, starts, ends)
    parties = tuple(sorted(_FEED_OF))
    agreement = Agreement(terms, parties, ends, "contact", "document", starts, FEEDS)
    await AgreementRegistry(stack.services.log, now).add(agreement, Signatures("one", "another"))


def sent_by(user: str) -> Mapping[str, Mapping[str, object]]:
    """Give what a caller sends to each route of planners that takes a document."""
    why = {"why": "a trial"}
    return {
        PLANNING: _wanted(user),
        COUNTS: _counted(user),
        f"{PLANNING}/{{release_id}}/cancel": why,
        f"{PLANNING}/{{release_id}}/recall": why,
        RE_IDENTIFY: {
            "project": "streets",
            "recipient": "CSP1",
            "epoch": 1,
            "person": "a" * 26,
            "reason_code": "risk-found",
            "reason": "assaulted many times this year",
        },
    }


def _wanted(user: str) -> Mapping[str, object]:
    organisation = "702" if user == NOBODY else USERS[user].organisation
    feed = _FEED_OF.get(organisation, FEEDS[0])
    return {
        "dataset": feed.dataset,
        "project": feed.project,
        "recipient": feed.recipient,
        "purpose_of_use": "PUBHLTH" if feed.ethics is None else "HRESCH",
        "purpose": "a trial",
        "legal_basis": "a law",
        "agreement": "feeds",
        "ends_on": (now() + timedelta(days=200)).date().isoformat(),
        "setting": "a locked room",
    }


def _counted(user: str) -> Mapping[str, object]:
    wanted = _wanted(user)
    measures = {
        "linked-activity": "contacts-by-kind-and-month",
        "violence": "assaults-by-weekday-and-hour",
    }
    named = {word: wanted[word] for word in ("project", "purpose_of_use")}
    return {"measure": measures[str(wanted["dataset"])], **named}


def recognised(_role: str) -> frozenset[int]:
    # What is declared in the open is told to everybody who is known.
    return frozenset({200, 404})


def asking_for_a_release(role: str) -> frozenset[int]:
    return frozenset({201 if _is_planner(role) else 403})


def counting(role: str) -> frozenset[int]:
    # No job has made any table here.
    return frozenset({503 if _is_planner(role) else 403})


def listing_releases(role: str) -> frozenset[int]:
    return frozenset({200 if _is_planner(role) or _may_look(role) else 403})


def no_release(role: str) -> frozenset[int]:
    # Of a made-up id: whoever may have to do with releases is told that there is none.
    return frozenset({404 if _is_planner(role) or _may_look(role) else 403})


def no_file(role: str) -> frozenset[int]:
    # Files are for those alone whom they are released to.
    return frozenset({404 if _is_planner(role) else 403})


def nothing_to_settle(role: str) -> frozenset[int]:
    return frozenset({404 if _may_look(role) and role != "system_auditor" else 403})


def asking_whose(role: str) -> frozenset[int]:
    # After twenty in a day the rest of an organisation's are refused.
    return frozenset({201, 403} if role in CARE_ROLES else {403})


def waiting(role: str) -> frozenset[int]:
    return frozenset({200 if _may_look(role) else 403})


def nothing_to_reveal(role: str) -> frozenset[int]:
    return frozenset({404 if role in CARE_ROLES else 403})


_ONE = f"{PLANNING}/{{release_id}}"
_ASKED = f"{RE_IDENTIFY}/{{asked_id}}"
_RULES: Mapping[tuple[str, str], Callable[[str], frozenset[int]]] = {
    ("GET", "/population/datasets"): recognised,
    ("GET", "/population/datasets/{name}"): recognised,
    ("GET", "/population/measures"): recognised,
    ("POST", COUNTS): counting,
    ("GET", RE_IDENTIFY): waiting,
    ("POST", RE_IDENTIFY): asking_whose,
    ("POST", f"{_ASKED}/agree"): nothing_to_settle,
    ("POST", f"{_ASKED}/decline"): nothing_to_settle,
    ("POST", f"{_ASKED}/reveal"): nothing_to_reveal,
    ("GET", PLANNING): listing_releases,
    ("POST", PLANNING): asking_for_a_release,
    ("GET", _ONE): no_release,
    ("POST", f"{_ONE}/approve"): nothing_to_settle,
    ("POST", f"{_ONE}/cancel"): nothing_to_settle,
    ("GET", f"{_ONE}/certificate"): no_release,
    ("GET", f"{_ONE}/files/{{name}}"): no_file,
    ("GET", f"{_ONE}/manifest"): no_file,
    ("POST", f"{_ONE}/recall"): nothing_to_settle,
    ("GET", f"{_ONE}/uses"): no_release,
}
"""What each role is answered by each route of planners; none of them is about a person that the matrix asks about."""


def _rule(statuses_for: Callable[[str], frozenset[int]]) -> Callable[[Matrix, Any], frozenset[int]]:
    return lambda matrix, cell: statuses_for(matrix.roles[cell.user])


RULES_OF_PLANNING = {route: _rule(each) for route, each in _RULES.items()}

_PAGE = "/planning/releases/{release_id}"
_PAGES: Mapping[tuple[str, str], Callable[[str], frozenset[int]]] = {
    ("GET", "/planning"): listing_releases,
    ("GET", "/planning/datasets/{name}"): recognised,
    ("GET", "/planning/datasets/{name}/request"): recognised,
    ("POST", "/planning/datasets/{name}/request"): recognised,
    ("GET", _PAGE): no_release,
    ("GET", f"{_PAGE}/manifest"): no_file,
    ("GET", f"{_PAGE}/report"): no_file,
    ("POST", f"{_PAGE}/approve"): nothing_to_settle,
    # Without a reason the page is shown again.
    ("POST", f"{_PAGE}/cancel"): no_release,
    ("POST", f"{_PAGE}/recall"): no_release,
}
"""The same on planners' pages."""

PAGES_OF_PLANNING = {route: _rule(each) for route, each in _PAGES.items()}


def _is_planner(role: str) -> bool:
    return status_for("datasets", role) is None


def _may_look(role: str) -> bool:
    return status_for("privacy-queue", role) is None
