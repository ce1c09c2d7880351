"""Keep a signed-in person's session on the server: begin it, find it again, end it.

Checks no token and knows no page. Only a hash of the session's id is stored; sign-in always makes a new id, and
so does every choice of a role. OWASP ASVS 5.0, section V7; safety rule 22.
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
from gateway.identity import Principal, Profile
from gateway.patient.emergencies import Opened, Renewal
from gateway.patient.pleas import Plea
from gateway.store.sign_ins import (
    SignIn,
    begin_sign_in,
    end_sign_in,
    sign_in_of,
    touch_sign_in,
)
from gateway.store.staff_suspensions import EVERY_PROFILE, is_suspended
from gateway.wiring import Services

IDLE_LASTS = timedelta(minutes=15)
SESSION_LASTS = timedelta(hours=8)
TOUCH_EVERY = timedelta(seconds=30)
"""A session's last use is known to half a minute: not every page needs a write."""

_ID_CHARACTERS = 43


@dataclass(frozen=True, slots=True)
class Session:
    """One live session in one role. `form_token` proves that a form came from a page of this session.

    `profiles` are the roles between which its holder may change; none where the provider chose.
    """

    principal: Principal
    id_hash: str = field(repr=False)
    form_token: str = field(repr=False)
    profiles: tuple[Profile, ...] = ()


@dataclass(frozen=True, slots=True)
class ChoiceToMake:
    """The session of somebody who is signed in and has still to say in which role."""

    user_id: str
    id_hash: str = field(repr=False)
    form_token: str = field(repr=False)
    profiles: tuple[Profile, ...]


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose session it is, as it is stored: in one role, or with a choice to make."""

    principal: Principal | None
    profiles: tuple[Profile, ...] = ()


@dataclass(frozen=True, slots=True)
class Begun:
    """A new session: the id that its holder gets, and the row that is kept."""

    id: str = field(repr=False)
    row: SignIn


async def begin_session(
    services: Services, principal: Principal, proven: ProvenSignIn, replaced: str | None
) -> str:
    """Record the sign-in, begin its session and give the new id; `replaced` is the id that it takes over.

    Raises NotAuthenticatedError when the token has run out, RefusedError for who is suspended,
    UnavailableError; then there is no session.
    """
    await refuse_suspended(services, principal)
    now = services.records.clock()
    begun = _begun(Subject(principal), principal, proven, now)
    await keep_session(
        services, SignedIn(now, who_of(principal), "openid-connect"), begun, replaced
    )
    return begun.id


async def refuse_suspended(services: Services, principal: Principal) -> None:
    """Refuse who is suspended. Raises RefusedError, UnavailableError."""
    if not await may_act(services.records.access.staff, principal):
        raise RefusedError("suspended", "The person is suspended.")


async def keep_session(
    services: Services, event: SignedIn, begun: Begun, replaced: str | None
) -> None:
    """Record a sign-in and keep its session, in place of the one whose id is given.

    Raises RefusedError when a suspension was quicker, UnavailableError; then nothing is done.
    """
    async with services.log.recorded(event) as recorded:
        if replaced is not None:
            await recorded.do(end_sign_in, hash_of(replaced))
        # A suspension ends the sessions that it finds: this one must not come after it unseen.
        profile = begun.row.role_profile_id or EVERY_PROFILE
        if await recorded.do(is_suspended, begun.row.user_id, profile):
            raise RefusedError("suspended", "The person is suspended.")
        await recorded.do(begin_sign_in, begun.row)


def _begun(subject: Subject, holder: Principal, proven: ProvenSignIn, now: datetime) -> Begun:
    if holder.expires_at <= now:
        raise NotAuthenticatedError("The token has expired.")
    session_id = secrets.token_urlsafe(32)
    row = SignIn(
        id_hash=hash_of(session_id),
        user_id=holder.user_id,
        subject=msgspec.json.encode(subject),
        created_at=now,
        last_seen_at=now,
        expires_at=min(now + SESSION_LASTS, holder.expires_at),
        provider_session=proven.provider_session,
        role_profile_id=None if subject.principal is None else holder.role_profile_id,
        issuer=proven.issuer,
    )
    return Begun(session_id, row)


def begun_with_choice(profiles: tuple[Profile, ...], proven: ProvenSignIn, now: datetime) -> Begun:
    """Make the session of somebody who has still to choose a role.

    Raises NotAuthenticatedError when the token has run out.
    """
    anyone = next(each.principal for each in profiles if each.principal is not None)
    return _begun(Subject(None, profiles), anyone, proven, now)


async def live_session(services: Services, session_id: str) -> Session | None:
    """Find the session of an id and note its use; None when there is none in a role, or it has run out."""
    found = await found_session(services, session_id)
    return found if isinstance(found, Session) else None


async def found_session(services: Services, session_id: str) -> Session | ChoiceToMake | None:
    """Find the session of an id, in a role or before one, and note its use."""
    if len(session_id) != _ID_CHARACTERS:
        return None
    sign_in = await services.store.read(sign_in_of, hash_of(session_id))
    now = services.records.clock()
    if sign_in is None or not is_live(sign_in, now):
        return None
    if now - sign_in.last_seen_at >= TOUCH_EVERY:
        await touch_sign_in(services.store, sign_in.id_hash, now)
    return _read(services, sign_in, form_token_of(session_id))


def _read(services: Services, sign_in: SignIn, form_token: str) -> Session | ChoiceToMake | None:
    subject = _subject(sign_in.subject)
    if subject is None:
        return None
    if subject.principal is None:
        return ChoiceToMake(sign_in.user_id, sign_in.id_hash, form_token, subject.profiles)
    # Settings may have changed since: provider and role must still follow from them.
    if not services.verifier.has_place(subject.principal, sign_in.issuer):
        return None
    principal = replace(subject.principal, session=sign_in.id_hash)
    return Session(principal, sign_in.id_hash, form_token, subject.profiles)


def _subject(kept: bytes) -> Subject | None:
    """Read whose session it is; None for what another version of the gateway kept in another form."""
    try:
        return msgspec.json.decode(kept, type=Subject)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


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
    renewal = Renewal(session.id_hash, hash_of(session_id))
    opened = await services.emergencies.break_glass(question, plea, request_id, renewal)
    return opened, session_id


async def end_session(services: Services, session: Session | ChoiceToMake) -> None:
    """Record the sign-out and end the session.

    Raises AuditUnavailableError; then the session still lives.
    """
    user_id = session.user_id if isinstance(session, ChoiceToMake) else session.principal.user_id
    event = SignedOut(services.records.clock(), user_id, "user")
    async with services.log.recorded(event) as recorded:
        await recorded.do(end_sign_in, session.id_hash)


def hash_of(session_id: str) -> str:
    """Give what is stored of a session's id."""
    return sha256(session_id.encode()).hexdigest()


def form_token_of(session_id: str) -> str:
    """Give the secret of a session's forms."""
    # The id is 256 random bits that no page shows: a hash of it serves as a secret of its own.
    return urlsafe_b64encode(sha256(f"form:{session_id}".encode()).digest()).rstrip(b"=").decode()
