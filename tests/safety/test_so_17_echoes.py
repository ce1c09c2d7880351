"""A source gives our own secrets back (SO-17): in no answer, page, log, metric or audit row of ours is one.

The canary is the token that the gateway shows to the hospital, and what else it sends there.
"""

import json
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import orjson
import pytest

from gateway.settings import AuthSettings
from tests.adapters.stub_source import FHIR, Asked, response, stub_source
from tests.london import London
from tests.safety.hostile_source import (
    Hostile,
    Json,
    bundle_bytes,
    encounter,
    patient_like,
    refer,
    with_hospital_at,
)
from tests.safety.siege import (
    ASKED_ABOUT,
    DOCTOR,
    Siege,
    last_row_b,
    others_answered,
    safety_events,
)
from tests.stack import OPERATOR, running_stack, settings_for
from tests.web.visitor import Visitor

SECRET = "zq-canary-token/of.the+gateway=="
OWN = refer("Patient/p1")


@pytest.fixture
async def siege(
    london: London, template: Path, tmp_path: Path, compiled: Mapping[str, Any]
) -> AsyncIterator[Siege]:
    """Give a stack whose hostile hospital is shown a token."""
    hostile = Hostile()
    async with stub_source(hostile.behave) as hostile.stub:
        there = with_hospital_at(london, hostile.stub.url)
        usual = settings_for(there, tmp_path / "unused", tmp_path / "unused").source
        auth = AuthSettings(kind="bearer", secret=SECRET).model_dump()
        source = [
            each.model_dump() | ({"auth": auth} if each.id == "hospital" else {}) for each in usual
        ]
        async with running_stack(there, template, tmp_path, compiled, source=source) as running:
            yield Siege(hostile, running)


def sent_by(asked: Asked) -> str:
    """Write down a request as a server does that shows whoever asks what it was asked."""
    return "\n".join([asked.target, *(f"{name}: {value}" for name, value in asked.headers.items())])


def refusal(asked: Asked) -> bytes:
    issue = {"severity": "error", "code": "exception", "diagnostics": sent_by(asked)}
    return json.dumps({"resourceType": "OperationOutcome", "issue": [issue]}).encode()


def of_person(siege: Siege, asked: Asked, **more: Any) -> bytes:
    kept = encounter("e1", OWN, sent_by(asked), **more)
    return bundle_bytes(patient_like(siege.person), kept)


def named_after_it(asked: Asked) -> Json:
    token = asked.headers["authorization"].removeprefix("Bearer ")
    return {"identifier": [{"system": "urn:token", "value": token}]}


def with_next(body: bytes, link: str) -> bytes:
    return orjson.dumps({**orjson.loads(body), "link": [{"relation": "next", "url": link}]})


WAYS = {
    "an error": lambda _siege, asked: response(refusal(asked), 500),
    "a refusal": lambda _siege, asked: response(refusal(asked), 403, x_echo=SECRET),
    "a challenge": lambda _siege, _asked: response(
        b"", 401, www_authenticate=f'Bearer error="{SECRET}"'
    ),
    "a page": lambda _siege, asked: response(sent_by(asked).encode(), 200, "text/html"),
    "an outcome": lambda _siege, asked: response(refusal(asked)),
    "headers": lambda siege, _asked: response(
        bundle_bytes(patient_like(siege.person)), x_echo=SECRET, etag=SECRET, set_cookie=SECRET
    ),
    "a redirect": lambda _siege, _asked: response(b"", 302, location=f"/fhir/x?token={SECRET}"),
    "a next link": lambda siege, _asked: response(
        with_next(bundle_bytes(patient_like(siege.person)), f"http://elsewhere.example/{SECRET}")
    ),
    "words": lambda siege, asked: response(of_person(siege, asked)),
    "an identifier": lambda siege, asked: response(
        of_person(siege, asked, **named_after_it(asked))
    ),
    "escaped words": lambda siege, asked: response(
        of_person(siege, asked).replace(b"/of.the", b"\\/of.the")
    ),
    "an odd status line": lambda _siege, _asked: f"HTTP/1.1 200 {SECRET}\r\n\r\n".encode(),
    "no HTTP at all": lambda _siege, _asked: f"{SECRET}\r\n{FHIR}\r\n\r\n".encode(),
}


@pytest.mark.parametrize("way", WAYS)
async def test_so_17_no_output_of_ours_holds_a_token_that_a_source_gave_back(
    siege: Siege, way: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
):
    caplog.set_level("DEBUG")

    async def echoes(asked: Asked, writer: Any) -> None:
        writer.write(WAYS[way](siege, asked))
        await writer.drain()
        writer.close()

    siege.hostile.misbehaves = echoes
    answer = await siege.asked()
    outputs = [
        answer.response.content,
        repr(answer.response.headers).encode(),
        *[each.encode() for each in capfd.readouterr()],
        caplog.text.encode(),
        *await told_elsewhere(siege),
    ]

    assert SECRET in siege.hostile.stub.asked[-1].headers["authorization"]
    assert others_answered(answer, "hospital")
    assert [each for each in outputs if found_in(each)] == []


async def told_elsewhere(siege: Siege) -> list[bytes]:
    """Give a page, the metrics, the audit and the safety events."""
    visitor = Visitor(siege.stack)
    await visitor.sign_in(DOCTOR)
    page = await visitor.client.get(f"/patient/{siege.stack.patient(ASKED_ABOUT)}")
    metrics = await siege.stack.client.get("/metrics", headers=OPERATOR)
    assert (page.status_code, metrics.status_code) == (200, 200)
    return [
        page.content,
        metrics.content,
        orjson.dumps(await siege.stack.audit()),
        repr(await safety_events(siege.stack)).encode(),
    ]


def found_in(output: bytes) -> bool:
    return b"zq-canary-token" in output


@pytest.mark.parametrize("way", ["words", "an identifier", "escaped words"])
async def test_so_17_an_answer_that_holds_our_token_is_no_answer(siege: Siege, way: str):
    async def echoes(asked: Asked, writer: Any) -> None:
        writer.write(WAYS[way](siege, asked))

    siege.hostile.misbehaves = echoes
    answer = await siege.asked()

    assert (answer.outcomes["hospital"], answer.is_complete) == ("failed", "false")
    assert answer.from_source("hospital") == []
    assert (await last_row_b(siege.stack))["sources"]["hospital"] == ["failed", "credential-echoed"]
