"""Launch applications at the running demo, as the browser of somebody who works there."""

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

import httpx2
from joserfc import jwt
from joserfc.jwk import import_key

from adapters.simulators.client_assertions import ASSERTION_TYPE
from adapters.simulators.demo_users import PLANNER_CLIENT
from tests.cli.running_demo import Printed
from tests.clients.node import HERE, NODE

TYPES = ("Condition", "MedicationRequest", "AllergyIntolerance", "Observation")
SCOPE = " ".join(("openid fhirUser patient/Patient.r", *(f"patient/{each}.rs" for each in TYPES)))
ANOTHER = "items that a role may not see"
"""How the demo tells of somebody else whose record the same reader may open."""

_HIDDEN = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)">')


@dataclass(frozen=True)
class Demo:
    """The running demo as its users know it."""

    printed: Printed

    @property
    def base(self) -> str:
        return self.printed.address("FHIR").removesuffix("/metadata")

    @property
    def identity(self) -> str:
        return self.printed.address("Simulated identity")

    def number_of(self, told: str) -> str:
        """Give the NHS number of the person whom the demo describes so."""
        [line] = [each for each in self.printed.text.splitlines() if told in each]
        return line.split()[0]

    def person(self, user: str, told: str = "all three sources") -> dict[str, str]:
        """Give what somebody types into the provider's form."""
        return {
            "username": user,
            "password": self.printed.password,
            "patient": self.number_of(told),
        }

    async def token_of(self, user: str) -> str:
        """Sign somebody in by their password, as the demo alone allows."""
        form = {"grant_type": "password", "username": user, "password": self.printed.password}
        async with httpx2.AsyncClient(trust_env=False) as asking:
            answer = await asking.post(f"{self.identity}/token", data=form)
        return str(answer.json()["access_token"])

    async def id_of(self, told: str) -> str:
        """Give the opaque id of a person, by a token of somebody who finds anybody."""
        token = await self.token_of("gp")
        async with httpx2.AsyncClient(trust_env=False) as asking:
            found = await asking.post(
                f"{self.base}/Patient/_search",
                data={"identifier": self.number_of(told)},
                headers={"Authorization": f"Bearer {token}"},
            )
        return str(found.json()["entry"][0]["resource"]["id"])

    async def asked(self, token: str, path: str) -> httpx2.Response:
        bearer = {"Authorization": f"Bearer {token}"} if token else {}
        async with httpx2.AsyncClient(trust_env=False) as asking:
            return await asking.get(f"{self.base}/{path}", headers=bearer)

    def key(self, algorithm: str) -> dict[str, Any]:
        keys = json.loads((self.printed.folder / "client-keys.json").read_text("utf-8"))["keys"]
        return next(each for each in keys if each["alg"] == algorithm)


async def handed_over(demo: Demo, client_id: str, user: str) -> dict[str, str]:
    """Open an application from the record system's page: what it is started with."""
    async with httpx2.AsyncClient(trust_env=False) as browser:
        form = {"client_id": client_id, **demo.person(user)}
        sent = await browser.post(f"{demo.identity}/launch", data=form)
    return dict(parse_qsl(urlsplit(sent.headers["location"]).query))


async def page_of(launch: str, person: Mapping[str, str]) -> Any:
    """Follow an application's launch through the provider's form to the application's own page."""
    async with httpx2.AsyncClient(trust_env=False, timeout=30) as browser:
        form = await browser.get(launch, follow_redirects=True)
        fields = {name: unescape(value) for name, value in _HIDDEN.findall(form.text)}
        action = urljoin(str(form.url), "authorize")
        answer = await browser.post(action, data=fields | person, follow_redirects=True)
    return answer.json()


@asynccontextmanager
async def application(demo: Demo, client_id: str, scope: str, **more: Any) -> AsyncIterator[str]:
    """Serve the application on client-js until the block ends; its address."""
    pipe = asyncio.subprocess.PIPE
    command = (NODE, str(HERE / "fhirclient_app.mjs"))
    served = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe)
    assert served.stdin is not None
    assert served.stdout is not None
    another = await demo.id_of(ANOTHER)
    known = {"base": demo.base, "clientId": client_id, "scope": scope, "another": another, **more}
    try:
        served.stdin.write(json.dumps(known).encode() + b"\n")
        port = (await served.stdout.readline()).decode().strip()
        assert port, "The application did not start."
        yield f"http://127.0.0.1:{port}"
    finally:
        served.stdin.close()
        await served.wait()


async def machine_token(demo: Demo, algorithm: str, why: str = "once") -> dict[str, Any]:
    """Ask for a token as the planner's machine does: by a signed assertion."""
    key = import_key(demo.key(algorithm))
    claims = {
        "iss": PLANNER_CLIENT,
        "sub": PLANNER_CLIENT,
        "aud": f"{demo.identity}/token",
        "exp": int(time.time()) + 120,
        "jti": f"{why} by {algorithm}",
    }
    signed = jwt.encode({"alg": algorithm, "kid": key.kid}, claims, key, algorithms=[algorithm])
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": signed,
        "scope": "system/*.rs",
    }
    async with httpx2.AsyncClient(trust_env=False) as machine:
        answer: dict[str, Any] = (await machine.post(f"{demo.identity}/token", data=form)).json()
    return answer
