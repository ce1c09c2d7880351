"""Stand in for a national sign-in service: OpenID Connect for people, signed assertions for machines.

Decides nothing about records; for the demo alone. OpenID Connect Core and Discovery 1.0, OAuth 2.1, SMART Backend Services.
"""

import hmac
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import assert_never

from joserfc.jwk import ECKey
from starlette.applications import Starlette
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from adapters.simulators.client_assertions import ALGORITHMS, AssertionChecker, MachineClient
from adapters.simulators.demo_users import DemoUser
from adapters.simulators.identity_tokens import ALGORITHM, TOKEN_LIFETIME, TokenMaker
from adapters.simulators.launch_desk import LaunchDesk
from adapters.simulators.launching import (
    FindPatient,
    Launches,
    finds_nobody,
    picks_a_patient,
    read_launch_request,
)
from adapters.simulators.sign_in import (
    PATIENT_FIELD,
    Grants,
    RejectedRequest,
    SignInRequest,
    UntrustedRequest,
    address_with,
    read_sign_in_request,
    sign_in_page,
)
from adapters.simulators.smart_apps import SmartApp

NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}
_CARRIED = (
    "response_type",
    "client_id",
    "redirect_uri",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
    "aud",
    "launch",
)
_SCOPES = ("openid", "profile", "nationalrbacaccess", "selectedrole")
_NOT_SIGNED_IN = "User or password is wrong."
_NOBODY = "There is nobody to open for you."
DEMO_CLIENT = "demo"
"""The client of password grants that name none."""


@dataclass(frozen=True, slots=True)
class IdentitySettings:
    """What a provider is made of; `web_clients` gives each client's exact redirect addresses.

    `unlisted` may sign in too, and are too many to be named on the page.

    `fhir_base` is the server that applications may be launched against, where `find_patient` looks people up.
    """

    issuer: str
    audience: str
    signing_key: ECKey
    password: str = field(repr=False)
    users: Mapping[str, DemoUser]
    web_clients: Mapping[str, frozenset[str]]
    machine_clients: Mapping[str, MachineClient]
    smart_apps: Mapping[str, SmartApp] = field(default_factory=dict)
    fhir_base: str = ""
    find_patient: FindPatient = finds_nobody
    unlisted: Mapping[str, DemoUser] = field(default_factory=dict)


def create_app(
    settings: IdentitySettings,
    *,
    now: Callable[[], datetime],
    new_secret: Callable[[], str] = secrets.token_urlsafe,
) -> Starlette:
    """Make the application at the root of the issuer's address."""
    desk = _Desk(settings, now, new_secret)
    return Starlette(
        routes=[
            Route("/.well-known/openid-configuration", desk.discover, methods=["GET"]),
            Route("/jwks", desk.keys, methods=["GET"]),
            Route("/authorize", desk.ask_to_sign_in, methods=["GET"]),
            Route("/authorize", desk.sign_in, methods=["POST"]),
            Route("/token", desk.token, methods=["POST"]),
            Route("/launch", desk.ask_whom_to_launch_for, methods=["GET"]),
            Route("/launch", desk.launch, methods=["POST"]),
        ]
    )


