"""Addresses in data (SO-15): nobody ever goes to where they lead, and no reader is sent there."""

import asyncio
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.safety.hostile_source import Json, encounter, observation, patient_like, refer
from tests.safety.siege import ASKED_ABOUT, DOCTOR, Siege
from tests.safety.test_so_08_not_an_answer import listening
from tests.web.visitor import Visitor

OWN = refer("Patient/p1")
NOWHERE_GOOD = (
    "http://{listener}/fhir/Patient/1",
    "http://{listener}/fhir/Binary/1",
    "//{listener}/Patient/1",
    "ftp://{listener}/1",
    "http://169.254.169.254/latest/meta-data/iam/security-credentials/",
    "http://[::ffff:169.254.169.254]/latest/meta-data/",
    "http://gateway.test/fhir/Patient/1/$everything",
    "http://localhost/fhir/Patient/1",
    "file:///etc/passwd",
    "file://{listener}/etc/passwd",
    "gopher://{listener}/1",
    "jar:http://{listener}/a.zip!/b",
    "javascript:alert(1)",
    "../../../../etc/passwd",
)
OUR_OWN = re.compile(r"[A-Z][A-Za-z]+/[a-z0-9]{36,62}")


@dataclass
class Deeds:
    """Where this process connected to, and which files it opened, while it was watched."""

    is_watched: bool = False
    connected: set[tuple[Any, ...]] = field(default_factory=set)
    opened: set[str] = field(default_factory=set)

    def note(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self.is_watched:
            return
        if event == "socket.connect" and isinstance(arguments[1], tuple):
            self.connected.add(arguments[1][:2])
        elif event == "socket.getaddrinfo":
            self.connected.add(arguments[:2])
        elif event == "open":
            self.opened.add(str(arguments[0]))


DEEDS = Deeds()
# Audit hooks stay for as long as the process runs: there is one, and it is mostly blind.
sys.addaudithook(DEEDS.note)


@pytest.fixture
def deeds() -> Iterator[Deeds]:
    DEEDS.connected.clear()
    DEEDS.opened.clear()
    DEEDS.is_watched = True
    yield DEEDS
    DEEDS.is_watched = False


def everywhere(address: str) -> list[Json]:
    """Put an address wherever in a resource one may stand."""
    extension = {"url": address, "valueUri": address}
    return [
        encounter(
            "e1",
            OWN,
            "seen",
            implicitRules=address,
            meta={"profile": [address], "source": address},
            extension=[extension, {"url": "urn:x", "valueReference": refer(address)}],
            participant=[{"individual": refer(address)}],
            serviceProvider={"reference": address, "identifier": {"system": address}},
            partOf=refer(address),
        ),
        observation("o1", OWN, "seen", performer=[refer(address)], focus=[refer(address)]),
        {
            "resourceType": "DocumentReference",
            "id": "d1",
            "status": "current",
            "subject": OWN,
            "author": [refer(address)],
            "content": [{"attachment": {"contentType": "text/html", "url": address}}],
        },
    ]


def allowed(siege: Siege) -> set[tuple[str, int]]:
    london = siege.stack.london.addresses.values()
    places = [urlsplit(each) for each in (*london, siege.hostile.stub.url)]
    return {(each.hostname or "", each.port or 0) for each in places}


@pytest.mark.parametrize("place", NOWHERE_GOOD)
async def test_so_15_an_address_in_data_is_never_gone_to(siege: Siege, deeds: Deeds, place: str):
    async with listening() as listener:
        address = place.format(listener=listener.address)
        pointing = {"reference": address}
        foreign = observation("o2", pointing, "of whom?")

        siege.hostile.kinds = ("Patient", "Encounter", "Observation", "DocumentReference")
        answer = await siege.asked(patient_like(siege.person), *everywhere(address), foreign)
        page = await page_of(siege)
        await asyncio.sleep(0)

        assert listener.connections == 0
    for kind in ("Encounter", "Observation", "DocumentReference"):
        assert len(answer.of(kind, "hospital")) == 1, kind
    assert deeds.connected - allowed(siege) == set()
    assert [each for each in deeds.opened if "passwd" in each] == []
    led = {path for each in answer.from_source("hospital") for path in leads(each) if path}
    assert [each for each in led if OUR_OWN.fullmatch(each) is None] == []
    assert f'href="{address}' not in page
    assert f'src="{address}' not in page


async def page_of(siege: Siege) -> str:
    visitor = Visitor(siege.stack)
    await visitor.sign_in(DOCTOR)
    page = await visitor.client.get(f"/patient/{siege.stack.patient(ASKED_ABOUT)}")
    assert page.status_code == 200
    return page.text


def leads(value: Any) -> Iterator[str]:
    """Give the targets of references and attachments in a resource."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name in {"reference", "url"} and isinstance(inner, str) and "valueUri" not in value:
                yield inner if name == "reference" or "contentType" in value else ""
            yield from leads(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from leads(inner)


def test_what_leads_somewhere_is_found():
    attached = {"attachment": {"contentType": "text/html", "url": "a"}}
    assert set(leads(json.loads(json.dumps({"x": [attached, refer("b")]})))) == {"a", "b"}


def test_a_connection_elsewhere_would_be_noticed(deeds: Deeds):
    deeds.note("socket.connect", (None, ("169.254.169.254", 80)))
    deeds.note("open", ("/etc/passwd", "r", 0))

    assert deeds.connected == {("169.254.169.254", 80)}
    assert "/etc/passwd" in deeds.opened
