"""Do all that can be done about people through the running gateway, at random, and keep an account of it.

The account is of what was sent and what came back; nothing of it is read from the audit.
"""

import re
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import NamedTuple
from uuid import uuid4

import httpx2

from adapters.contract import Reason
from adapters.simulators.demo_users import DEMO_USERS
from fhir_profiles.nhs_number import NhsNumber
from gateway.access.registry import patient_key
from gateway.audit.acts import SafetyEventRaised
from gateway.audit.statement import Line
from gateway.keys import KeyPurpose
from gateway.patient.statements import PatientStatement
from gateway.store.identity_holds import IdentityHold, hold_identity
from gateway.store.safety_events import SafetyEvent, record_safety_event
from gateway.store.words import ClaimReason, EmergencyReason, UnableReason
from gateway.wiring import now
from tests.population.http.coding import RE_IDENTIFY, Coding, question
from tests.stack import Stack

CARERS = (
    "gp", "gp-nurse", "ed-consultant", "nurse", "pharmacist", "paramedic", "clinical-hub", "nhs111",
    "mental-health", "social-worker", "care-home", "discharge-officer", "receptionist",
)  # fmt: skip
OTHERS = ("planner", "csp-analyst", "researcher", "policy-admin")
OFFICERS = ("privacy-officer", "caldicott")
FOUND_OUT_BY = "555057000999"
WORDS = (
    "Found unconscious in the street",
    "She cannot speak and her son is on his way",
    "Sent to us by phone this morning",
    "He fell at home and is very confused",
)
EMERGENCY = {"Purpose-Of-Use": "ETREAT"}
SECOND = {"Purpose-Of-Use": "BTG"}
_COUNTED = frozenset({"view", "search", "page"})
_BINARY = re.compile(r"Binary/([a-z0-9]+)")


class Done(NamedTuple):
    """One thing that somebody did, by the act's word (none: found out in passing), and whether it came about.

    `items` is how many of the person's items came back, where that was counted.
    """

    user_id: str
    act: str | None
    has_happened: bool
    items: int | None = None


@dataclass
class Doings:
    """The people of a stack, and what was done about each, the first first; `asking` asks people before it looks.

    `coding` says what a project's releases call them.
    """

    stack: Stack
    asking: Stack
    chance: Random
    coding: Coding
    account: dict[NhsNumber, list[Done]] = field(default_factory=lambda: defaultdict(list))

    def note(
        self, number: NhsNumber, user: str, act: str, *, happened: bool, items: int | None = None
    ) -> None:
        self.account[number].append(Done(DEMO_USERS[user].user_id, act, happened, items))

    def id_of(self, number: NhsNumber) -> str:
        return self.stack.services.ids.seal(number)

    async def get(
        self,
        user: str,
        number: NhsNumber,
        act: str,
        path: str,
        headers: Mapping[str, str] | None = None,
    ) -> httpx2.Response:
        """Read something of a person; a bundle without anything of theirs shows nothing."""
        answer = await self.stack.get(user, path, **(headers or {}))
        items = _items(answer) if act in _COUNTED else None
        self.note(number, user, act, happened=answer.status_code == 200 and items != 0, items=items)
        return answer

    async def send(
        self, user: str, number: NhsNumber, act: str, path: str, /, **fields: str
    ) -> httpx2.Response:
        """Do something about a person."""
        stack = self.asking if act == "permission" else self.stack
        answer = await stack.send(user, path, fields)
        self.note(number, user, act, happened=answer.status_code < 300)
        return answer

    async def any_of(self, number: NhsNumber) -> None:
        """Do one thing about a person, whichever."""
        await self.chance.choice(tuple(ACTS.values()))(self, number)


def _items(answer: httpx2.Response) -> int:
    entries = answer.json().get("entry", ())
    return len([each for each in entries if each["search"]["mode"] != "outcome"])


async def view(doing: Doings, number: NhsNumber) -> None:
    user = doing.chance.choice((*CARERS, *CARERS, *OTHERS))
    await doing.get(user, number, "view", f"/fhir/Patient/{doing.id_of(number)}/$everything")


