"""Let machines in by their keys: check an assertion, give a token, know whose a token is and what it opens.

Follows SMART App Launch 2.2, Backend Services, and RFC 6749 section 5.2 for errors.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import parse_qs

from joserfc.jwk import KeySet
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from adapters.simulators.bulk.outcomes import RefusedError
from adapters.simulators.client_assertions import AssertionChecker

TOKEN_LIFETIME = timedelta(minutes=5)
_READ_SCOPE = re.compile(r"system/(\*|[A-Z][A-Za-z]{1,63})\.(read|rs)")


@dataclass(frozen=True, slots=True)
class Machine:
    """A client that is known by its keys, with the scopes it may ask for."""

    client_id: str
    public_keys: KeySet
    scopes: frozenset[str] = frozenset({"system/*.rs", "system/*.read"})

    def may_ask_for(self, scope: str) -> bool:
        """Say whether a scope is for reading, and its own or within one of its own for every type."""
        asked = _READ_SCOPE.fullmatch(scope)
        return asked is not None and not self.scopes.isdisjoint({scope, f"system/*.{asked[2]}"})


@dataclass(frozen=True, slots=True)
class Access:
    """What one token opens, for whom, until when; `types` is None for all types."""

    client_id: str
    types: frozenset[str] | None
    ends_at: datetime

    def opens(self, resource_type: str) -> bool:
        """Say whether a type may be read."""
        return self.types is None or resource_type in self.types


@dataclass(slots=True)
class Door:
    """The token endpoint of a source and the tokens it gave."""

    checker: AssertionChecker[Machine]
    now: Callable[[], datetime]
    new_secret: Callable[[], str]
    _given: dict[str, Access] = field(default_factory=dict)

    async def token(self, request: Request) -> Response:
        """Answer a request for a token."""
        given = parse_qs((await request.body()).decode("utf-8", errors="replace"))
        form = {name: values[0] for name, values in given.items()}
        if form.get("grant_type") != "client_credentials":
            return _error("unsupported_grant_type")
        machine = self.checker.client_of(
            form.get("client_assertion_type", ""), form.get("client_assertion", "")
        )
        if machine is None:
            return _error("invalid_client", 401)
        scopes = frozenset(form.get("scope", "").split())
        if not scopes or not all(machine.may_ask_for(scope) for scope in scopes):
            return _error("invalid_scope")
        return self._give(machine, scopes)

    def _give(self, machine: Machine, scopes: frozenset[str]) -> Response:
        token = self.new_secret()
        ends_at = self.now() + TOKEN_LIFETIME
        self._given[token] = Access(machine.client_id, _types_of(scopes), ends_at)
        answer: Mapping[str, object] = {
            "access_token": token,
            "token_type": "bearer",
            "expires_in": int(TOKEN_LIFETIME.total_seconds()),
            "scope": " ".join(sorted(scopes)),
        }
        return JSONResponse(answer, headers={"Cache-Control": "no-store"})

    def access_of(self, request: Request) -> Access:
        """Say what the caller may read.

        Raises RefusedError without a token that is good now.
        """
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        access = self._given.get(token) if scheme.lower() == "bearer" else None
        if access is None or access.ends_at <= self.now():
            raise RefusedError(401, "login", "A bearer token is required.")
        return access


def _types_of(scopes: frozenset[str]) -> frozenset[str] | None:
    named = {match[1] for scope in scopes if (match := _READ_SCOPE.fullmatch(scope))}
    return None if "*" in named else frozenset(named)


def _error(code: str, status: int = 400) -> Response:
    return JSONResponse({"error": code}, status)
