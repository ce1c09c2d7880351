"""Launch applications: find the person whom one is for, start one as a record system does, tell it who uses it.

Checks no password (`identity_provider` does). SMART App Launch 2.2, launch and identity; its EHR is this provider's own
page, for the demo has no other.
"""

from collections.abc import Container, Mapping
from dataclasses import dataclass
from html import escape

from adapters.simulators.client_assertions import AssertionChecker
from adapters.simulators.demo_users import DemoUser
from adapters.simulators.identity_tokens import TokenMaker
from adapters.simulators.launching import FindPatient, Launches, picks_a_patient
from adapters.simulators.sign_in import PATIENT_FIELD, Grant, SignInRequest, address_with
from adapters.simulators.smart_apps import SmartApp

PICKER = "patient-picker"
"""The client as which this provider itself looks up the person whom an application is for."""


@dataclass(frozen=True, slots=True)
class LaunchDesk:
    """What is special to SMART applications. `fhir_base` is the one server that they may be launched against."""

    apps: Mapping[str, SmartApp]
    fhir_base: str
    find_patient: FindPatient
    tokens: TokenMaker
    launches: Launches
    assertions: AssertionChecker[SmartApp]

    def is_missing_patient(self, request: SignInRequest, patient: str | None) -> bool:
        """Say whether an application is for somebody, and nobody was found."""
        return patient is None and bool(request.launch or picks_a_patient(request))

    async def patient_for(
        self, request: SignInRequest, sent: Mapping[str, str], user: DemoUser
    ) -> str | None:
        """Give the opaque id of the person whom an application is opened for, if it is for anybody."""
        if request.launch:
            return self.launches.take_back(request.launch, request.client_id, user)
        return await self.found(sent, user) if picks_a_patient(request) else None

    async def found(self, sent: Mapping[str, str], user: DemoUser) -> str | None:
        """Find the person whose NHS number was typed, as the user may find people."""
        token = self.tokens.access_token(user, PICKER, "user/Patient.s")
        return await self.find_patient(token, sent.get("patient", "").replace(" ", ""))

    def launch_address(self, client_id: str, user: DemoUser, patient: str) -> str | None:
        """Give the address at which an application is started for a person; None for one that is not so started."""
        app = self.apps.get(client_id)
        if app is None or app.launch_url is None:
            return None
        handle = self.launches.hand_out(client_id, user, patient)
        return address_with(app.launch_url, {"iss": self.fhir_base, "launch": handle})

    @property
    def scopes(self) -> tuple[str, ...]:
        """List the scopes that some application is registered for, beside those of every sign-in."""
        registered = frozenset(scope for app in self.apps.values() for scope in app.scopes)
        return tuple(sorted(registered - {"openid", "profile"}))

    def client_of(self, sent: Mapping[str, str], others: Container[str]) -> str | None:
        """Give the client that exchanges a code, by its key if it has one; None for any doubt about it."""
        named = sent.get("client_id")
        if "client_assertion" in sent:
            kind, assertion = sent.get("client_assertion_type", ""), sent["client_assertion"]
            keyed = self.assertions.client_of(kind, assertion)
            return (
                None if keyed is None or named not in {None, keyed.client_id} else keyed.client_id
            )
        app = self.apps.get(named or "")
        is_public = named in others if app is None else app.public_keys is None
        return named if is_public else None

    def told_beside(self, grant: Grant, client_id: str) -> dict[str, str]:
        """Give what an application is told beside its access token."""
        scopes = grant.request.scope.split()
        told = {} if grant.patient is None else {"patient": grant.patient}
        if client_id in self.apps and "openid" not in scopes:
            return told
        fhir_user = f"{self.fhir_base}/Practitioner/{grant.user.user_id}"
        known_as = fhir_user if "fhirUser" in scopes else None
        nonce = grant.request.nonce
        return {**told, "id_token": self.tokens.id_token(grant.user, client_id, nonce, known_as)}

    def page(self, message: str = "") -> str:
        """Write the record system's page that starts an application."""
        options = "".join(
            f'<option value="{escape(name)}">{escape(name)}</option>'
            for name, app in self.apps.items()
            if app.launch_url is not None
        )
        notice = f'<p role="alert">{escape(message)}</p>' if message else ""
        return (
            '<!doctype html><html lang="en"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width"><title>Demo record system</title></head>'
            f"<body><main><h1>Open an application for a person</h1>{notice}"
            '<form method="post" action="launch">'
            f'<p><label>Application <select name="client_id">{options}</select></label></p>'
            '<p><label>User <input name="username" autocomplete="username" required></label></p>'
            '<p><label>Password <input name="password" type="password" autocomplete="current-password" required>'
            f'</label></p>{PATIENT_FIELD}<p><button type="submit">Open</button></p></form></main></body></html>'
        )
