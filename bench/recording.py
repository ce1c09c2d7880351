"""Record what the simulated sources say of a few people with long records, and re-number it for others.

Serves nothing (`replay` does). A re-numbered record is another person's: number, ids and so every clinical
resource's bytes differ, so that no work remembered for one person is found for another.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import blake2b
from itertools import islice

import httpx2
import orjson
from starlette.types import ASGIApp

from adapters.simulators import ambulance, hospital, pds
from adapters.simulators.cohort import make_cohort, with_heavy_people
from adapters.simulators.faults import Faults
from adapters.simulators.invention import nhs_numbers
from adapters.simulators.truth import Cohort, SourceKind, Statement
from fhir_profiles.nhs_number import NhsNumber
from fhir_profiles.systems import NHS_NUMBER

RECORDS = ("hospital", "second-hospital", "ambulance")
"""The three R4 sources, in the order in which every system under test asks them."""

PDS = "pds"
ORGANISATIONS = {"hospital": "RRV", "second-hospital": "RJ1", "ambulance": "RRU"}
_SEED = 7
_NUMBER_IN_QUERY = re.compile(rb"%7C([0-9]{10})")

Addresses = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Recording:
    """One person's record: answers by source and key (`key_of`), and what must differ in another's."""

    answers: Mapping[tuple[str, bytes], bytes]
    number: str
    stem: str
    patient_ids: Mapping[str, str]

    @property
    def record_bytes(self) -> int:
        """Give the size of the three records."""
        return sum(len(body) for (_source, key), body in self.answers.items() if b"$" in key)

    def renumbered(self, index: int, number: NhsNumber) -> "Recording":
        """Give the same record as that of another person."""
        stem = _other(self.stem, index)
        patient_ids = {source: _other(each, index) for source, each in self.patient_ids.items()}
        changes = {self.number: number.digits, self.stem: stem}
        changes |= {self.patient_ids[source]: each for source, each in patient_ids.items()}
        answers = {
            (source, _changed(key, changes)): _changed(body, changes)
            for (source, key), body in self.answers.items()
        }
        return Recording(answers, number.digits, stem, patient_ids)

    def grown(self, copies: int) -> "Recording":
        """Give the same person's record with every item so many times, each time as another item."""
        return replace(
            self,
            answers={
                key: _repeated(body, self.stem, copies) if key[1].endswith(b"$everything") else body
                for key, body in self.answers.items()
            },
        )


def key_of(target: bytes) -> bytes:
    """Give what tells one question from another: its path, and the NHS number if its query has one."""
    path, _, query = target.partition(b"?")
    asked = _NUMBER_IN_QUERY.search(query)
    return path if asked is None else path + b"|" + asked[1]


async def record_people(addresses: Addresses, people: int, resources: int) -> list[Recording]:
    """Record so many different people, of about so many resources each over the three sources."""
    # The simulators add reports, staff and places: about five statements make six resources.
    cohort = with_heavy_people(make_cohort(_SEED, people=0), people, resources * 10 // 13)
    numbers = [cohort.showcases[f"heavy-{index}"] for index in range(1, people + 1)]
    for number in numbers:
        cohort = _told_by_second_hospital(cohort, number)
    apps = _sources(cohort)
    return [await _record(cohort, number, apps, addresses) for number in numbers]


async def capability_statements(addresses: Addresses) -> dict[tuple[str, bytes], bytes]:
    """Record what the sources say of themselves."""
    apps = _sources(make_cohort(_SEED, people=0))
    return {
        (source, b"/fhir/metadata"): await _got(apps[source], addresses[source], "/fhir/metadata")
        for source in RECORDS
    }


async def nobody_found(addresses: Addresses) -> bytes:
    """Record what the demographics service says of a number that it does not know."""
    [number] = other_numbers(1)
    app = _sources(make_cohort(_SEED, people=0))[PDS]
    return await _got(app, addresses[PDS], f"/Patient/{number.digits}", status=404)


def other_numbers(count: int) -> list[NhsNumber]:
    """Give so many valid numbers of the test range that no recorded person has."""
    return list(islice(nhs_numbers(_SEED + 1), count))


def _told_by_second_hospital(cohort: Cohort, number: NhsNumber) -> Cohort:
    """Let a second trust say what the practice said: three R4 sources, with the noise of three."""
    told = tuple(map(_by_second_hospital, cohort.statements[number]))
    return replace(cohort, statements={**cohort.statements, number: told})


def _by_second_hospital(statement: Statement) -> Statement:
    if statement.source is not SourceKind.GP:
        return statement
    organisation = ORGANISATIONS["second-hospital"]
    return replace(statement, source=SourceKind.HOSPITAL, organisation=organisation)


def _sources(cohort: Cohort) -> dict[str, ASGIApp]:
    second = ORGANISATIONS["second-hospital"]
    return {
        "hospital": hospital.create_app(cohort, Faults()),
        "second-hospital": hospital.create_app(cohort, Faults(), organisation=second),
        "ambulance": ambulance.create_app(cohort, Faults()),
        PDS: pds.create_app(cohort, Faults()),
    }


async def _record(
    cohort: Cohort, number: NhsNumber, apps: Mapping[str, ASGIApp], addresses: Addresses
) -> Recording:
    digits = number.digits
    person = f"/Patient/{digits}"
    answers = {(PDS, person.encode()): await _got(apps[PDS], addresses[PDS], person)}
    patient_ids: dict[str, str] = {}
    for source in RECORDS:
        app, address = apps[source], addresses[source]
        search = f"/fhir/Patient?identifier={NHS_NUMBER}%7C{digits}&_count=500"
        found = await _got(app, address, search)
        patient_ids[source] = _patient_id_in(found)
        record = f"/fhir/Patient/{patient_ids[source]}/$everything"
        answers[source, key_of(search.encode())] = found
        answers[source, record.encode()] = await _got(app, address, f"{record}?_count=500")
    stem = cohort.statements[number][0].fact.key.split("-")[1]
    return Recording(answers, digits, stem, patient_ids)


async def _got(app: ASGIApp, address: str, target: str, status: int = 200) -> bytes:
    headers = {"X-Request-ID": "8b3c9a52-6f0e-4d0e-9a56-0c4a3c1f7d11"}
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url=address) as client:
        answer = await client.get(target, headers=headers)
    if answer.status_code != status or b'"relation":"next"' in answer.content:
        raise ValueError("A simulated source did not give a whole record on one page.")
    return answer.content


def _patient_id_in(bundle: bytes) -> str:
    found = re.search(rb'"resourceType":"Patient","id":"([a-z0-9-]+)"', bundle)
    assert found is not None  # the simulators write the id second
    return found[1].decode()


def _other(text: str, index: int) -> str:
    """Give another text of the same shape: hexadecimal digits after the last dash."""
    opening, dash, digits = text.rpartition("-")
    other = blake2b(f"{index}|{digits}".encode()).hexdigest()[: len(digits)]
    return opening + dash + other


def _repeated(page: bytes, stem: str, copies: int) -> bytes:
    bundle = orjson.loads(page)
    entries = orjson.dumps(bundle["entry"])[1:-1]
    others = (_changed(entries, {stem: _other(stem, index)}) for index in range(1, copies))
    bundle["entry"] = orjson.loads(b"[" + b",".join((entries, *others)) + b"]")
    bundle["total"] = len(bundle["entry"])
    return orjson.dumps(bundle)


def _changed(text: bytes, changes: Mapping[str, str]) -> bytes:
    for old, new in changes.items():
        text = text.replace(old.encode(), new.encode())
    return text
