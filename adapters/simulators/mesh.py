"""Stand in for MESH with the National Data Opt-out check behind one of its mailboxes.

The check takes a list of NHS numbers, one and a comma a line, and answers with those that may be used. Judgement, to be
confirmed at onboarding: the answer has the request's workflow and local id, and a list with a wrong line gets none.
"""

import hmac
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from fhir_profiles.nhs_number import InvalidNhsNumberError, NhsNumber

Endpoint = Callable[[Request], Awaitable[Response]]

_TOKEN = re.compile(r"NHSMESH ([^:]+):([^:]+):([0-9]+):([0-9]{12}):([0-9a-f]{64})")
_LIST = re.compile(rb"(?:[0-9]{10},\n)+")
_MOST_SKEW = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Posted:
    """A message that lies in a mailbox, or is on its way there for so many more listings."""

    headers: dict[str, str]
    content: bytes = field(repr=False)


@dataclass(slots=True)
class MeshWorld:
    """Mailboxes by password, who has opted out, and what lies where."""

    now: Callable[[], datetime]
    shared_key: bytes = field(repr=False)
    passwords: dict[str, str] = field(repr=False)
    check_mailbox: str
    check_workflow: str
    opted_out: set[NhsNumber] = field(default_factory=set, repr=False)
    listings_until_answer: int = 1
    lying: dict[str, dict[str, Posted]] = field(default_factory=dict, repr=False)
    coming: list[tuple[str, int, Posted]] = field(default_factory=list, repr=False)
    nonces: set[tuple[str, str]] = field(default_factory=set)
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    def is_let_in(self, token: str, mailbox: str) -> bool:
        """Say whether a token is right, recent, for this mailbox and not used before."""
        found = _TOKEN.fullmatch(token)
        if found is None or found[1] != mailbox or mailbox not in self.passwords:
            return False
        _, nonce, used, at, digest = found.groups()
        hashed = ":".join((mailbox, nonce, used, self.passwords[mailbox], at)).encode()
        is_right = hmac.compare_digest(
            hmac.new(self.shared_key, hashed, "sha256").hexdigest(), digest
        )
        sent_at = datetime.strptime(at, "%Y%m%d%H%M").replace(tzinfo=self.now().tzinfo)
        is_new = (nonce, used) not in self.nonces
        self.nonces.add((nonce, used))
        return is_right and is_new and abs(self.now() - sent_at) < _MOST_SKEW

    def send(self, sender: str, headers: dict[str, str], content: bytes) -> str:
        """Take a message; the check answers some listings later."""
        message = self._next_id()
        if headers.get("mex-to") == self.check_mailbox:
            self._check(sender, headers, content)
        return message

    def post(self, mailbox: str, headers: dict[str, str], content: bytes) -> str:
        """Lay a message into a mailbox at once."""
        message = self._next_id()
        self.lying.setdefault(mailbox, {})[message] = Posted(headers, content)
        return message

    def listing(self, mailbox: str) -> list[str]:
        """List a mailbox."""
        moved = [(to, left - 1, posted) for to, left, posted in self.coming if to == mailbox]
        self.coming = [each for each in self.coming if each[0] != mailbox]
        for to, left, posted in moved:
            if left >= 0:
                self.coming.append((to, left, posted))
            else:
                self.post(to, posted.headers, posted.content)
        return list(self.lying.get(mailbox, {}))

    def _check(self, sender: str, headers: dict[str, str], content: bytes) -> None:
        numbers = _numbers_in(content)
        if headers.get("mex-workflowid") != self.check_workflow or numbers is None:
            return
        usable = [each.digits for each in numbers if each not in self.opted_out]
        answer = {
            "mex-from": self.check_mailbox,
            "mex-workflowid": self.check_workflow,
            "mex-localid": headers.get("mex-localid", ""),
        }
        body = "".join(f"{each},\n" for each in usable).encode()
        self.coming.append((sender, self.listings_until_answer, Posted(answer, body)))

    def _next_id(self) -> str:
        return f"{self.now():%Y%m%d%H%M%S}-{next(self._numbers):06}"


def create_app(world: MeshWorld) -> Starlette:
    """Make the application."""

    async def outbox(request: Request) -> Response:
        headers = dict(request.headers)
        if not headers.get("mex-to") or not headers.get("mex-workflowid"):
            return Response(status_code=400)
        message = world.send(request.path_params["box"], headers, await request.body())
        return JSONResponse({"message_id": message}, 202)

    async def inbox(request: Request) -> Response:
        return JSONResponse({"messages": world.listing(request.path_params["box"])})

    async def one(request: Request) -> Response:
        posted = _box(world, request).get(request.path_params["message"])
        if posted is None:
            return Response(status_code=404)
        return Response(posted.content, 200, posted.headers, "application/octet-stream")

    async def acknowledge(request: Request) -> Response:
        is_there = _box(world, request).pop(request.path_params["message"], None) is not None
        return Response(status_code=200 if is_there else 404)

    box = "/messageexchange/{box}"
    message = box + "/inbox/{message}"
    routes = [
        Route(f"{box}/outbox", _guarded(world, outbox), methods=["POST"]),
        Route(f"{box}/inbox", _guarded(world, inbox), methods=["GET"]),
        Route(message, _guarded(world, one), methods=["GET"]),
        Route(f"{message}/status/acknowledged", _guarded(world, acknowledge), methods=["PUT"]),
    ]
    return Starlette(routes=routes)


def _guarded(world: MeshWorld, answer: Endpoint) -> Endpoint:
    async def guarded(request: Request) -> Response:
        token = request.headers.get("authorization", "")
        if not world.is_let_in(token, request.path_params["box"]):
            return Response(status_code=403)
        return await answer(request)

    return guarded


def _box(world: MeshWorld, request: Request) -> dict[str, Posted]:
    return world.lying.setdefault(request.path_params["box"], {})


def _numbers_in(content: bytes) -> list[NhsNumber] | None:
    if _LIST.fullmatch(content) is None:
        return None
    try:
        return [NhsNumber(line[:10].decode()) for line in content.splitlines()]
    except InvalidNhsNumberError:
        return None
