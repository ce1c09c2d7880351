"""Every resource is served as its source wrote it, value for value, or the loss is listed with a reason."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import httpx2
import pytest

from adapters.contract import ServedKind, SourceAnswer
from adapters.stu3_to_r4.losses import LossReason
from gateway.app import create_app
from gateway.patient.gather import Gatherer
from gateway.wiring import Services
from tests.adapters.scalar_account import leaves_of
from tests.safety.unsplice import Object, Views, differences, read
from tests.stack import Stack

READERS = ("gp", "ed-consultant", "paramedic")
SUBSETTED = "SUBSETTED"


@dataclass
class Listening:
    """Gathers as the real one, and keeps what the sources said."""

    gatherer: Gatherer
    answers: tuple[SourceAnswer, ...] = ()

    @property
    def directory(self) -> Any:
        return self.gatherer.directory

    async def gather(self, permit: Any, trace_id: Any) -> tuple[SourceAnswer, ...]:
        self.answers = await self.gatherer.gather(permit, trace_id)
        return self.answers


@dataclass
class Heard:
    """What the sources said, and what the caller got, resource by resource."""

    patient_id: str
    answers: tuple[SourceAnswer, ...] = ()
    served: dict[str, Object] = field(default_factory=dict)


async def heard_about(stack: Stack, user: str, name: str) -> Heard | None:
    """Ask for everything over HTTP; None where this reader may not ask."""
    listening = Listening(stack.services.records.gatherer)
    records = replace(stack.services.records, gatherer=listening)  # type: ignore[arg-type]
    patient = stack.patient(name)
    answer = await _asks(stack, replace(stack.services, records=records), user, patient)
    if answer.status_code != 200:
        return None
    bundle = read(answer.content)
    resources = [entry.first("resource") for entry in bundle.first("entry")]
    return Heard(patient, listening.answers, {each.first("id"): each for each in resources})


async def _asks(stack: Stack, services: Services, user: str, patient: str) -> httpx2.Response:
    bearer = {"Authorization": f"Bearer {await stack.token(user)}"}
    transport = httpx2.ASGITransport(app=create_app(services))
    async with httpx2.AsyncClient(transport=transport, base_url="http://gateway.test") as client:
        return await client.get(f"/fhir/Patient/{patient}/$everything", headers=bearer)


@pytest.mark.parametrize("user", READERS)
async def test_every_resource_of_the_showcase_people_is_its_sources_own_value_for_value(
    stack: Stack, user: str
):
    compared: Counter[str] = Counter()

    for name in stack.london.people:
        heard = await heard_about(stack, user, name)
        if heard is not None:
            for answer in heard.answers:
                compared[answer.source_id] += _compared(stack, heard, answer)

    assert min(compared[source] for source in ("gp", "hospital", "ambulance")) > 10


def _compared(stack: Stack, heard: Heard, answer: SourceAnswer) -> int:
    entries = [entry for body in answer.bodies for entry in read(body).first("entry") or []]
    distinct = {
        (each.first("resource").first("resourceType"), each.first("resource").first("id")): each
        for each in entries
    }
    ours = {
        key: stack.services.ids.resource_id(heard.patient_id, answer.source_id, *key)
        for key in distinct
    }
    views = Views(answer.source_id, _targets(heard, distinct, ours))
    compared = 0
    for key, entry in distinct.items():
        served = heard.served.get(ours[key])
        if served is None or _is_lesser(served):
            continue
        found = list(differences(entry.first("resource"), served, ours[key], views))
        assert found == [], (key[0], found)
        compared += 1
    return compared


def _targets(
    heard: Heard, distinct: Mapping[Any, Object], ours: Mapping[Any, str]
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


async def test_every_scalar_of_a_practices_original_is_in_the_result_or_listed_with_a_reason(
    stack: Stack,
):
    originals = 0

    for name in stack.london.people:
        heard = await heard_about(stack, "gp", name)
        mapped = [] if heard is None else heard.answers
        for answer in (each for each in mapped if each.kind is ServedKind.MAPPED):
            assert _unaccounted(answer) == {}, name
            originals += len(answer.originals)

    assert originals > 300


def _unaccounted(answer: SourceAnswer) -> dict[str, int]:
    """Count scalars of the originals that neither the mapped resources nor the list accounts for."""
    mapped = [entry["resource"] for body in answer.bodies for entry in _as_written(body)["entry"]]
    listed = Counter((each.resource_type, each.path) for each in answer.listed)
    assert {each.reason for each in answer.listed} <= set(LossReason)
    # An allergy that its list contains has an original of its own, which stands in the list's too.
    bodies = set(answer.originals.values())
    originals = [
        _as_written(body) for body in bodies if not any(body in each for each in bodies - {body})
    ]
    placed = [
        (one["resourceType"], path, leaf)
        for original in originals
        for one in (original, *original.get("contained", ()))
        for path, leaf in leaves_of(one)
    ]
    missing = Counter(leaf for original in originals for _path, leaf in leaves_of(original))
    missing.subtract(leaf for one in mapped for _path, leaf in leaves_of(one))
    for kind, path, leaf in placed:
        if missing[leaf] > 0 and listed[kind, path] > 0:
            missing[leaf] -= 1
            listed[kind, path] -= 1
    return {leaf: count for leaf, count in missing.items() if count > 0}


def _as_written(body: bytes) -> Any:
    return json.loads(body, parse_int=str, parse_float=str)


@pytest.mark.parametrize(
    ("source", "served"),
    [
        (b'{"a":1.50}', b'{"a":1.5}'),
        (b'{"a":1,"b":2}', b'{"b":2,"a":1}'),
        (b'{"a":"1"}', b'{"a":1}'),
        (b'{"a":{"reference":"Condition/x"}}', b'{"a":{"reference":"Condition/x"}}'),
        (b'{"a":[{"b":1}]}', b'{"a":[{"b":1,"c":2}]}'),
        (b'{"a":"x"}', b"{}"),
    ],
)
def test_the_checker_sees_every_kind_of_change(source: bytes, served: bytes):
    own, other = read(source), read(served)
    meta = read(b'{"meta":{"source":"urn:scr:source:gp"},"id":"1"}')

    found = list(differences(own, Object([*meta, *other]), "1", Views("gp", {})))

    assert found != []
