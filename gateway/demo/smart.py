"""Register the applications that the demo may launch, and look up for them the person whom they are for.

Launches nothing itself. What stands here is what the demo's identity provider can do, and is shown to do by tests.
"""

import asyncio
from collections.abc import Mapping
from http.client import HTTPException
from typing import Any

from joserfc.jwk import KeySet

from adapters.simulators.launching import FindPatient
from adapters.simulators.smart_apps import SmartApp
from gateway.demo.visitor import Visitor

PUBLIC_APP, KEYED_APP = "demo-viewer", "demo-keyed-viewer"
CALLBACK = "http://127.0.0.1/callback"
"""Where both return to, on any port of this machine."""

LAUNCH_URL = "http://127.0.0.1:8010/launch"
"""Where a launch from a record system begins: whoever tries one serves it there."""

SCOPES = (
    *("openid", "profile", "fhirUser", "launch", "launch/patient"),
    *("patient/*.rs", "patient/*.read", "user/*.rs", "user/*.read"),
)

SYSTEM_SCOPES = ("system/*.rs", "system/*.read")
"""What machines get, and no application that somebody signs in to."""

SETTINGS: Mapping[str, Any] = {
    "capabilities": [
        *("launch-standalone", "launch-ehr"),
        *("client-public", "client-confidential-asymmetric"),
        "sso-openid-connect",
        *("context-standalone-patient", "context-ehr-patient"),
    ],
    "scopes": [*SCOPES, *SYSTEM_SCOPES],
    "grant_types": ["authorization_code", "client_credentials"],
    "client_authentication": ["none", "private_key_jwt"],
    "signing_algorithms": ["RS384", "ES384"],
}
"""How the demo's deployment describes its provider."""


def demo_apps(public_keys: KeySet) -> Mapping[str, SmartApp]:
    """Register a public application, and one that proves itself by these keys."""
    scopes, returns = frozenset(SCOPES), frozenset({CALLBACK})
    return {
        PUBLIC_APP: SmartApp(PUBLIC_APP, returns, scopes, LAUNCH_URL),
        KEYED_APP: SmartApp(KEYED_APP, returns, scopes, LAUNCH_URL, public_keys),
    }


def patient_finder(gateway: str) -> FindPatient:
    """Give the search for one person at a gateway, as an application of the user's would ask it."""

    async def find(token: str, number: str) -> str | None:
        form = {"identifier": number}
        visitor = Visitor(gateway, token)
        try:
            answer = await asyncio.to_thread(visitor.post_form, "/fhir/Patient/_search", form)
        except (OSError, HTTPException):
            return None
        found = [
            each["resource"]["id"]
            for each in answer.json().get("entry", ())
            if each["search"]["mode"] == "match"
        ]
        return str(found[0]) if len(found) == 1 else None

    return find
