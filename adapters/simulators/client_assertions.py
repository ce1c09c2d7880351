"""Check the signed assertion by which a machine client proves who it is.

Issues nothing. RFC 7523 section 3; SMART App Launch 2.2, client authentication: asymmetric.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Generic, Protocol, TypeVar

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from adapters.simulators.demo_users import DemoUser

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ALGORITHMS = ("RS384", "ES384")
# SMART: "exp ... no more than five minutes in the future".
LONGEST_LIFE = timedelta(minutes=5)


class KeyedClient(Protocol):
    """A client that is known by its keys."""

    @property
    def client_id(self) -> str: ...
    @property
    def public_keys(self) -> KeySet | None: ...


Client = TypeVar("Client", bound=KeyedClient)


@dataclass(frozen=True, slots=True)
class MachineClient:
    """A client that signs in by key: its public keys, whom it acts as, the scopes it may ask for."""

    client_id: str
    public_keys: KeySet
    acts_as: DemoUser
    scopes: frozenset[str]


@dataclass(slots=True)
class AssertionChecker(Generic[Client]):
    """Checks assertions, each of which may be used once."""

    clients: Mapping[str, Client]
    token_endpoint: str
    now: Callable[[], datetime]
    _used: set[tuple[str, str]] = field(default_factory=set)

    def client_of(self, assertion_type: str, assertion: str) -> Client | None:
        """Give the client that made an assertion; None when anything about it is wrong."""
        if assertion_type != ASSERTION_TYPE:
            return None
        for client in self.clients.values():
            keys = client.public_keys
            claims = None if keys is None else _verified_claims(assertion, keys)
            if claims is not None and self._is_in_order(claims, client.client_id):
                return client
        return None

    def _is_in_order(self, claims: Mapping[str, Any], client_id: str) -> bool:
        expires_at, token_id = claims.get("exp"), claims.get("jti")
        if not isinstance(expires_at, int) or not isinstance(token_id, str) or not token_id:
            return False
        now = self.now().timestamp()
        is_for_us = (
            claims.get("iss") == claims.get("sub") == client_id
            and claims.get("aud") in (self.token_endpoint, [self.token_endpoint])
            and now < expires_at <= now + LONGEST_LIFE.total_seconds()
        )
        return is_for_us and self._is_first_use(client_id, token_id)

    def _is_first_use(self, client_id: str, token_id: str) -> bool:
        use = (client_id, token_id)
        if use in self._used:
            return False
        self._used.add(use)
        return True


def _verified_claims(assertion: str, public_keys: KeySet) -> Mapping[str, Any] | None:
    try:
        return jwt.decode(assertion, public_keys, algorithms=list(ALGORITHMS)).claims
    except (JoseError, ValueError, TypeError):
        return None
