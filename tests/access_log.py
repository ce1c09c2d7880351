"""Keep an access log of every request to a gateway under test, and hold the audit against it (AI-09, P26).

It stands outside the gateway, and knows of each request its id, its address and its status. Whatever a test does, its
deployment's audit is reconciled with it at the end; what was reconciled is counted over the whole run.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

OPEN = re.compile(
    r"/|/audit/(checkpoint|key)|/fhir/metadata|/fhir/\.well-known/.*|/fhir/Practitioner/[0-9]+|/health/.*|/metrics|/planning/datasets/[^/]+|/population/(datasets(/.*)?|measures)|/role|/sign-.*|/static/.*|/version"
)
"""Addresses that tell of nobody but the caller, and so decide nothing that is asked about somebody."""

FORMS = re.compile(
    r"/find|/planning/datasets/[^/]+/request|/patient/[^/]+/(break-glass(/sensitive)?|claim|permission|emergency/sensitive)"
)
"""Forms: an empty one may be shown without a decision. What is sent in one may not."""

SEVERAL = {"/privacy-review": 4}
"""Pages of several lists, each of which is decided about."""

ALLOWED = range(200, 300)
SEE_OTHER = 303
REFUSED = 403
UNAVAILABLE = 503

SHOWS = frozenset({"disclosed"})

EFFECTS: Mapping[str, frozenset[str]] = {
    "break-glass": frozenset({"glass-broken"}),
    "end-emergency": frozenset({"emergency-ended"}),
    "claim": frozenset({"relationship-claimed"}),
    "permission": frozenset({"permission-recorded"}),
    "settle": frozenset({"privacy-alert-settled", "safety-event-reviewed"}),
    "release": frozenset(
        {"identity-hold-released", "release-requested", "release-approved", "release-ended"}
    ),
    "review": frozenset({*SHOWS, "release-fetched"}),
    "re-identify": frozenset({*SHOWS, "re-identification-asked"}),
    "agree-to-re-identify": frozenset({"re-identification-settled"}),
    "reject": frozenset({"identity-hold-rejected"}),
    "propose-policy": frozenset({"policy-proposed"}),
    "approve-policy": frozenset({"policy-approved"}),
    "activate-policy": frozenset({"policy-activated"}),
    "roll-back-policy": frozenset({"policy-activated"}),
}
"""Acts that show nothing of anybody: in place of row B they have the entry of what they changed."""

OF_A_RELEASE = frozenset(
    {"release-requested", "release-approved", "release-ended", "release-fetched"}
)
"""Entries that name no decision: each follows one that was made about who did it, the last that nothing followed yet."""

LAID_OUT_LATER = frozenset({"view"})
"""Acts of which a page may turn out, after the permit, to be one that must not be shown: whose name may not be told, or an
emergency that is not the one that was open. Row B says then that nothing was shown, and the answer is 403."""

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


@dataclass
class _Audit:
    """What the audit has of each request: its decisions, its callers that were turned away, and what followed."""

    decided: dict[str, list[Row]] = field(default_factory=dict)
    turned_away: Counter[str] = field(default_factory=Counter)
    followed: dict[str, Counter[str]] = field(default_factory=dict)
    nothing: set[str] = field(default_factory=set)
    decided_by: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: Iterable[Row]) -> "_Audit":
        made = cls()
        for row in rows:
            made._keep(row)
        return made

    def _keep(self, row: Row) -> None:
        match row["action"]:
            case "asked":
                self.decided.setdefault(row["request_id"], []).append(row)
                self.decided_by.setdefault(row["who"]["user_id"], []).append(row["decision_id"])
            case "caller-refused":
                self.turned_away[row["request_id"]] += 1
            case action if action in OF_A_RELEASE and row["user_id"] in self.decided_by:
                decision_id = self._last_left(row["user_id"])
                self.followed.setdefault(decision_id, Counter())[action] += 1
            case action if row.get("decision_id") is not None:
                self.followed.setdefault(row["decision_id"], Counter())[action] += 1
                if row.get("outcome") == "nothing":
                    self.nothing.add(row["decision_id"])

    def _last_left(self, user_id: str) -> str:
        """Give the last decision about somebody that nothing followed yet, for they may ask for two things at once."""
        decided = self.decided_by[user_id]
        left = [each for each in decided if each not in self.followed]
        return (left or decided)[-1]

    def is_refused(self, decision: Row) -> bool:
        """Say whether a decision stands for an answer of 403."""
        if decision["decision"] != "allowed":
            return True
        return decision["act"] in LAID_OUT_LATER and decision["decision_id"] in self.nothing

    def times_followed(self, decision: Row) -> int:
        """Say how often there is the row that must follow a decision that was answered."""
        found = self.followed.get(decision["decision_id"], Counter())
        return sum(found[each] for each in EFFECTS.get(decision["act"], SHOWS))

    def shown(self) -> Counter[str]:
        """Give decisions with a row B, and how many each has."""
        counted = ((each, found["disclosed"]) for each, found in self.followed.items())
        return Counter({each: count for each, count in counted if count})


def differences(requests: Iterable[Request], rows: Iterable[Row]) -> list[str]:
    """List where access log and audit do not tell the same; empty when they do."""
    audit = _Audit.of(rows)
    by_id: dict[str, list[Request]] = {}
    for request in requests:
        by_id.setdefault(request.id, []).append(request)
    RECONCILED["requests"] += sum(map(len, by_id.values()))
    RECONCILED["decisions"] += sum(map(len, audit.decided.values()))
    RECONCILED["disclosures"] += audit.shown().total()
    return [
        *(fault for found in by_id.values() for fault in _faults(found, audit)),
        *_without_a_request(by_id, audit.decided),
        *_shown_without_decision(audit.decided, audit.shown()),
    ]


def _faults(found: Sequence[Request], audit: _Audit) -> Iterator[str]:
    """Compare the requests of one id, which a client may send twice, with what the audit has under it."""
    asked = [each for each in found if not OPEN.fullmatch(each.path)]
    rows = audit.decided.get(found[0].id, [])
    allowed = [row for row in rows if row["decision"] == "allowed"]
    told = ", ".join(f"{each.method} {_shape_of(each.path)}: {each.status}" for each in asked)
    yield from (f"{told}, {fault}" for fault in _failed(asked))
    yield from (f"{told}, {fault}" for fault in _refused(asked, rows, audit))
    yield from (f"{told}, {fault}" for fault in _allowed(asked, allowed, audit))


def _failed(asked: Iterable[Request]) -> Iterator[str]:
    if any(each.status >= 500 and each.status != UNAVAILABLE for each in asked):
        yield "which is no answer"


def _refused(asked: Sequence[Request], rows: Sequence[Row], audit: _Audit) -> Iterator[str]:
    answers = [each for each in asked if each.status == REFUSED]
    turned_away = sum(audit.turned_away[each] for each in {each.id for each in asked})
    on_record = turned_away + sum(map(audit.is_refused, rows))
    if answers and on_record != len(answers):
        yield f"with {on_record} refusals"
    refused = (row for row in rows if row["decision"] != "allowed")
    if any(audit.followed.get(row["decision_id"]) for row in refused):
        yield "with a refusal that something followed"


def _allowed(asked: Sequence[Request], allowed: Sequence[Row], audit: _Audit) -> Iterator[str]:
    answers = [each for each in asked if each.status in ALLOWED]
    if all(FORMS.fullmatch(each.path) and each.method == "GET" for each in answers) and not allowed:
        return
    needed = sum(SEVERAL.get(each.path, 1) for each in answers)
    if answers and len(allowed) != needed:
        yield f"with {len(allowed)} decisions that allow it"
    is_done = bool(answers) or any(each.status == SEE_OTHER for each in asked)
    if is_done and any(audit.times_followed(row) == 0 for row in allowed):
        yield "without what must follow each decision"
    if any(audit.times_followed(row) > 1 for row in allowed if row["act"] != "find"):
        yield "with a decision that was disclosed twice"


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
