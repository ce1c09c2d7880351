"""Sign a person in: check the request, show the form, hand out a code and take it back once.

Makes no tokens (`identity_tokens` does). OAuth 2.1 authorization code with PKCE (RFC 7636), RFC 9207.
"""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from html import escape
from urllib.parse import urlencode

from adapters.simulators.demo_users import DemoUser

CODE_LIFETIME = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class SignInRequest:
    """What a client asked for when it sent a person to sign in; `launch` is a record system's handle, if any."""

    client_id: str
    redirect_uri: str
    scope: str
    state: str
    nonce: str
    code_challenge: str
    launch: str = ""


@dataclass(frozen=True, slots=True)
class Grant:
    """A person who signed in, until the code is exchanged; `patient` is whom the client was launched for, if any."""

    request: SignInRequest
    user: DemoUser
    expires_at: datetime
    patient: str | None = None


@dataclass(frozen=True, slots=True)
class UntrustedRequest:
    """A request from an unknown client or for an unknown address: nobody may be sent back."""

    reason: str


@dataclass(frozen=True, slots=True)
class RejectedRequest:
    """A request of a known client that is wrong: the client is told."""

    redirect_uri: str
    state: str
    error: str


@dataclass(slots=True)
class Grants:
    """The codes that are out; each is taken back once."""

    now: Callable[[], datetime]
    new_secret: Callable[[], str]
    _out: dict[str, Grant] = field(default_factory=dict)

    def hand_out(self, request: SignInRequest, user: DemoUser, patient: str | None = None) -> str:
        """Give a code for a person who signed in."""
        code = self.new_secret()
        self._out[code] = Grant(request, user, self.now() + CODE_LIFETIME, patient)
        return code

    def take_back(
        self, code: str, client_id: str, redirect_uri: str, verifier: str
    ) -> Grant | None:
        """Exchange a code; a wrong attempt uses it up as well."""
        grant = self._out.pop(code, None)
        if grant is None or grant.expires_at <= self.now():
            return None
        is_same = (grant.request.client_id, grant.request.redirect_uri) == (client_id, redirect_uri)
        is_proven = hmac.compare_digest(challenge_of(verifier), grant.request.code_challenge)
        return grant if is_same and is_proven else None


def challenge_of(verifier: str) -> str:
    """Give the S256 challenge of a verifier (RFC 7636 section 4.2)."""
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def read_sign_in_request(
    sent: Mapping[str, str], clients: Mapping[str, frozenset[str]]
) -> SignInRequest | UntrustedRequest | RejectedRequest:
    """Read and check a request to sign in; `clients` gives each client's exact redirect addresses."""
    redirect_uri, state = sent.get("redirect_uri", ""), sent.get("state", "")
    if sent.get("client_id") not in clients:
        return UntrustedRequest("This client is not registered.")
    if redirect_uri not in clients[sent["client_id"]]:
        return UntrustedRequest("This redirect address is not registered for the client.")
    if (error := _fault(sent)) is not None:
        return RejectedRequest(redirect_uri, state, error)
    return SignInRequest(
        client_id=sent["client_id"],
        redirect_uri=redirect_uri,
        scope=sent["scope"],
        state=state,
        nonce=sent.get("nonce", ""),
        code_challenge=sent["code_challenge"],
    )


def _fault(sent: Mapping[str, str]) -> str | None:
    if sent.get("response_type") != "code":
        return "unsupported_response_type"
    if "openid" not in sent.get("scope", "").split():
        return "invalid_scope"
    is_proof_asked = sent.get("code_challenge_method") == "S256" and sent.get("code_challenge")
    return None if is_proof_asked and sent.get("state") else "invalid_request"


def address_with(address: str, parameters: Mapping[str, str]) -> str:
    """Add parameters to a redirect address."""
    joint = "&" if "?" in address else "?"
    return f"{address}{joint}{urlencode(parameters)}"


PATIENT_FIELD = (
    '<p><label>NHS number of the person to open <input name="patient" inputmode="numeric"'
    ' autocomplete="off" required></label></p>'
)


def sign_in_page(
    fields: Mapping[str, str], usernames: Iterable[str], message: str = "", more: str = ""
) -> str:
    """Write the sign-in form, which carries the client's request along; `more` stands before its button."""
    carried = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name, value in fields.items()
    )
    options = "".join(f'<option value="{escape(name)}">' for name in usernames)
    notice = f'<p role="alert">{escape(message)}</p>' if message else ""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><title>Demo sign-in</title></head>'
        f"<body><main><h1>Demo sign-in</h1><p>Invented people only.</p>{notice}"
        f'<form method="post" action="authorize">{carried}'
        '<p><label>User <input name="username" list="users" autocomplete="username" required></label></p>'
        f'<datalist id="users">{options}</datalist>'
        '<p><label>Password <input name="password" type="password" autocomplete="current-password" required>'
        f'</label></p>{more}<p><button type="submit">Sign in</button></p></form></main></body></html>'
    )
