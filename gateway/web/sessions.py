"""Keep a signed-in person's session on the server: begin it, find it again, end it.

Checks no token and knows no page. Only a hash of the session's id is stored; sign-in always makes a new id.
OWASP ASVS 5.0, section V7; safety rule 22.
"""

import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256

import msgspec

from gateway.access.asking import who_of
from gateway.access.decision import Question
from gateway.access.staff import may_act
from gateway.audit.acts import SignedIn, SignedOut
from gateway.errors import NotAuthenticatedError, RefusedError
from gateway.id_tokens import ProvenSignIn
from gateway.identity import Principal
from gateway.patient.emergencies import Opened, Renewal
from gateway.patient.pleas import Plea
from gateway.store.sign_ins import (
    SignIn,
    begin_sign_in,
    end_sign_in,
    sign_in_of,
    touch_sign_in,
)
from gateway.wiring import Services

IDLE_LASTS = timedelta(minutes=15)
SESSION_LASTS = timedelta(hours=8)
TOUCH_EVERY = timedelta(seconds=30)
"""A session's last use is known to half a minute: not every page needs a write."""

_ID_CHARACTERS = 43


@dataclass(frozen=True, slots=True)
class Session:
    """One live session. `form_token` proves that a form came from a page of this session."""

    principal: Principal
    id_hash: str = field(repr=False)
    form_token: str = field(repr=False)


async def begin_session(
    services: Services, principal: Principal, proven: ProvenSignIn, replaced: str | None
) -> str:
    """Record the sign-in, begin its session and give the new id; `replaced` is the id that it takes over.

    Raises NotAuthenticatedError when the token has run out, RefusedError for who is suspended,
    UnavailableError; then there is no session.
    """
    now = services.records.clock()
    if principal.expires_at <= now:
        raise NotAuthenticatedError("The token has expired.")
    if not await may_act(services.records.access.staff, principal):
        raise RefusedError("suspended", "The person is suspended.")
    session_id = secrets.token_urlsafe(32)
    sign_in = SignIn(
        id_hash=_hash(session_id),
        user_id=principal.user_id,
        subject=msgspec.json.encode(principal),
        created_at=now,
        last_seen_at=now,
        expires_at=min(now + SESSION_LASTS, principal.expires_at),
        provider_session=proven.provider_session,
        role_profile_id=principal.role_profile_id,
    )
    event = SignedIn(now, who_of(principal), "openid-connect")
    async with services.log.recorded(event) as recorded:
        if replaced is not None:
            await recorded.do(end_sign_in, _hash(replaced))
        await recorded.do(begin_sign_in, sign_in)
    return session_id


async def live_session(services: Services, session_id: str) -> Session | None:
    """Find the session of an id and note its use; None when there is none, or it has run out."""
    if len(session_id) != _ID_CHARACTERS:
        return None
    sign_in = await services.store.read(sign_in_of, _hash(session_id))
    now = services.records.clock()
    if sign_in is None or not is_live(sign_in, now):
        return None
    if now - sign_in.last_seen_at >= TOUCH_EVERY:
        await touch_sign_in(services.store, sign_in.id_hash, now)
    principal = msgspec.json.decode(sign_in.subject, type=Principal)
    if not services.verifier.has_place(principal):
        return None
    return Session(
        replace(principal, session=sign_in.id_hash), sign_in.id_hash, _form_token(session_id)
    )


def is_live(sign_in: SignIn, now: datetime) -> bool:
    """Say whether a session has neither idled too long nor reached its end."""
    return now < sign_in.expires_at and now - sign_in.last_seen_at < IDLE_LASTS


async def break_glass(
    services: Services, session: Session, question: Question, plea: Plea, request_id: str
) -> tuple[Opened, str]:
    """Take one step of an emergency and give the session's new id: the old one is nobody's from then on.

    Raises as `Emergencies.break_glass`; then neither grant nor new id exists.
    """
    session_id = secrets.token_urlsafe(32)
    renewal = Renewal(session.id_hash, _hash(session_id))
    opened = await services.emergencies.break_glass(question, plea, request_id, renewal)
    return opened, session_id


async def end_session(services: Services, session: Session) -> None:
    """Record the sign-out and end the session.

    Raises AuditUnavailableError; then the session still lives.
    """
    event = SignedOut(services.records.clock(), session.principal.user_id, "user")
    async with services.log.recorded(event) as recorded:
        await recorded.do(end_sign_in, session.id_hash)


def _hash(session_id: str) -> str:
    return sha256(session_id.encode()).hexdigest()


def _form_token(session_id: str) -> str:
    # The id is 256 random bits that no page shows: a hash of it serves as a secret of its own.
    return urlsafe_b64encode(sha256(f"form:{session_id}".encode()).digest()).rstrip(b"=").decode()
