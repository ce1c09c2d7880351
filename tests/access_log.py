"""Keep an access log of every request to a gateway under test, and hold the audit against it (AI-09, P26).

It stands outside the gateway, and knows of each request its id, its address and its status. Whatever a test does, its
deployment's audit is reconciled with it at the end; what was reconciled is counted over the whole run.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

OPEN = re.compile(
    r"/|/audit/(checkpoint|key)|/fhir/metadata|/fhir/\.well-known/.*|/fhir/Practitioner/[0-9]+|/health/.*|/metrics|/role|/sign-.*|/static/.*|/version"
)
"""Addresses that tell of nobody but the caller, and so decide nothing that is asked about somebody."""

FORMS = re.compile(
    r"/find|/patient/[^/]+/(break-glass(/sensitive)?|claim|permission|emergency/sensitive)|/privacy/.*find"
)
"""Forms: an empty one may be shown without a decision."""

SEVERAL = {"/privacy-review": 4}
"""Pages of several lists, each of which is decided about."""

ALLOWED = range(200, 300)
SEE_OTHER = 303

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

RECONCILED: Counter[str] = Counter()
"""What was reconciled in this run."""

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Request:
    """One line of the log."""

    id: str
    method: str
    path: str
    status: int


@dataclass
class AccessLog:
    """The log of one deployment under test."""

    requests: list[Request] = field(default_factory=list)

    @classmethod
    def of_database(cls, path: Path) -> "AccessLog":
        """Give the log of every gateway over one database."""
        return _LOGS.setdefault(path, cls())

    def of(self, app: ASGIApp) -> ASGIApp:
        """Put the log around an application."""
        return _Logged(app, self.requests)


@dataclass
class _Logged:
    _app: ASGIApp
    _requests: list[Request]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                told = dict(message["headers"]).get(b"x-request-id", b"").decode()
                line = Request(told, scope["method"], scope["path"], message["status"])
                self._requests.append(line)
            await send(message)

        await self._app(scope, receive, sent)


_LOGS: dict[Path, AccessLog] = {}


def differences(requests: Iterable[Request], rows: Iterable[Row]) -> list[str]:
    """List where access log and audit do not tell the same; empty when they do."""
    kept = list(rows)
    decided: dict[str, list[Row]] = {}
    for row in kept:
        if row["action"] == "asked":
            decided.setdefault(row["request_id"], []).append(row)
    shown = Counter(row["decision_id"] for row in kept if row["action"] == "disclosed")
    by_id: dict[str, list[Request]] = {}
    for request in requests:
        by_id.setdefault(request.id, []).append(request)
    RECONCILED["requests"] += sum(map(len, by_id.values()))
    RECONCILED["decisions"] += sum(map(len, decided.values()))
    RECONCILED["disclosures"] += shown.total()
    return [
        *(fault for found in by_id.values() for fault in _faults(found, decided, shown)),
        *_without_a_request(by_id, decided),
        *_shown_without_decision(decided, shown),
    ]


def _faults(
    found: list[Request], decided: Mapping[str, list[Row]], shown: Mapping[str, int]
) -> Iterator[str]:
    if len(found) > 1 or OPEN.fullmatch(found[0].path):
        return  # a client that sends one id twice is counted by its decisions alone
    [request] = found
    rows = decided.get(request.id, [])
    allowed = [row for row in rows if row["decision"] == "allowed"]
    told = f"{request.method} {_shape_of(request.path)}: {request.status}"
    if request.status in ALLOWED and not (FORMS.fullmatch(request.path) and not rows):
        if len(allowed) != SEVERAL.get(request.path, 1):
            yield f"{told}, with {len(allowed)} decisions that allow it"
        if request.method == "GET" and any(shown[row["decision_id"]] != 1 for row in allowed):
            yield f"{told}, without exactly one disclosure for each decision"
    if any(shown[row["decision_id"]] > 1 for row in rows if row["act"] != "find"):
        yield f"{told}, with a decision that was disclosed twice"


def _without_a_request(
    by_id: Mapping[str, list[Request]], decided: Mapping[str, list[Row]]
) -> Iterator[str]:
    # A test that calls a part of the gateway itself names its request by a word.
    for request_id in filter(_UUID.fullmatch, decided.keys() - by_id.keys()):
        acts = ", ".join(str(row["act"]) for row in decided[request_id])
        yield f"decided without a request that was answered: {acts}"


def _shown_without_decision(
    decided: Mapping[str, list[Row]], shown: Mapping[str, int]
) -> Iterator[str]:
    known = {row["decision_id"] for rows in decided.values() for row in rows}
    for decision_id in shown.keys() - known:
        yield f"disclosed without a decision: {decision_id}"


def _shape_of(path: str) -> str:
    return re.sub(r"[a-z2-7]{36}[0-9a-f]*|[0-9a-f]{64}|[0-9a-f-]{36}", "…", path)
