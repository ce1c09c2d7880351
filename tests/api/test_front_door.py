"""Ambiguous or unserved requests end at the first layer, without a call to any source."""

import httpx2
import pytest

from tests.stack import Stack

METADATA = "/fhir/metadata"


async def send(stack: Stack, method: str, path: str, headers: list[tuple[str, str]]):
    request = httpx2.Request(method, f"http://gateway.test{path}", headers=headers)
    return await stack.client.send(request)


def assert_refused(answer: httpx2.Response, status: int) -> None:
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/fhir+json"
    assert answer.json()["resourceType"] == "OperationOutcome"


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "TRACE", "PUT", "PATCH"])
async def test_az_14_an_unserved_method_is_refused(stack: Stack, method: str):
    answer = await send(stack, method, METADATA, [("Host", "gateway.test")])

    assert answer.status_code == 405


@pytest.mark.parametrize(
    "path",
    [
        "/fhir/../admin",
        "/fhir/%2e%2e/admin",
        "//fhir/metadata",
        "/fhir/Patient/1%2F$everything",
        "/fhir/metadata%00",
        "/fhir/metadata%0a",
        "/fhir/metadata;x=1",
        "/fhir/@evil",
        "/fhir/metadata%20",
        "/fhir/%5cmetadata",
    ],
)
async def test_az_15_a_path_that_is_not_plain_reaches_no_route(stack: Stack, path: str):
    answer = await stack.client.get(httpx2.URL(f"http://gateway.test{path}"))

    assert answer.status_code in {400, 404}


@pytest.mark.parametrize(
    "headers",
    [
        [("Host", "evil.example")],
        [("Host", "gateway.test"), ("Host", "evil.example")],
        [("Host", "gateway.test/fhir/metadata?")],
    ],
)
async def test_az_16_a_request_for_another_host_is_refused(stack: Stack, headers):
    assert_refused(await send(stack, "GET", METADATA, headers), 400)


async def test_az_16_links_name_the_configured_address_whatever_is_forwarded(stack: Stack):
    path = f"/fhir/Encounter?patient={stack.patient('everything')}"

    answer = await stack.get("ed-consultant", path, **{"X-Forwarded-Host": "evil.example"})

    assert answer.json()["link"][0]["url"].startswith("http://gateway.test/fhir/Encounter?")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ([("Authorization", "Bearer a"), ("Authorization", "Bearer b")], 400),
        ([("Content-Length", "0"), ("Transfer-Encoding", "chunked")], 400),
        ([("X_User", "admin")], 400),
        ([("Content-Encoding", "gzip")], 415),
        ([("X-Padding", "a" * 17_000)], 431),
    ],
)
async def test_ambiguous_headers_are_refused(stack: Stack, headers, status: int):
    answer = await send(
        stack, "POST", "/fhir/Patient/_search", [("Host", "gateway.test"), *headers]
    )

    assert_refused(answer, status)


async def test_every_answer_has_the_safe_headers(stack: Stack):
    answer = await stack.client.get(METADATA)

    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]


async def test_a_request_id_is_echoed_when_it_is_one(stack: Stack):
    sent = "7f3c2e0a-8f7e-4a55-9a0e-2f2b6f6c1d11"

    taken = await stack.client.get("/health/live", headers={"X-Request-ID": sent})
    replaced = await stack.client.get("/health/live", headers={"X-Request-ID": "../etc"})

    assert taken.headers["x-request-id"] == sent
    assert len(replaced.headers["x-request-id"]) == 36
    assert replaced.headers["x-request-id"] != "../etc"
