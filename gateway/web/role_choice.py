"""Let somebody who holds several roles say in which they act: at sign-in, and whenever they change.

Never merges two roles, and never chooses. Each choice is a new session under a new id, no longer than the one before.
NHS CIS2: one selected role; safety rule 22.
"""

import secrets
from dataclasses import replace

import msgspec
from starlette.responses import Response

from gateway.access.asking import who_of
from gateway.access.staff import may_act
from gateway.audit.acts import RoleChosen, SignedIn, Who
from gateway.errors import BadRequestError, ConflictError, NotFoundError
from gateway.id_tokens import ProvenSignIn
from gateway.identity import Holding, Principal
from gateway.store.sign_ins import SignIn, begin_sign_in, end_sign_in, sign_in_of
from gateway.web.cookies import session_cookie
from gateway.web.forms import read_form
from gateway.web.sessions import (
    ChoiceToMake,
    Session,
    Subject,
    begin_session,
    begun_with_choice,
    hash_of,
    keep_session,
    refuse_suspended,
)
from gateway.web.visits import ChoosersVisit, to_start
from gateway.web.writing import Frame, write_page
from gateway.wiring import Services

PROFILE_FIELD = "role_profile"


async def begin(
    services: Services, holding: Holding, proven: ProvenSignIn, replaced: str | None
) -> str:
    """Begin the session of a sign-in, in the role that the provider chose or before the choice; give its id.

    Raises as `begin_session` does.
    """
    if holding.chosen is not None:
        return await begin_session(services, holding.chosen, proven, replaced)
    await _refuse_suspended_in_each(services, holding)
    now = services.records.clock()
    begun = begun_with_choice(holding.profiles, proven, now)
    await keep_session(
        services, SignedIn(now, _nobody_yet(holding), "openid-connect"), begun, replaced
    )
    return begun.id


async def _refuse_suspended_in_each(services: Services, holding: Holding) -> None:
    """Refuse who could choose none but suspended roles. Raises RefusedError, UnavailableError."""
    held = [each.principal for each in holding.profiles if each.principal is not None]
    for each in held[:-1]:
        if await may_act(services.records.access.staff, each):
            return
    await refuse_suspended(services, held[-1])


def _nobody_yet(holding: Holding) -> Who:
    """Give who signed in as the audit keeps them: a person, in no role."""
    return Who(
        holding.user_id, role="", organisation="", organisation_kind="", name="", role_profile_id=""
    )


async def show_roles(visit: ChoosersVisit) -> Response:
    """Show from which roles there is to choose, and which give no access."""
    session = visit.session
    if not session.profiles:
        raise NotFoundError("The provider chose the role.")
    settings = visit.services.settings
    content = {
        "profiles": session.profiles,
        "current": session.principal.role_profile_id if isinstance(session, Session) else None,
        "form_token": session.form_token,
        "field": PROFILE_FIELD,
    }
    frame = Frame.of(settings, session if isinstance(session, Session) else None)
    return write_page("roles.html", frame, content)


async def take_role(visit: ChoosersVisit) -> Response:
    """Go on in the role that was chosen."""
    fields = await read_form(visit.request, visit.session, visit.services.settings)
    wanted = _among(visit.session, fields.get(PROFILE_FIELD, ""))
    session_id = await _go_on(visit.services, visit.session, wanted)
    response = to_start()
    session_cookie(visit.services.settings).put(response, session_id)
    return response


def _among(session: Session | ChoiceToMake, profile_id: str) -> Principal:
    for each in session.profiles:
        if each.id == profile_id and each.principal is not None:
            return each.principal
    raise BadRequestError("Choose one of the roles that give access.")


async def _go_on(services: Services, session: Session | ChoiceToMake, principal: Principal) -> str:
    """Put a session in this role in the place of the one before.

    Raises RefusedError for who is suspended, ConflictError when the session ended meanwhile, UnavailableError.
    """
    await refuse_suspended(services, principal)
    before = await services.store.read(sign_in_of, session.id_hash)
    if before is None or not services.verifier.has_place(principal, before.issuer):
        raise ConflictError("The session has ended: sign in again.")
    session_id, now = secrets.token_urlsafe(32), services.records.clock()
    async with services.log.recorded(RoleChosen(now, who_of(principal))) as recorded:
        # Whoever chose twice at once, or was signed out meanwhile, has no session left to put another in place of.
        if not await recorded.do(end_sign_in, session.id_hash):
            raise ConflictError("The session has ended: sign in again.")
        await recorded.do(begin_sign_in, _in_role(before, session, principal, session_id))
    return session_id


def _in_role(
    before: SignIn, session: Session | ChoiceToMake, principal: Principal, session_id: str
) -> SignIn:
    subject = Subject(principal, session.profiles)
    return replace(
        before,
        id_hash=hash_of(session_id),
        subject=msgspec.json.encode(subject),
        role_profile_id=principal.role_profile_id,
    )
