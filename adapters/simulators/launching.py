"""Say for whom an application is launched: picked at sign-in, or handed over by the record system it starts from.

Signs nobody in and makes no tokens. The person is found at the gateway, as the user, so only an opaque id is kept.
SMART App Launch 2.2, standalone launch and EHR launch.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from adapters.simulators.demo_users import DemoUser
from adapters.simulators.sign_in import RejectedRequest, SignInRequest, UntrustedRequest
from adapters.simulators.smart_apps import LAUNCH, LAUNCH_PATIENT, SmartApp

HANDLE_LIFETIME = timedelta(minutes=5)

FindPatient = Callable[[str, str], Awaitable[str | None]]
"""Gives the gateway's opaque id for a person, by a user's access token and an NHS number; None if there is none."""


async def finds_nobody(_token: str, _number: str) -> str | None:
    """Stand in where no gateway is known: then nobody can be picked."""
    return None


@dataclass(frozen=True, slots=True)
class Launch:
    """What a record system said when it started an application."""

    client_id: str
    user: DemoUser
    patient: str
    expires_at: datetime


@dataclass(slots=True)
class Launches:
    """The launches under way; each handle is worth one sign-in."""

    now: Callable[[], datetime]
    new_secret: Callable[[], str]
    _out: dict[str, Launch] = field(default_factory=dict)

    def hand_out(self, client_id: str, user: DemoUser, patient: str) -> str:
        """Give the handle of a new launch."""
        handle = self.new_secret()
        self._out[handle] = Launch(client_id, user, patient, self.now() + HANDLE_LIFETIME)
        return handle

    def take_back(self, handle: str, client_id: str, user: DemoUser) -> str | None:
        """Exchange a handle for its person; it is worth nothing to another application or user."""
        launch = self._out.pop(handle, None)
        if launch is None or launch.expires_at <= self.now():
            return None
        is_same = (launch.client_id, launch.user) == (client_id, user)
        return launch.patient if is_same else None


def read_launch_request(
    sent: Mapping[str, str], app: SmartApp, fhir_base: str
) -> SignInRequest | UntrustedRequest | RejectedRequest:
    """Read and check an application's request; its scope is what it may get."""
    redirect_uri, state = sent.get("redirect_uri", ""), sent.get("state", "")
    if not app.may_return_to(redirect_uri):
        return UntrustedRequest("This redirect address is not registered for the client.")
    scope = app.granted(sent.get("scope", ""))
    if (error := _fault(sent, scope, fhir_base)) is not None:
        return RejectedRequest(redirect_uri, state, error)
    return SignInRequest(
        client_id=app.client_id,
        redirect_uri=redirect_uri,
        scope=scope,
        state=state,
        nonce=sent.get("nonce", ""),
        code_challenge=sent["code_challenge"],
        launch=sent.get("launch", ""),
    )


def _fault(sent: Mapping[str, str], scope: str, fhir_base: str) -> str | None:
    if sent.get("response_type") != "code":
        return "unsupported_response_type"
    is_proof_asked = sent.get("code_challenge_method") == "S256" and sent.get("code_challenge")
    is_for_us = sent.get("aud", "").rstrip("/") == fhir_base
    if not (is_proof_asked and sent.get("state") and is_for_us):
        return "invalid_request"
    # A launch from a record system has both the handle and the scope, or is none.
    is_whole = bool(sent.get("launch")) == (LAUNCH in scope.split())
    return None if scope and is_whole else "invalid_scope"


def picks_a_patient(request: SignInRequest) -> bool:
    """Say whether the person whom it is about is chosen at sign-in."""
    return LAUNCH_PATIENT in request.scope.split() and not request.launch
