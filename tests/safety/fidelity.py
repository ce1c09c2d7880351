"""Ask for whole records over HTTP, and hold what was served against what the sources said.

Compares nothing by itself: `unsplice` does for resources kept as they were, `scalar_account` for mapped ones.
"""

import json
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import httpx2

from adapters.contract import ServedKind, SourceAnswer
from adapters.simulators.truth import Cohort, Person
from adapters.stu3_to_r4.losses import LossReason
from fhir_profiles.nhs_number import NhsNumber
from gateway.app import create_app
from gateway.patient.gather import Gatherer
from gateway.patient.ids import PatientIds
from tests.adapters.scalar_account import leaves_of
from tests.safety.unsplice import Object, Views, differences, read
from tests.stack import Stack

SUBSETTED = "SUBSETTED"
SOURCES = frozenset({"gp", "hospital", "ambulance"})


def known_to(cohort: Cohort, organisations: frozenset[str]) -> Cohort:
    """Give the cohort again with everybody known to the staff of these organisations."""
    contacts = tuple(sorted(organisations))
    people = {
        number: replace(person, contacts_of=contacts) for number, person in cohort.people.items()
    }
    return replace(cohort, people=people)


def may_be_opened(person: Person) -> bool:
    """Tell whether anybody may open this person's record at all, short of breaking the glass."""
    return not person.is_restricted and not person.objects_to >= SOURCES


@dataclass
class Listening:
    """Gathers as the real one, and keeps what the sources said."""

    gatherer: Gatherer
    demographics: bytes = b""
    answers: tuple[SourceAnswer, ...] = ()

    @property
    def directory(self) -> Any:
        return self.gatherer.directory

    async def gather(self, permit: Any, trace_id: Any) -> tuple[SourceAnswer, ...]:
        self.demographics = permit.person.body
        self.answers = await self.gatherer.gather(permit, trace_id)
        return self.answers


@dataclass
class Heard:
    """What the sources said, and what the caller got, resource by resource."""

    patient_id: str
    demographics: bytes
    answers: tuple[SourceAnswer, ...]
    served: dict[str, Object]

    @property
    def mapped(self) -> tuple[SourceAnswer, ...]:
        """Give the answers that an adapter had to map."""
        return tuple(each for each in self.answers if each.kind is ServedKind.MAPPED)


@dataclass
class Reader:
    """One member of staff who asks for records, and what can be heard meanwhile."""

    ids: PatientIds
    listening: Listening
    client: httpx2.AsyncClient

    async def heard_about(self, number: NhsNumber) -> Heard | None:
        """Ask for everything; None where this reader may not ask."""
        patient = self.ids.seal(number)
        answer = await self.client.get(f"/fhir/Patient/{patient}/$everything")
        if answer.status_code != httpx2.codes.OK:
            return None
        resources = [entry.first("resource") for entry in read(answer.content).first("entry")]
        served = {each.first("id"): each for each in resources}
        return Heard(patient, self.listening.demographics, self.listening.answers, served)


@asynccontextmanager
async def reading(stack: Stack, user: str) -> AsyncIterator[Reader]:
    """Sign in and stand between the gateway and its sources."""
    listening = Listening(stack.services.records.gatherer)
    records = replace(stack.services.records, gatherer=listening)  # type: ignore[arg-type]
    bearer = {"Authorization": f"Bearer {await stack.token(user)}"}
    transport = httpx2.ASGITransport(
        app=stack.access.of(create_app(replace(stack.services, records=records)))
    )
    async with httpx2.AsyncClient(
        transport=transport, base_url="http://gateway.test", headers=bearer
    ) as client:
        yield Reader(stack.services.ids, listening, client)


