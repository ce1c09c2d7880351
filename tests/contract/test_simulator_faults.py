"""A simulated source misbehaves as it is told to, and only then."""

import socket
import zlib
from contextlib import asynccontextmanager

import anyio
import httpx2
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

from adapters.simulators.faults import CONSULTED, CONTROL_PATH, FaultKind, Faults, with_faults

WHOLE = {"resourceType": "Bundle", "type": "searchset", "note": "x" * 200}


def source(faults):
    async def answer(request):
        seen = [kind.value for kind in CONSULTED if faults.active(kind)]
        return JSONResponse({**WHOLE, "seen": seen})

    return with_faults(Starlette(routes=[Route("/{path:path}", answer)]), faults)


@pytest.fixture
def faults():
    return Faults()


@pytest.fixture
async def client(faults):
    transport = httpx2.ASGITransport(app=source(faults))
    async with httpx2.AsyncClient(transport=transport, base_url="http://source") as client:
        yield client


@asynccontextmanager
async def served(faults):
    """Serve on a free loopback port, as the raw faults need a connection."""
    config = uvicorn.Config(source(faults), log_level="critical", lifespan="off")
    server = uvicorn.Server(config)
    # Listening begins before the server does, so that nobody has to wait for it.
    listening = socket.create_server(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    async with anyio.create_task_group() as group:
        group.start_soon(server._serve, [listening])
        async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=5) as client:
            yield client
        server.force_exit = server.should_exit = True


async def test_without_a_fault_the_application_answers(client):
    assert (await client.get("/a")).json() == {**WHOLE, "seen": []}


@pytest.mark.parametrize(
    ("kind", "status", "media_type"),
    [
        (FaultKind.ERROR_500, 500, "application/fhir+json"),
        (FaultKind.ERROR_429, 429, "application/fhir+json"),
        (FaultKind.LOGIN_PAGE, 200, "text/html; charset=utf-8"),
        (FaultKind.OPERATION_OUTCOME_200, 200, "application/fhir+json"),
        (FaultKind.MALFORMED_JSON, 200, "application/fhir+json"),
    ],
)
async def test_plain_faults_answer_with_their_status(client, faults, kind, status, media_type):
    faults.set(kind)
    response = await client.get("/a")

    assert response.status_code == status
    assert response.headers["content-type"] == media_type


async def test_empty_faults_have_no_body(client, faults):
    faults.set(FaultKind.NO_CONTENT_204)
    nothing = await client.get("/a")
    faults.clear()
    faults.set(FaultKind.UNAUTHORISED_401)
    denied = await client.get("/a")

    assert (nothing.status_code, nothing.content) == (204, b"")
    assert (denied.status_code, denied.headers["www-authenticate"]) == (401, "Bearer")


async def test_too_many_requests_says_when_to_come_back(client, faults):
    faults.set(FaultKind.ERROR_429)

    assert int((await client.get("/a")).headers["retry-after"]) > 0


async def test_a_redirect_leads_where_it_was_told(client, faults):
    faults.set(FaultKind.REDIRECT, target="https://other.example/x")
    response = await client.get("/a")

    assert (response.status_code, response.headers["location"]) == (302, "https://other.example/x")


async def test_malformed_json_cannot_be_read(client, faults):
    faults.set(FaultKind.MALFORMED_JSON)

    with pytest.raises(ValueError, match="Expecting"):
        (await client.get("/a")).json()


async def test_a_fault_ends_after_its_number_of_times(client, faults):
    faults.set(FaultKind.ERROR_500, times=2)
    statuses = [(await client.get("/a")).status_code for _ in range(3)]

    assert statuses == [500, 500, 200]


async def test_a_fault_hits_matching_paths_only(client, faults):
    faults.set(FaultKind.ERROR_500, matching=lambda path: path.startswith("/bad"))

    assert (await client.get("/good")).status_code == 200
    assert (await client.get("/bad/1")).status_code == 500


