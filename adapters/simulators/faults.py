"""Let a simulated source misbehave on demand: which fault is on, for which paths, how often.

Sends nothing (`fault_answers` does). Faults are set by tests in process and by the demo over `/__faults`.
"""

from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from enum import StrEnum
from json import JSONDecodeError

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from adapters.simulators.fault_answers import Answer, answer_for

PathPredicate = Callable[[str], bool]
CONTROL_PATH = "/__faults"
ELSEWHERE = "https://elsewhere.example/login"


class FaultKind(StrEnum):
    """How a source can misbehave. Simulators themselves consult the last three."""

    HANG = "hang"
    DRIP = "drip"
    ERROR_500 = "error-500"
    ERROR_429 = "error-429"
    UNAUTHORISED_401 = "unauthorised-401"
    LOGIN_PAGE = "login-page"
    OPERATION_OUTCOME_200 = "operation-outcome-200"
    NO_CONTENT_204 = "no-content-204"
    MALFORMED_JSON = "malformed-json"
    REDIRECT = "redirect"
    TOO_LARGE = "too-large"
    GZIP_BOMB = "gzip-bomb"
    ENDLESS = "endless"
    TRUNCATED = "truncated"
    LENGTH_LIE = "length-lie"
    RESET = "reset"
    WRONG_PATIENT = "wrong-patient"
    BAD_PAGING = "bad-paging"
    BAD_PAGING_LOOP = "bad-paging-loop"


CONSULTED = frozenset({FaultKind.WRONG_PATIENT, FaultKind.BAD_PAGING, FaultKind.BAD_PAGING_LOOP})
"""Faults of content: the simulator answers with another person's record, with a next link to another
host, or with a next link to the same page for ever."""

_in_this_request: ContextVar[frozenset[FaultKind]] = ContextVar("_in_this_request")


@dataclass(frozen=True, slots=True)
class SetFault:
    """A fault that is on; `times` left, or None for always."""

    kind: FaultKind
    matching: PathPredicate | None
    times: int | None
    target: str

    def is_for(self, path: str) -> bool:
        """Tell whether a path is hit."""
        return self.matching is None or self.matching(path)


@dataclass(slots=True)
class Faults:
    """The faults of one simulated source that are on; nothing is on at first."""

    _on: dict[FaultKind, SetFault] = field(default_factory=dict)

    def set(
        self,
        kind: FaultKind,
        *,
        matching: PathPredicate | None = None,
        times: int | None = None,
        target: str = ELSEWHERE,
    ) -> None:
        """Switch a fault on, in place of an earlier one of its kind; `target` is where a redirect leads."""
        self._on[kind] = SetFault(kind, matching, times, target)

    def clear(self) -> None:
        """Switch every fault off."""
        self._on.clear()

    def active(self, kind: FaultKind) -> bool:
        """Tell whether the request being answered is under a fault; outside one, whether it is on."""
        return kind in _in_this_request.get(frozenset(self._on))

    def names(self) -> list[str]:
        """List the faults that are on, sorted."""
        return sorted(self._on)

    def take(self, path: str) -> tuple[SetFault, ...]:
        """Give the faults that hit one request, and count it against those set for so many times."""
        hits = tuple(fault for fault in self._on.values() if fault.is_for(path))
        for fault in hits:
            self._count(fault)
        return hits

    def _count(self, fault: SetFault) -> None:
        if fault.times is None:
            return
        if fault.times <= 1:
            del self._on[fault.kind]
        else:
            self._on[fault.kind] = replace(fault, times=fault.times - 1)


def with_faults(app: Starlette, faults: Faults) -> Starlette:
    """Let an application misbehave, and be told to over `POST` and `DELETE /__faults`."""
    control = Route(CONTROL_PATH, _control(faults), methods=["GET", "POST", "DELETE"])
    app.router.routes.insert(0, control)
    app.add_middleware(_FaultMiddleware, faults=faults)
    return app


class _FaultMiddleware:
    def __init__(self, app: ASGIApp, faults: Faults) -> None:
        self.app = app
        self.faults = faults

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] == CONTROL_PATH:
            await self.app(scope, receive, send)
            return
        hits = self.faults.take(scope["path"])
        token = _in_this_request.set(frozenset(fault.kind for fault in hits))
        try:
            await self._answer(hits)(scope, receive, send)
        finally:
            _in_this_request.reset(token)

    def _answer(self, hits: tuple[SetFault, ...]) -> Answer:
        for fault in hits:
            if fault.kind not in CONSULTED:
                return answer_for(fault.kind.value, self.app, fault.target)
        return self.app


def _control(faults: Faults) -> Callable[[Request], Awaitable[Response]]:
    async def control(request: Request) -> Response:
        if request.method == "DELETE":
            faults.clear()
            return Response(status_code=204)
        if request.method == "POST" and not await _switch_on(faults, request):
            return JSONResponse({"error": f"kind must be one of {sorted(FaultKind)}"}, 400)
        return JSONResponse({"on": faults.names()})

    return control


async def _switch_on(faults: Faults, request: Request) -> bool:
    try:
        wanted = await request.json()
        kind = FaultKind(wanted["kind"])
        times = wanted.get("times")
        prefix = str(wanted.get("path_prefix", "/"))
    except (JSONDecodeError, UnicodeDecodeError, KeyError, TypeError, ValueError, AttributeError):
        return False
    if times is not None and not isinstance(times, int):
        return False
    target = str(wanted.get("target", ELSEWHERE))
    faults.set(kind, matching=lambda path: path.startswith(prefix), times=times, target=target)
    return True
