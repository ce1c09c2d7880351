"""Strings that break programs, in every parameter and segment of every route (IP-09, IP-10): nothing breaks.

Corpus: the Big List of Naughty Strings. `SCR_PROVE_COUNT` sets how many go to each parameter and segment,
`SCR_PROVE_SEED` repeats a run. Places come from the routes, the CapabilityStatement and the forms as they are
served; headers, which are neither parameters nor segments, get fewer.
"""

import asyncio
import random
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

import httpx2
import orjson
import pytest

from tests.safety.every_route import Served, every_route
from tests.safety.published_lists import COUNT, SEED, naughty_strings, needs_lists
from tests.safety.siege import ASKED_ABOUT
from tests.stack import Stack
from tests.web.visitor import Visitor

pytestmark = needs_lists

USER = "gp"
FORM = "application/x-www-form-urlencoded"
HEADER_STRINGS = 50
OF_ONE_SIGN_IN = 2_000
HEADERS = ("X-Request-ID", "Purpose-Of-Use", "Accept", "Range", "If-None-Match", "User-Agent")
# What searches and operations of any type may be asked with, served here or not, and what providers send back.
SHARED = (
    *("_id", "_lastUpdated", "_count", "_format", "_elements", "_summary", "_sort", "_total"),
    *("_type", "_since", "start", "end", "patient", "subject", "_include", "_has", "_cursor"),
    *("code", "state", "iss", "error", "next", "identifier", "family", "given", "birthdate"),
)
_FIELD = re.compile(r'<(?:input|select|textarea)[^>]* name="([^"]+)"')
_MARKUP = re.compile("[<>&\"']")
# Anything shorter may well stand in a page of its own accord.
_TELLING_LENGTH = 6


@dataclass(frozen=True)
class Place:
    """Where a string is put: `where` is path, query, form or header."""

    route: Served
    where: str
    name: str


@dataclass
class Attempts:
    """Everything that a request is made of besides the naughty string, and what went wrong."""

    stack: Stack
    api: httpx2.AsyncClient
    bearer: Mapping[str, str] = field(default_factory=dict)
    form_token: str = ""
    faults: list[tuple[Place, str, str]] = field(default_factory=list)
    since_sign_in: int = 0
    unavailable: int = 0

    async def sign_in(self) -> None:
        """Begin anew: what is tried on somebody whose token has run out tries the refusal alone."""
        visitor = Visitor(self.stack)
        await visitor.sign_in(USER)
        self.stack.tokens.pop(USER, None)
        self.bearer = {"Authorization": f"Bearer {await self.stack.token(USER)}"}
        self.form_token = await visitor.form_token()
        self.since_sign_in = 0

    async def attempt_all(self, place: Place, strings: Sequence[str]) -> None:
        self.since_sign_in += len(strings)
        if self.since_sign_in > OF_ONE_SIGN_IN:
            await self.sign_in()
        at_most = asyncio.Semaphore(8)

        async def one(naughty: str) -> None:
            async with at_most:
                await self.attempt(place, naughty)

        await asyncio.gather(*map(one, strings))
        assert (await self.stack.client.get("/find")).status_code == 200, "no longer signed in"

    async def attempt(self, place: Place, naughty: str) -> None:
        answer = await self._send(place, naughty)
        if answer.status_code == 503:
            # Storage that is late refuses whatever is asked; what a string does, it does again.
            self.unavailable += 1
            answer = await self._send(place, naughty)
        if fault := fault_of(answer, naughty):
            self.faults.append((place, naughty, fault))

    async def _send(self, place: Place, naughty: str) -> httpx2.Response:
        route = place.route
        usual = {"patient_id": self.stack.patient(ASKED_ABOUT), "resource_type": "Condition"}
        filled = dict.fromkeys(route.fields, "x") | usual
        if place.where == "path":
            filled[place.name] = quote(naughty, safe="")
        query = [(place.name, naughty)] if place.where == "query" else []
        if route.path == "/fhir/{resource_type}" and place.name not in {"patient", "subject"}:
            query.append(("patient", usual["patient_id"]))
        address = route.at(**filled) + (f"?{urlencode(query)}" if query else "")
        is_page = not route.path.startswith(("/fhir", "/population"))
        client, headers = (self.stack.client, {}) if is_page else (self.api, dict(self.bearer))
        if place.where == "header":
            headers[place.name] = naughty.encode()
        if route.method != "POST":
            return await client.request(route.method, address, headers=headers)
        form = self._form(route, place, naughty)
        headers["Content-Type"] = FORM
        return await client.post(address, content=urlencode(form), headers=headers)

    def _form(self, route: Served, place: Place, naughty: str) -> dict[str, str]:
        given = {place.name: naughty} if place.where == "form" else {}
        # With its token, signing out would end the session that the other attempts need.
        is_ours = not route.path.startswith("/fhir") and route.path != "/sign-out"
        usual = {"form_token": self.form_token} if is_ours else {}
        if route.path == "/fhir/{resource_type}/_search":
            usual["patient"] = self.stack.patient(ASKED_ABOUT)
        return usual | given