@pytest.mark.parametrize("kind", sorted(CONSULTED))
async def test_faults_of_content_are_left_to_the_application(client, faults, kind):
    faults.set(kind, matching=lambda path: path == "/bad", times=1)
    other, hit, after = [(await client.get(path)).json()["seen"] for path in ("/", "/bad", "/bad")]

    assert (other, hit, after) == ([], [kind], [])


async def test_outside_a_request_a_fault_is_active_while_it_is_on(faults):
    faults.set(FaultKind.WRONG_PATIENT)
    assert faults.active(FaultKind.WRONG_PATIENT)

    faults.clear()
    assert not faults.active(FaultKind.WRONG_PATIENT)


async def test_faults_are_set_listed_and_cleared_over_http(client):
    wanted = {"kind": "error-500", "times": 5, "path_prefix": "/bad"}
    assert (await client.post(CONTROL_PATH, json=wanted)).json() == {"on": ["error-500"]}
    assert (await client.get("/bad")).status_code == 500
    assert (await client.get("/good")).status_code == 200
    assert (await client.get(CONTROL_PATH)).json() == {"on": ["error-500"]}

    assert (await client.delete(CONTROL_PATH)).status_code == 204
    assert (await client.get("/bad")).status_code == 200


@pytest.mark.parametrize(
    "body", ["", "[]", "{}", '{"kind": "unheard-of"}', '{"kind": "hang", "times": "often"}']
)
async def test_an_unknown_fault_is_refused_over_http(client, body):
    assert (await client.post(CONTROL_PATH, content=body)).status_code == 400


async def test_the_control_path_works_under_any_fault(client, faults):
    faults.set(FaultKind.ERROR_500)

    assert (await client.delete(CONTROL_PATH)).status_code == 204


async def test_a_hanging_source_never_answers(faults):
    faults.set(FaultKind.HANG)
    async with served(faults) as client:
        with pytest.raises(httpx2.ReadTimeout):
            await client.get("/a", timeout=0.2)


async def test_a_dripping_source_sends_a_byte_at_a_time(faults):
    faults.set(FaultKind.DRIP)
    async with served(faults) as client, client.stream("GET", "/a") as response:
        pieces = response.aiter_raw()
        first = [await anext(pieces) for _ in range(2)]
        await pieces.aclose()

    assert first == [b"{", b'"']


@pytest.mark.parametrize("kind", [FaultKind.TRUNCATED, FaultKind.LENGTH_LIE, FaultKind.RESET])
async def test_a_broken_off_answer_ends_in_a_protocol_error(faults, kind):
    faults.set(kind)
    async with served(faults) as client:
        with pytest.raises((httpx2.RemoteProtocolError, httpx2.ReadError)):
            await client.get("/a")


async def test_a_lying_length_promises_more_than_the_whole_answer(faults):
    faults.set(FaultKind.LENGTH_LIE)
    async with served(faults) as client, client.stream("GET", "/a") as response:
        body = await anext(response.aiter_raw())

    assert int(response.headers["content-length"]) > len(body)
    assert body.endswith(b"}")


@pytest.mark.parametrize(
    ("kind", "at_least"), [(FaultKind.TOO_LARGE, 20_000_000), (FaultKind.ENDLESS, 1_000_000)]
)
async def test_large_and_endless_answers_go_past_any_cap(faults, kind, at_least):
    faults.set(kind)
    received = 0
    async with served(faults) as client, client.stream("GET", "/a") as response:
        pieces = response.aiter_raw()
        while received < at_least:
            received += len(await anext(pieces))
        await pieces.aclose()

    assert "content-length" not in response.headers


async def test_a_gzip_bomb_is_small_on_the_wire_and_large_when_opened(faults):
    faults.set(FaultKind.GZIP_BOMB)
    async with served(faults) as client, client.stream("GET", "/a") as response:
        wire = b"".join([piece async for piece in response.aiter_raw()])

    assert response.headers["content-encoding"] == "gzip"
    assert len(wire) < 1_000_000
    assert len(zlib.decompressobj(31).decompress(wire, 32_000_000)) == 32_000_000
