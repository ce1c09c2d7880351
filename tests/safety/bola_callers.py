"""Call the service as every user does, by token and by page, and watch which sources it asks meanwhile."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from importlib import resources
from urllib.parse import parse_qs
from uuid import uuid4

import httpx2
import orjson
from starlette.types import ASGIApp, Receive, Scope, Send

from adapters.simulators.truth import Person as Truth
from fhir_profiles.nhs_number import NhsNumber
from fhir_profiles.systems import CATEGORY
from tests.reference.world import BreakGlassGrant, SelfClaim
from tests.safety.bola_planning import sent_by
from tests.safety.bola_routes import RULES, Cell, Item, read
from tests.safety.bola_world import ELSEWHERE, NOBODY, USERS, Matrix
from tests.safety.every_route import Served
from tests.safety.staff import sign_in
from tests.stack import Bundle, Stack
from tests.web.visitor import Visitor

CLINICAL = frozenset({"gp", "hospital", "ambulance"})
PROBE = "id,status,period,subject"
_FORM_TOKEN = re.compile(r'name="form_token" value="([^"]+)"')
_TYPES = frozenset({"Condition", "AllergyIntolerance", "Procedure", "Observation"})
_PEOPLE = "/fhir/Patient/_search"
_READERS = ("gp", "nurse", "ed-consultant", "paramedic", "mental-health", "social-worker")


@dataclass
class Watched:
    """What the simulated sources were asked: their name, the path and the query."""

    asked: list[tuple[str, str, str]] = field(default_factory=list)

    def around(self, name: str, app: ASGIApp) -> ASGIApp:
        async def watching(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] == "http":
                self.asked.append((name, scope["path"], scope["query_string"].decode()))
            await app(scope, receive, send)

        return watching

    def clinical(self) -> list[tuple[str, str, str]]:
        """Give what sources of records were asked beyond the probe, which discloses nothing."""
        return [each for each in self.asked if each[0] in CLINICAL and not _is_probe(each)]


def _place_of(user: str) -> int:
    # Not `hash`, which is another one in each process: a seed must repeat a run.
    return (*USERS, NOBODY).index(user)


def _is_probe(asked: tuple[str, str, str]) -> bool:
    _name, path, query = asked
    if path.endswith("/metadata"):
        return True
    return path.endswith("/Encounter") and parse_qs(query).get("_elements") == [PROBE]


@dataclass
class Callers:
    """The service, the world as the reference has it, and whoever calls now."""

    stack: Stack
    watched: Watched
    matrix: Matrix
    items: dict[NhsNumber, list[Item]] = field(default_factory=dict)
    user: str = NOBODY
    bearer: Mapping[str, str] = field(default_factory=dict)
    page: httpx2.AsyncClient | None = None
    form_token: str = ""
    version: str = ""
    uniform: bytes = b""

    async def is_now(self, user: str) -> None:
        """Sign a user in, by token and, where they may, on the pages."""
        self.user, self.form_token = user, ""
        transport = self.stack.client._transport
        self.page = httpx2.AsyncClient(
            transport=transport, base_url="http://gateway.test", trust_env=False
        )
        await self._find_version()
        if user == NOBODY:
            self.bearer = {}
            return
        for each in ELSEWHERE:
            sign_in(self.stack, each)
        if user not in {each.username for each in ELSEWHERE}:
            self.stack.tokens.pop(user, None)
            visitor = Visitor(replace(self.stack, client=self.page))
            await visitor.sign_in(user)
            self.form_token = _FORM_TOKEN.findall((await self.page.get("/find")).text)[0]
        self.bearer = await self._bearer(user)

    async def _find_version(self) -> None:
        self.stack.tokens.pop("auditor", None)
        standing = await self.stack.get("auditor", "/policy/versions")
        self.version = standing.json()["active"]
        # A whole run outlasts a token, and what an old one is told is not what nobody's id is told.
        self.stack.tokens.pop("gp", None)
        nowhere = await self.stack.get("gp", f"/fhir/Patient/{'a' * 36}")
        assert nowhere.status_code == 404
        self.uniform = nowhere.content

    async def _bearer(self, user: str) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {await self.stack.token(user)}"}

    async def send(self, cell: Cell) -> httpx2.Response:
        """Send what makes sense to a route about a person."""
        route, patient = cell.route, self.stack.services.ids.seal(cell.number)
        is_api, _rule = RULES[route.method, route.path]
        item = cell.item or Item("Condition", f"{patient}{'a' * 26}", "", "")
        made_up = dict.fromkeys(route.fields, str(uuid4()))
        ids = {"patient_id": patient, "item_id": item.id, "binary_id": item.id}
        filled = {**made_up, **ids, "resource_type": item.type, "source": "hospital"}
        # A number that no entry has: what is none at all is told before it is asked who calls.
        numbers = {"entry": "999999999", "old": "1", "new": "999999999"}
        others = {"version": self.version, "file": "style.css", **numbers}
        path = route.at(**{**filled, **others})
        query = self._query(route.path, patient)
        body = self._body(route.path, cell.number, patient)
        if is_api:
            return await self.stack.client.request(
                route.method, path, params=query, headers=self.bearer, **body
            )
        assert self.page is not None
        data = {"form_token": self.form_token, **self._form(route.path, cell.number)}
        if route.method == "GET":
            return await self.page.get(path, params=query)
        return await self.page.post(path, data=data if route.path != "/sign-out" else {})

    def _query(self, path: str, patient: str) -> Mapping[str, str]:
        if path in {"/fhir/{resource_type}", "/fhir/AuditEvent"}:
            return {"patient": patient}
        if path == "/policy/explain":
            kind = {"organisation_kind": "general-practice", "category": "problems"}
            return {"role": "gp", "purpose": "TREAT", **kind}
        return {}

    def _form(self, path: str, number: NhsNumber) -> Mapping[str, str]:
        return {"nhs_number": number.digits} if path.endswith("/find") else {}

    def _body(self, path: str, number: NhsNumber, patient: str) -> Mapping[str, object]:
        if path == _PEOPLE:
            return {"data": {"identifier": number.digits}}
        if path in {"/fhir/{resource_type}/_search", "/fhir/AuditEvent/_search"}:
            return {"data": {"patient": patient}}
        if path == "/policy/drafts/{draft_id}/test":
            return {"content": resources.files("rbac").joinpath("decision_tests.csv").read_bytes()}
        if path == "/privacy/patients":
            return {"content": orjson.dumps({"nhs_number": number.digits})}
        if path == "/privacy/as-at":
            question = {"user": "nobody", "at": "2026-01-01T00:00:00Z", "patient": patient}
            return {"content": orjson.dumps(question)}
        sent = {**self._documents(patient), **sent_by(self.user)}.get(path)
        return {} if sent is None else {"content": orjson.dumps(sent)}

    def _documents(self, patient: str) -> Mapping[str, Mapping[str, str]]:
        plea = {"patient": patient, "reason": "found unconscious"}
        versions = {"based_on": self.version, "version": self.version}
        return {
            "/access/break-glass": {**plea, "step": "ETREAT", "reason_code": "risk-to-life"},
            "/access/claims": {**plea, "reason_code": "other-care"},
            "/access/permissions": {"patient": patient, "answer": "yes"},
            "/policy/drafts": {**versions, "why": "a trial"},
            "/policy/rollback": versions,
            "/privacy/alerts/{alert_id}/settle": {"outcome": "justified"},
        }

    async def with_item(self, cell: Cell) -> Cell:
        """Give a cell one of the person's own items, where its route reads one."""
        if not {"item_id", "binary_id"} & set(cell.route.fields):
            return cell
        if cell.number not in self.items:
            self.items[cell.number] = await self._items_of(cell.number)
        found = self.items[cell.number]
        return replace(cell, item=found[_place_of(cell.user) % len(found)] if found else None)

    async def _items_of(self, number: NhsNumber) -> list[Item]:
        patient = self.stack.services.ids.seal(number)
        for reader in _READERS:
            if not read(self.matrix, Cell(reader, number, _READING)).allowed:
                continue
            self.stack.tokens.pop(reader, None)
            answer = await self.stack.get(reader, f"/fhir/Patient/{patient}/$everything")
            if answer.status_code == 200:
                return self._plain_items(number, Bundle(answer))
        return []

    def _plain_items(self, number: NhsNumber, bundle: Bundle) -> list[Item]:
        facts = [each.fact for each in self.stack.london.cohort.statements.get(number, ())]
        labelled = {each.coding.code for each in facts if each.labels}
        plain = {each.coding.code for each in facts} - labelled
        return [
            Item(
                each["resourceType"],
                each["id"],
                each["meta"]["source"].rpartition(":")[2],
                # A restricted person's items bear the tag of what is left of them as well.
                next(tag["code"] for tag in each["meta"]["tag"] if tag["system"] == CATEGORY),
            )
            for each in bundle.resources
            if each["resourceType"] in _TYPES
            and plain & {coding["code"] for coding in each["code"].get("coding", ())}
            and each["meta"]["source"].rpartition(":")[2] in CLINICAL
        ]

    def remember(self, cell: Cell, answer: httpx2.Response) -> None:
        """Tell the reference what the caller has just changed about themselves and a person."""
        if answer.status_code != 201:
            return
        world, number = self.matrix.world, cell.number.digits
        organisation = USERS[cell.user].organisation
        if cell.route.path == "/access/claims":
            claims = (
                *world.self_claims,
                SelfClaim(cell.user, number, organisation, self.matrix.now),
            )
            self.matrix = replace(self.matrix, world=replace(world, self_claims=claims))
        if cell.route.path == "/access/break-glass":
            grant = BreakGlassGrant(cell.user, number, cell.user, 1, self.matrix.now)
            grants = (*world.grants, grant)
            self.matrix = replace(self.matrix, world=replace(world, grants=grants))

    def tells_of(self, number: NhsNumber, answer: httpx2.Response) -> bool:
        """Say whether an answer names the person."""
        known: Truth | None = self.stack.london.cohort.people.get(number)
        words = [number.digits, *([] if known is None else [known.family_name, known.postcode])]
        return any(word in answer.text for word in words)

    def is_uniform(self, answer: httpx2.Response) -> bool:
        """Say whether a not-found answer of the API is the one that everybody gets about nobody."""
        is_page = "html" in answer.headers.get("content-type", "")
        return is_page or answer.content == self.uniform


_READING = Served("GET", "/fhir/Patient/{patient_id}")
