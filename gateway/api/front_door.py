"""Refuse ambiguous HTTP before anything reads it, and put the same safe headers on every answer.

Knows no routes and no records. Safety rules 13 and 14; RFC 9112 sections 3.2 and 6.3.
"""

import re
from collections.abc import Callable, Iterable
from uuid import UUID

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from fhir_profiles.outcomes import Severity, operation_outcome

HEADER_BYTES_AT_MOST = 16_384
"""More than any honest client sends; keeps header parsing cheap."""

METHODS = frozenset({"GET", "POST", "DELETE"})

_PATH = re.compile(rb"/[A-Za-z0-9\-._~$/%]*")
_ENCODED_TRICK = re.compile(rb"%(?!24)", re.IGNORECASE)
"""Only an encoded dollar sign is ever needed in our paths; any other escape hides something."""

_ONCE_ONLY = (b"host", b"authorization", b"content-length", b"content-type", b"transfer-encoding")

_SAFE_HEADERS = (
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"strict-transport-security", b"max-age=31536000; includeSubDomains"),
    (
        b"content-security-policy",
        b"default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; "
        b"form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
    (b"vary", b"Authorization, Cookie, Purpose-Of-Use, Accept"),
)


class FrontDoor:
    """Stand in front of the application. `hosts` are the only Host values that are answered."""

    def __init__(self, app: ASGIApp, hosts: frozenset[str], new_id: Callable[[], UUID]) -> None:
        self._app = app
        self._hosts = {host.encode() for host in hosts}
        self._new_id = new_id

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection's request, or refuse it."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            return
        headers = scope["headers"]
        request_id = _request_id(headers) or str(self._new_id())
        scope.setdefault("state", {})["request_id"] = request_id
        safe_send = _with_headers(send, request_id)
        fault = self._fault(scope, headers)
        if fault is None:
            await self._app(scope, receive, safe_send)
        else:
            await _refuse(safe_send, *fault)

    def _fault(self, scope: Scope, headers: list[tuple[bytes, bytes]]) -> tuple[int, str] | None:
        if scope["method"] not in METHODS:
            return 405, "This method is not served."
        if sum(len(name) + len(value) for name, value in headers) > HEADER_BYTES_AT_MOST:
            return 431, "The request's headers are too large."
        if not _is_plain_path(scope):
            return 400, "The request's path is not plain."
        return self._header_fault(headers)

    def _header_fault(self, headers: list[tuple[bytes, bytes]]) -> tuple[int, str] | None:
        names = [name for name, _value in headers]
        if any(b"_" in name for name in names):
            return 400, "A header name holds an underscore."
        if any(names.count(name) > 1 for name in _ONCE_ONLY):
            return 400, "A header that must stand once stands twice."
        if b"content-length" in names and b"transfer-encoding" in names:
            return 400, "The length of the request is ambiguous."
        if b"content-encoding" in names:
            return 415, "Compressed request bodies are not taken."
        host = dict(headers).get(b"host", b"").lower()
        return None if host in self._hosts else (400, "The request is for another host.")


def _is_plain_path(scope: Scope) -> bool:
    path: bytes = scope.get("raw_path") or scope["path"].encode()
    return (
        _PATH.fullmatch(path) is not None
        and _ENCODED_TRICK.search(path) is None
        and b"//" not in path
        and not any(part in {b".", b".."} for part in path.split(b"/"))
    )


def _request_id(headers: Iterable[tuple[bytes, bytes]]) -> str | None:
    sent = [value for name, value in headers if name == b"x-request-id"]
    if len(sent) != 1:
        return None
    try:
        return str(UUID(sent[0].decode("ascii")))
    except ValueError:
        return None


def _with_headers(send: Send, request_id: str) -> Send:
    async def safe_send(message: Message) -> None:
        if message["type"] == "http.response.start":
            own = {name for name, _value in message["headers"]}
            added = [header for header in _SAFE_HEADERS if header[0] not in own]
            message["headers"] = [
                *message["headers"],
                *added,
                (b"x-request-id", request_id.encode()),
            ]
        await send(message)

    return safe_send


async def _refuse(send: Send, status: int, message: str) -> None:
    body = operation_outcome(Severity.ERROR, "invalid", diagnostics=message)
    headers = [
        (b"content-type", b"application/fhir+json"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    if status == 405:
        headers.append((b"allow", b"GET, POST, DELETE"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
