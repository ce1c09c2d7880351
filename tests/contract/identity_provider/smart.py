"""Launch applications at the demo identity provider, as a browser and an application do."""

from urllib.parse import parse_qs, urlsplit

from joserfc.jwk import KeySet

from adapters.simulators.smart_apps import SmartApp
from tests.contract.identity_provider.asking import KEYS, PASSWORD, asked, exchange

FHIR = "http://gateway.example/fhir"
PUBLIC, KEYED = "public-app", "keyed-app"
RETURN = "http://127.0.0.1:4711/callback"
LAUNCH_URL = "https://app.example/launch"
NUMBER, PATIENT = "9990000018", "opaque-1"
SCOPES = frozenset(
    {"openid", "profile", "fhirUser", "launch", "launch/patient", "patient/*.rs", "user/Patient.rs"}
)
RETURNS = frozenset({"http://127.0.0.1/callback", "https://app.example/callback"})
APPS = {
    PUBLIC: SmartApp(PUBLIC, RETURNS, SCOPES, LAUNCH_URL),
    KEYED: SmartApp(
        KEYED,
        RETURNS,
        SCOPES,
        public_keys=KeySet.import_key_set(
            {"keys": [each.as_dict(private=False) for each in KEYS.values()]}
        ),
    ),
}


class Gateway:
    """Stands for the search of people: knows one person, and remembers with which tokens it was asked."""

    def __init__(self):
        self.asked = []

    async def find_patient(self, token, number):
        self.asked.append((token, number))
        return PATIENT if number == NUMBER else None


def launch_request(**changes):
    usual = {
        "client_id": PUBLIC,
        "redirect_uri": RETURN,
        "scope": "openid fhirUser launch/patient patient/*.rs",
        "aud": FHIR,
    }
    return asked(**(usual | changes))


async def sign_in(client, **changes):
    """Send the form as a browser does; what came back."""
    form = launch_request(**changes) | {"username": "gp", "password": PASSWORD}
    return await client.post("/authorize", data=form | {"patient": changes.get("patient", NUMBER)})


def told(response):
    """What an application is told in the address that the browser is sent to."""
    query = parse_qs(urlsplit(response.headers["location"]).query)
    return {name: value for name, [value] in query.items()}


async def tokens(client, changes=None, **of_exchange):
    answered = await sign_in(client, **(changes or {}))
    code = exchange(told(answered)["code"], client_id=PUBLIC, redirect_uri=RETURN) | of_exchange
    form = {name: value for name, value in code.items() if value is not None}
    return await client.post("/token", data=form)


async def start(client, **changes):
    """Use the record system's page, and give what the application is started with."""
    form = {"client_id": PUBLIC, "username": "gp", "password": PASSWORD, "patient": NUMBER}
    return await client.post("/launch", data=form | changes)