async def search_and_turn_the_page(doing: Doings, number: NhsNumber) -> None:
    user = doing.chance.choice(CARERS)
    kinds = ["Condition", "MedicationRequest", "Encounter", "Immunization"]
    doing.chance.shuffle(kinds)
    for kind in kinds:
        path = f"/fhir/{kind}?patient={doing.id_of(number)}&_count=1"
        first = await doing.get(user, number, "search", path)
        following = [each for each in first.json().get("link", ()) if each["relation"] == "next"]
        for each in following:
            await doing.get(user, number, "page", each["url"].removeprefix("http://gateway.test"))
        if following:  # a kind of which there is one item has no second page
            return


async def read(doing: Doings, number: NhsNumber) -> None:
    user = doing.chance.choice((*CARERS, *OTHERS))
    await doing.get(user, number, "read", f"/fhir/Patient/{doing.id_of(number)}")


async def open_items(doing: Doings, number: NhsNumber) -> None:
    user = doing.chance.choice(("gp", "ed-consultant"))
    path = f"/fhir/Patient/{doing.id_of(number)}/$everything"
    shown = await doing.get(user, number, "view", path)
    items = [each["resource"] for each in shown.json().get("entry", ())]
    item = doing.chance.choice(
        [each for each in items if each["resourceType"] == "Condition"] or [None]
    )
    if item is not None:
        await doing.get(user, number, "original", f"/fhir/Condition/{item['id']}/$original")
    for binary in _BINARY.findall(shown.text)[:1]:
        await doing.get(user, number, "open-document", f"/fhir/Binary/{binary}")


async def find_by_number(doing: Doings, number: NhsNumber) -> None:
    user = doing.chance.choice((*CARERS, *OTHERS))
    answer = await doing.stack.post(user, "/fhir/Patient/_search", {"identifier": number.digits})
    doing.note(number, user, "find", happened=bool(answer.json().get("total")))


async def find_by_name(doing: Doings, number: NhsNumber) -> None:
    user = doing.chance.choice(CARERS)
    person = doing.stack.london.cohort.people[number]
    form = {"family": person.family_name, "birthdate": str(person.born_on)}
    answer = await doing.stack.post(user, "/fhir/Patient/_search", form)
    for each in answer.json().get("entry", ()):
        found = doing.stack.services.ids.open(each["resource"]["id"])
        assert found is not None
        doing.note(found, user, "find", happened=True)


async def emergency(doing: Doings, number: NhsNumber) -> None:
    user = doing.chance.choice((*CARERS, "paramedic", "ed-consultant", "clinical-hub"))
    plea = {
        "patient": doing.id_of(number),
        "reason_code": doing.chance.choice(tuple(EmergencyReason)).value,
        "reason": doing.chance.choice(WORDS),
    }
    path, record = "/access/break-glass", f"/fhir/Patient/{doing.id_of(number)}/$everything"
    answer = await doing.send(user, number, "break-glass", path, step="ETREAT", **plea)
    await doing.get(user, number, "view", record, EMERGENCY)
    if answer.status_code != 201:
        return
    if doing.chance.random() < 0.5:
        await doing.send(user, number, "break-glass", path, step="BTG", **plea)
        await doing.get(user, number, "view", record, SECOND)
    ended = await doing.stack.delete(user, f"{path}/{answer.json()['id']}")
    doing.note(number, user, "end-emergency", happened=ended.status_code == 204)


async def claim(doing: Doings, number: NhsNumber) -> None:
    user = doing.chance.choice(CARERS)
    plea = {
        "patient": doing.id_of(number),
        "reason_code": doing.chance.choice(tuple(ClaimReason)).value,
        "reason": doing.chance.choice(WORDS),
    }
    await doing.send(user, number, "claim", "/access/claims", **plea)


async def answer_when_asked(doing: Doings, number: NhsNumber) -> None:
    user = doing.chance.choice(("gp", "ed-consultant", "nurse", "paramedic"))
    given = doing.chance.choice(("yes", "no", "unable"))
    plea = {
        "reason_code": doing.chance.choice(tuple(UnableReason)).value,
        "reason": doing.chance.choice(WORDS),
    }
    fields = {
        "patient": doing.id_of(number),
        "answer": given,
        **(plea if given == "unable" else {}),
    }
    await doing.send(user, number, "permission", "/access/permissions", **fields)


