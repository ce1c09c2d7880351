"""Ask a simulated bulk source as a backend service does."""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from itertools import count

import httpx2
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

from adapters.simulators.bulk.jobs import Pace
from adapters.simulators.bulk.machines import Machine
from adapters.simulators.bulk.server import BulkSettings, create_app
from adapters.simulators.bulk.shelf import Shelf, planning_shelf
from adapters.simulators.client_assertions import ASSERTION_TYPE
from adapters.simulators.faults import Faults
from adapters.simulators.planning.population import Population
from adapters.simulators.truth import SourceKind

ADDRESS = "http://bulk.example"
KEY = ECKey.generate_key("P-384", {"kid": "ours", "alg": "ES384"})
STRANGERS_KEY = ECKey.generate_key("P-384", {"kid": "ours", "alg": "ES384"})
KICK_OFF = {"Accept": "application/fhir+json", "Prefer": "respond-async"}
WORLD = Population(people=60)


@cache
def _held():
    return planning_shelf(WORLD, SourceKind.HOSPITAL).lines


def fresh_shelf():
    return Shelf({name: list(lines) for name, lines in _held().items()})


@dataclass
class Clock:
    now: datetime = WORLD.reference_time + timedelta(days=1)

    def __call__(self):
        return self.now

    def pass_(self, **time):
        self.now += timedelta(**time)


@dataclass
class World:
    clock: Clock = field(default_factory=Clock)
    shelf: Shelf = field(default_factory=fresh_shelf)
    faults: Faults = field(default_factory=Faults)
    assertions: count = field(default_factory=count)

    def client(self, **changes):
        machines = (Machine("us", public_keys(KEY)), Machine("them", public_keys(STRANGERS_KEY)))
        settings = BulkSettings(ADDRESS, self.clock, **{"machines": machines, **changes})
        app = create_app(self.shelf, settings, self.faults)
        return httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url=ADDRESS)

    def assertion(self, key=KEY, client_id="us", **changes):
        now = int(self.clock().timestamp())
        claims = {"iss": client_id, "sub": client_id, "aud": f"{ADDRESS}/token", "exp": now + 240}
        claims = {**claims, "jti": str(next(self.assertions)), **changes}
        return jwt.encode({"alg": "ES384", "kid": "ours"}, claims, key, algorithms=["ES384"])

    def form(self, scope="system/*.rs", **changes):
        return {
            "grant_type": "client_credentials",
            "scope": scope,
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": self.assertion(**changes),
        }


def public_keys(key):
    return KeySet.import_key_set({"keys": [key.as_dict(private=False)]})


async def let_in(client, world, **changes):
    """Show the token of each further request."""
    given = await client.post("/token", data=world.form(**changes))
    client.headers["Authorization"] = f"Bearer {given.json()['access_token']}"


async def exported(client, world, query="", path="/fhir/$export"):
    """Kick an export off and wait for its manifest."""
    begun = await client.get(f"{path}{query}", headers=KICK_OFF)
    assert begun.status_code == 202, begun.text
    while (told := await client.get(begun.headers["content-location"])).status_code == 202:
        world.clock.pass_(seconds=int(told.headers["retry-after"]))
    return told


async def lines(client, entries):
    files = [await client.get(entry["url"]) for entry in entries]
    return [json.loads(line) for file in files for line in file.text.splitlines()]


QUICK = Pace(polls_until_ready=1, resources_a_file=50)