class _Desk:
    def __init__(
        self, settings: IdentitySettings, now: Callable[[], datetime], new_secret: Callable[[], str]
    ) -> None:
        self._settings = settings
        self._grants = Grants(now, new_secret)
        self._tokens = TokenMaker(
            settings.issuer, settings.audience, settings.signing_key, now, new_secret
        )
        self._assertions = AssertionChecker(settings.machine_clients, self._at("/token"), now)
        self._smart = LaunchDesk(
            settings.smart_apps,
            settings.fhir_base,
            settings.find_patient,
            self._tokens,
            Launches(now, new_secret),
            AssertionChecker(settings.smart_apps, self._at("/token"), now),
        )

    def _at(self, path: str) -> str:
        return self._settings.issuer.rstrip("/") + path

    async def discover(self, _request: Request) -> Response:
        return JSONResponse(
            {
                "issuer": self._settings.issuer,
                "authorization_endpoint": self._at("/authorize"),
                "token_endpoint": self._at("/token"),
                "jwks_uri": self._at("/jwks"),
                "response_types_supported": ["code"],
                "grant_types_supported": ["authorization_code", "client_credentials", "password"],
                "subject_types_supported": ["public"],
                "scopes_supported": [*_SCOPES, *self._smart.scopes],
                "id_token_signing_alg_values_supported": [ALGORITHM],
                "code_challenge_methods_supported": ["S256"],
                "token_endpoint_auth_methods_supported": ["none", "private_key_jwt"],
                "token_endpoint_auth_signing_alg_values_supported": list(ALGORITHMS),
                "authorization_response_iss_parameter_supported": True,
            }
        )

    async def keys(self, _request: Request) -> Response:
        return JSONResponse(self._tokens.public_keys())

    async def ask_to_sign_in(self, request: Request) -> Response:
        read = self._read(request.query_params)
        if not isinstance(read, SignInRequest):
            return self._turned_away(read)
        return self._form(read, request.query_params)

    async def sign_in(self, request: Request) -> Response:
        sent = _texts(await request.form())
        read = self._read(sent)
        if not isinstance(read, SignInRequest):
            return self._turned_away(read)
        user = self._user(sent)
        if user is None:
            return self._form(read, sent, _NOT_SIGNED_IN, status=401)
        patient = await self._smart.patient_for(read, sent, user)
        if self._smart.is_missing_patient(read, patient):
            return self._form(read, sent, _NOBODY, status=400)
        code = self._grants.hand_out(read, user, patient)
        answer = {"code": code, "state": read.state, "iss": self._settings.issuer}
        return RedirectResponse(address_with(read.redirect_uri, answer), 303, NO_STORE)

    def _read(self, sent: Mapping[str, str]) -> SignInRequest | UntrustedRequest | RejectedRequest:
        app = self._settings.smart_apps.get(sent.get("client_id", ""))
        if app is not None:
            return read_launch_request(sent, app, self._settings.fhir_base)
        return read_sign_in_request(sent, self._settings.web_clients)

    async def ask_whom_to_launch_for(self, _request: Request) -> Response:
        return HTMLResponse(self._smart.page(), 200, NO_STORE)

    async def launch(self, request: Request) -> Response:
        sent = _texts(await request.form())
        user = self._user(sent)
        if user is None:
            return HTMLResponse(self._smart.page(_NOT_SIGNED_IN), 401, NO_STORE)
        patient = await self._smart.found(sent, user)
        if patient is None:
            return HTMLResponse(self._smart.page(_NOBODY), 400, NO_STORE)
        address = self._smart.launch_address(sent.get("client_id", ""), user, patient)
        if address is None:
            return HTMLResponse(self._smart.page("This is not started from here."), 400, NO_STORE)
        return RedirectResponse(address, 303, NO_STORE)

    async def token(self, request: Request) -> Response:
        sent = _texts(await request.form())
        match sent.get("grant_type"):
            case "authorization_code":
                return self._exchange_code(sent)
            case "client_credentials":
                return self._admit_machine(sent)
            case "password":
                return self._admit_by_password(sent)
            case _:
                return _refused("unsupported_grant_type")

    def _exchange_code(self, sent: Mapping[str, str]) -> Response:
        client_id = self._smart.client_of(sent, self._settings.web_clients)
        if client_id is None:
            return _refused("invalid_client", 401)
        grant = self._grants.take_back(
            sent.get("code", ""),
            client_id,
            sent.get("redirect_uri", ""),
            sent.get("code_verifier", ""),
        )
        if grant is None:
            return _refused("invalid_grant")
        told = self._smart.told_beside(grant, client_id)
        return self._granted(grant.user, client_id, grant.request.scope, told)

    def _admit_machine(self, sent: Mapping[str, str]) -> Response:
        client = self._assertions.client_of(
            sent.get("client_assertion_type", ""), sent.get("client_assertion", "")
        )
        if client is None:
            return _refused("invalid_client", 401)
        scopes = sent.get("scope", "").split()
        if not scopes or not client.scopes.issuperset(scopes):
            return _refused("invalid_scope")
        return self._granted(client.acts_as, client.client_id, " ".join(scopes), {})

    def _admit_by_password(self, sent: Mapping[str, str]) -> Response:
        client_id = sent.get("client_id", DEMO_CLIENT)
        if client_id != DEMO_CLIENT and client_id not in self._settings.web_clients:
            return _refused("invalid_client", 401)
        user = self._user(sent)
        if user is None:
            return _refused("invalid_grant")
        return self._granted(user, client_id, sent.get("scope", "openid"), {})

    def _user(self, sent: Mapping[str, str]) -> DemoUser | None:
        password = sent.get("password", "").encode()
        is_right = hmac.compare_digest(password, self._settings.password.encode())
        known = {**self._settings.unlisted, **self._settings.users}
        return known.get(sent.get("username", "")) if is_right else None

    def _granted(
        self, user: DemoUser, client_id: str, scope: str, more: Mapping[str, str]
    ) -> Response:
        granted = {
            "access_token": self._tokens.access_token(user, client_id, scope, more.get("patient")),
            "token_type": "Bearer",
            "expires_in": int(TOKEN_LIFETIME.total_seconds()),
            "scope": scope,
        }
        return JSONResponse({**granted, **more}, headers=NO_STORE)

    def _form(
        self, read: SignInRequest, sent: Mapping[str, str], message: str = "", status: int = 200
    ) -> Response:
        fields = {name: sent[name] for name in _CARRIED if name in sent}
        more = PATIENT_FIELD if picks_a_patient(read) else ""
        page = sign_in_page(fields, self._settings.users, message, more)
        return HTMLResponse(page, status, NO_STORE)

    def _turned_away(self, read: UntrustedRequest | RejectedRequest) -> Response:
        match read:
            case UntrustedRequest(reason):
                return HTMLResponse(f"<!doctype html><p>{reason}</p>", 400, NO_STORE)
            case RejectedRequest(redirect_uri, state, error):
                answer = {"error": error, "state": state, "iss": self._settings.issuer}
                return RedirectResponse(address_with(redirect_uri, answer), 303, NO_STORE)
            case unreachable:
                assert_never(unreachable)


def _texts(form: FormData) -> dict[str, str]:
    return {name: value for name, value in form.items() if isinstance(value, str)}


def _refused(error: str, status: int = 400) -> Response:
    return JSONResponse({"error": error}, status, NO_STORE)
