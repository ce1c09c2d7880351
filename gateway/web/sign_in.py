"""Sign people in and out: send them to the OpenID provider, take them back, begin and end their session.

Checks no signature itself. OpenID Connect Core 1.0, section 3.1; OAuth 2.0 security best practice (RFC 9700).
"""

import secrets
from dataclasses import replace
from hmac import compare_digest
from urllib.parse import urlsplit

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.audit.acts import SignInFailed
from gateway.errors import (
    NotAuthenticatedError,
    NotFoundError,
    RefusedError,
    UnavailableError,
)
from gateway.id_tokens import ExpectedIdToken, ProvenSignIn, check_id_token
from gateway.identity import Holding
from gateway.sign_in_client import (
    ONLY_PROVIDER,
    Attempt,
    SignInProvider,
    authorize_address,
    exchange,
    providers_of,
)
from gateway.web.cookies import attempt_cookie, session_cookie
from gateway.web.forms import read_form
from gateway.web.refusals import Told, page_of
from gateway.web.role_choice import begin
from gateway.web.sessions import end_session
from gateway.web.visits import ChoosersVisit, request_id_of, services_of, to_start
from gateway.web.writing import Frame, write_page
from gateway.wiring import Services

_ANSWER_PARAMETERS = frozenset(
    {
        "client_id",
        "code",
        "error",
        "error_description",
        "error_uri",
        "iss",
        "scope",
        "session_state",
        "state",
    }
)
"""What providers answer with: RFC 6749 section 4.1.2, RFC 9207, OpenID Connect Session Management 1.0
section 2; ForgeRock's, behind CIS2, add the scope and the client."""

_ATTEMPT_BYTES = 32
_NOT_SIGNED_IN = Told(
    400,
    "You are not signed in",
    ("The sign-in could not be completed.", "Go to the start page and sign in again."),
)


async def choose_provider(request: Request) -> Response:
    """Let people say who knows them; where there is but one provider, send them there."""
    services = services_of(request)
    providers = providers_of(services.settings)
    if len(providers) == 1:
        return _sent_to(providers[0], request)
    if not providers:
        raise NotFoundError("No sign-in is configured.")
    return write_page("providers.html", Frame.of(services.settings), {"providers": providers})


async def send_to_sign_in(request: Request) -> Response:
    """Send the browser to the provider that was chosen."""
    return _sent_to(_provider(services_of(request), request), request)


def _sent_to(provider: SignInProvider, request: Request) -> Response:
    """Begin a try to sign in and send the browser to its provider."""
    services = services_of(request)
    base_url = services.settings.base_url
    if request.headers.get("host") != urlsplit(base_url).netloc:
        # The provider returns to the one registered address: the try must begin there.
        return RedirectResponse(f"{base_url}/sign-in/with/{provider.key}", 303)
    random = secrets.token_bytes(_ATTEMPT_BYTES)
    attempt = Attempt.begin(provider.issuer, services.records.clock(), random)
    response = RedirectResponse(authorize_address(provider, attempt), 303)
    attempt_cookie(services.settings).put(response, attempt.secret)
    return response


async def take_back(request: Request) -> Response:
    """Take a browser back from the provider: a session, or a page that says there is none."""
    services = services_of(request)
    settings = services.settings
    try:
        holding, proven = await _proven(request, services)
        replaced = session_cookie(settings).read(request)
        session_id = await begin(services, holding, proven, replaced)
    except (RefusedError, NotAuthenticatedError) as fault:
        reason = fault.reason if isinstance(fault, RefusedError) else "token-refused"
        await _record_failure(services, reason)
        response: Response = page_of(_NOT_SIGNED_IN, Frame.of(settings), request_id_of(request))
    except UnavailableError:
        await _record_failure(services, "provider-unavailable")
        raise
    else:
        response = to_start()
        session_cookie(settings).put(response, session_id)
    attempt_cookie(settings).drop(response)
    return response


async def sign_out(visit: ChoosersVisit) -> Response:
    """End the visitor's session."""
    await read_form(visit.request, visit.session, visit.services.settings)
    await end_session(visit.services, visit.session)
    response = to_start()
    session_cookie(visit.services.settings).drop(response)
    return response


async def _proven(request: Request, services: Services) -> tuple[Holding, ProvenSignIn]:
    """Check everything that came back, cheapest first.

    Raises RefusedError with the reason as a closed word, NotAuthenticatedError, UnavailableError.
    """
    now = services.records.clock()
    provider = _provider(services, request)
    secret = attempt_cookie(services.settings).read(request)
    attempt = None if secret is None else Attempt.read(provider.issuer, secret, now)
    if attempt is None:
        raise RefusedError("no-attempt", "This browser has no sign-in under way.")
    code = _code(request.query_params, provider, attempt)
    tokens = await exchange(provider, code, attempt.verifier)
    signed = await services.verifier.signed(tokens.id_token)
    expected = ExpectedIdToken(provider.issuer, provider.client_id, attempt.nonce)
    proven = check_id_token(signed, expected, now)
    holding = await services.verifier.holding(tokens.access_token)
    if (holding.user_id, holding.issuer) != (proven.user_id, proven.issuer):
        raise RefusedError("tokens-differ", "The two tokens are about different people.")
    return _in_selected_role(holding, proven.role_profile_id), proven


def _in_selected_role(holding: Holding, selected: str | None) -> Holding:
    """Leave of what somebody holds the role that the id token names, if it names one: that is no choice of theirs.

    Raises RefusedError.
    """
    if selected is None:
        return holding
    if holding.chosen is not None:
        held = {holding.chosen.role_profile_id: holding.chosen}
    else:
        held = {each.id: each.principal for each in holding.profiles if each.principal is not None}
    if selected not in held:
        raise RefusedError("tokens-differ", "The two tokens do not name one role.")
    return replace(holding, chosen=held[selected], profiles=())


def _code(sent: QueryParams, provider: SignInProvider, attempt: Attempt) -> str:
    if any(len(sent.getlist(name)) > 1 for name in sent):
        raise RefusedError("ambiguous-answer", "The provider's answer says something twice.")
    if not compare_digest(sent.get("state", "").encode(), attempt.state.encode()):
        raise RefusedError("other-state", "The answer is to another sign-in.")
    if sent.get("iss", provider.issuer) != provider.issuer:
        raise RefusedError("other-issuer", "The answer is from another provider.")
    if not sent.keys() <= _ANSWER_PARAMETERS:
        raise RefusedError("unknown-answer", "The provider's answer says what none would say.")
    code = sent.get("code")
    if code is None:
        raise RefusedError("provider-refused", "The provider signed nobody in.")
    return code


def _provider(services: Services, request: Request) -> SignInProvider:
    """Give the provider whose own address was called; the address without a name is one provider's alone.

    Raises NotFoundError for a name of none.
    """
    wanted = request.path_params.get("provider", ONLY_PROVIDER)
    for each in providers_of(services.settings):
        if each.key == wanted:
            return each
    raise NotFoundError("No such sign-in is configured.")


async def _record_failure(services: Services, reason: str) -> None:
    await services.log.append(SignInFailed(services.records.clock(), reason))