async def review_an_alert(doing: Doings, number: NhsNumber) -> None:
    await emergency(doing, number)
    officer = doing.chance.choice(OFFICERS)
    listed = (await doing.stack.get(officer, "/privacy/alerts")).json()["alerts"]
    for alert in [each for each in listed if each["patient"] == doing.id_of(number)][:1]:
        path = f"/privacy/alerts/{alert['id']}"
        await doing.get(officer, number, "review", path)
        outcome = doing.chance.choice(("justified", "not-justified", "escalated"))
        await doing.send(officer, number, "settle", f"{path}/settle", outcome=outcome)


async def settle_a_doubt(doing: Doings, number: NhsNumber) -> None:
    """Let an answer have been doubted, as a source's makes it, and let an officer settle that."""
    stack, under, reason = doing.stack, uuid4(), Reason.DEMOGRAPHICS_DIFFER
    key = patient_key(stack.keys.current(KeyPurpose.REGISTRY), number)
    event = SafetyEvent(uuid4(), "H-01", "hospital", reason, now(), doing.id_of(number), under)
    raised = SafetyEventRaised(now(), FOUND_OUT_BY, doing.id_of(number), under, "hospital", reason)
    async with stack.services.log.recorded(raised) as session:
        await session.do(record_safety_event, event)
        await session.do(hold_identity, IdentityHold(key, "hospital", reason, now(), under))
    doing.account[number].append(Done(FOUND_OUT_BY, None, False))
    officer, held = doing.chance.choice(OFFICERS), f"/privacy/identity-holds/{under}/hospital"
    await doing.get(officer, number, "review", held)
    for act, path in (
        ("reject", f"{held}/reject"),
        ("release", f"{held}/release"),
        ("settle", f"/privacy/safety-events/{event.id}/review"),
    ):
        answer = await stack.client.post(
            path, headers={"Authorization": f"Bearer {await stack.token(officer)}"}
        )
        doing.note(number, officer, act, happened=answer.status_code == 204)


async def ask_who_looked(doing: Doings, number: NhsNumber) -> None:
    user = doing.chance.choice((*OFFICERS, "auditor", "gp"))
    patient = doing.id_of(number)
    await doing.send(user, number, "find", "/privacy/patients", nhs_number=number.digits)
    await doing.get(user, number, "statement", f"/privacy/patients/{patient}/statement")
    await doing.get(user, number, "read-audit", f"/fhir/AuditEvent?patient={patient}")
    whose = {"user": DEMO_USERS["ed-consultant"].user_id, "at": now().isoformat()}
    await doing.send(user, number, "as-at", "/privacy/as-at", patient=patient, **whose)


async def ask_whose_it_is(doing: Doings, number: NhsNumber) -> None:
    user = doing.chance.choice(("gp", "ed-consultant", "paramedic", "social-worker"))
    sent = question(await doing.coding.coded(number))
    asked = await doing.stack.send(user, RE_IDENTIFY, sent)
    about = f"{RE_IDENTIFY}/{asked.json().get('id')}"
    await doing.stack.send(doing.chance.choice(OFFICERS), f"{about}/agree", b"")
    if asked.status_code == 201:
        told = await doing.stack.send(user, f"{about}/reveal", b"")
        doing.note(number, user, "re-identify", happened=told.status_code == 200)


ACTS: Mapping[str, Callable[[Doings, NhsNumber], Awaitable[None]]] = {
    each.__name__: each
    for each in (
        view,
        search_and_turn_the_page,
        read,
        open_items,
        find_by_number,
        find_by_name,
        emergency,
        claim,
        answer_when_asked,
        review_an_alert,
        settle_a_doubt,
        ask_who_looked,
        ask_whose_it_is,
    )
}


def told_of(made: PatientStatement) -> list[Done]:
    """Read a statement as an account, the first first, by what its words say came about."""
    return [_told(line) for line in reversed(made.statement.lines)]


def _told(line: Line) -> Done:
    question, user_id = line.access.question, line.access.user_id
    assert user_id is not None
    act = None if question is None else question.act.value
    items = sum(line.access.shown.values()) if act in _COUNTED else None
    return Done(user_id, act, not line.what.startswith("They asked to "), items)