@dataclass
class Compared:
    """How many resources were held against what was served, by source, and what differed.

    `lesser` were shown in summary or as a stub, which is less than the source's on purpose.
    """

    alike: Counter[str] = field(default_factory=Counter)
    lesser: Counter[str] = field(default_factory=Counter)
    differing: Counter[str] = field(default_factory=Counter)

    def add(self, other: "Compared") -> None:
        """Count another's in."""
        self.alike += other.alike
        self.lesser += other.lesser
        self.differing += other.differing

    def hold(self, source: Object, served: Object, our_id: str, views: Views) -> None:
        """Count one resource in."""
        if _is_lesser(served):
            self.lesser[views.source_id] += 1
            return
        wrong = list(differences(source, served, our_id, views))
        kind = f"{views.source_id} {source.first('resourceType')}"
        self.differing.update(f"{kind} {place}" for place in wrong)
        self.alike[views.source_id] += not wrong


def compared(ids: PatientIds, heard: Heard) -> Compared:
    """Hold the Patient, and every resource of every answer, against what was served for it."""
    found = Compared()
    if patient := heard.served.get(heard.patient_id):
        found.hold(read(heard.demographics), patient, heard.patient_id, Views("pds", {}))
    for answer in heard.answers:
        _hold_answer(found, ids, heard, answer)
    return found


def _hold_answer(found: Compared, ids: PatientIds, heard: Heard, answer: SourceAnswer) -> None:
    distinct = _distinct(answer)
    ours = {key: ids.resource_id(heard.patient_id, answer.source_id, *key) for key in distinct}
    views = Views(answer.source_id, _targets(heard, distinct, ours))
    for key, entry in distinct.items():
        if served := heard.served.get(ours[key]):
            found.hold(entry.first("resource"), served, ours[key], views)


def _distinct(answer: SourceAnswer) -> dict[tuple[str, str], Object]:
    entries = [entry for body in answer.bodies for entry in read(body).first("entry") or []]
    return {
        (each.first("resource").first("resourceType"), each.first("resource").first("id")): each
        for each in entries
    }


def _targets(
    heard: Heard, distinct: Mapping[tuple[str, str], Object], ours: Mapping[tuple[str, str], str]
) -> dict[str, str]:
    found: dict[str, str] = {}
    for (kind, local_id), entry in distinct.items():
        if kind == "Patient":
            target = f"Patient/{heard.patient_id}"
        elif ours[kind, local_id] in heard.served:
            target = f"{kind}/{ours[kind, local_id]}"
        else:
            continue
        for name in (f"{kind}/{local_id}", entry.first("fullUrl")):
            if name is not None:
                found[name] = target
    return found


def _is_lesser(served: Object) -> bool:
    tags = served.first("meta").first("tag") or []
    return any(tag.first("code") == SUBSETTED for tag in tags)


def unaccounted(answer: SourceAnswer) -> Counter[str]:
    """Count scalars of the originals that neither the mapped resources nor the list accounts for."""
    listed = Counter((each.resource_type, each.path) for each in answer.listed)
    assert {each.reason for each in answer.listed} <= set(LossReason)
    originals = _originals(answer)
    missing = Counter(leaf for original in originals for _path, leaf in leaves_of(original))
    missing.subtract(leaf for one in _mapped(answer) for _path, leaf in leaves_of(one))
    for kind, path, leaf in _placed(originals):
        if missing[leaf] > 0 and listed[kind, path] > 0:
            missing[leaf] -= 1
            listed[kind, path] -= 1
    return +missing


def _mapped(answer: SourceAnswer) -> list[Any]:
    return [entry["resource"] for body in answer.bodies for entry in _as_written(body)["entry"]]


def _originals(answer: SourceAnswer) -> list[Any]:
    # An allergy that its list contains has an original of its own, which stands in the list's too.
    bodies = set(answer.originals.values())
    return [
        _as_written(body) for body in bodies if not any(body in each for each in bodies - {body})
    ]


def _placed(originals: list[Any]) -> Iterator[tuple[str, str, str]]:
    for original in originals:
        for one in (original, *original.get("contained", ())):
            for path, leaf in leaves_of(one):
                yield one["resourceType"], path, leaf


def _as_written(body: bytes) -> Any:
    return json.loads(body, parse_int=str, parse_float=str)