def fault_of(answer: httpx2.Response, naughty: str) -> str:
    """Say what is wrong with an answer to a naughty string, or nothing."""
    kind = answer.headers.get("content-type", "")
    if answer.status_code >= 500:
        return f"status {answer.status_code}"
    if "json" in kind and not _is_json(answer.content):
        return "not JSON"
    is_telling = len(naughty) >= _TELLING_LENGTH and _MARKUP.search(naughty)
    if "json" not in kind and is_telling and naughty in answer.text:
        return "reflected as it is"
    return ""


def _is_json(content: bytes) -> bool:
    try:
        orjson.loads(content)
    except ValueError:
        return False
    return True


async def parameters_of(stack: Stack) -> list[str]:
    """Give every search parameter that the service says it knows, and those that any FHIR server may be sent."""
    said = (await stack.client.get("/fhir/metadata")).json()["rest"][0]["resource"]
    known = {each["name"] for served in said for each in served.get("searchParam", [])}
    return sorted(known | set(SHARED))


async def fields_of(stack: Stack, routes: Iterable[Served]) -> list[str]:
    """Give every field of every form on every page."""
    patient = stack.patient(ASKED_ABOUT)
    found: set[str] = set()
    for route in routes:
        if route.method == "GET" and not route.path.startswith(("/fhir", "/static")):
            filled = dict.fromkeys(route.fields, patient)
            found.update(_FIELD.findall((await stack.client.get(route.at(**filled))).text))
    return sorted(found - {"form_token"})


def places(routes: Iterable[Served], parameters: list[str], fields: list[str]) -> list[Place]:
    found: list[Place] = []
    for route in routes:
        is_posted = route.method == "POST"
        names = fields if is_posted and not route.path.startswith("/fhir") else parameters
        where = "form" if is_posted else "query"
        found += [Place(route, "path", name) for name in route.fields]
        found += [Place(route, where, name) for name in names]
        found += [Place(route, "header", name) for name in HEADERS]
    return found


@pytest.fixture
async def attempts(stack: Stack) -> Attempts:
    apart = httpx2.AsyncClient(transport=stack.client._transport, base_url="http://gateway.test")
    begun = Attempts(stack, apart)
    await begun.sign_in()
    return begun


async def test_ip_09_no_string_anywhere_breaks_a_route_or_comes_back_unescaped(
    attempts: Attempts, record_property: Callable[[str, object], None]
):
    chance = random.Random(SEED)
    strings = naughty_strings()
    routes = every_route(attempts.stack)
    fields = await fields_of(attempts.stack, routes)
    tried = {
        place: chance.sample(strings, min(_how_many(place), len(strings)))
        for place in places(routes, await parameters_of(attempts.stack), fields)
    }

    for place, sent in tried.items():
        await attempts.attempt_all(place, sent)

    record_property("tried", sum(map(len, tried.values())))
    record_property("places", len(tried))
    record_property("unavailable_once", attempts.unavailable)
    assert {"family_name", "nhs_number"} <= set(fields)
    assert len(tried) > 500
    assert attempts.faults == [], f"seed {SEED}"


def _how_many(place: Place) -> int:
    # A header of a record's route costs a whole view each time.
    return (
        min(COUNT, HEADER_STRINGS) if COUNT and place.where == "header" else COUNT or _slice(place)
    )


def _slice(place: Place) -> int:
    # A form writes back what was typed: the place where escaping can fail.
    return 30 if place.where == "form" and place.route.path == "/find" else 2


async def test_a_page_that_wrote_a_string_back_as_it_is_would_be_found():
    naughty = "<script>alert(1)</script>"
    html = {"content-type": "text/html"}

    assert fault_of(httpx2.Response(200, headers=html, text=f"<p>{naughty}"), naughty)
    assert fault_of(httpx2.Response(500), naughty)
    assert fault_of(httpx2.Response(200, json={}, headers={}), naughty) == ""
