"""A gateway of its own process ends when it is told to, says what it cut off, and counts as one."""

import asyncio
import re
import signal
import socket
from urllib.parse import urlsplit

import httpx2
import pytest

from adapters.simulators.faults import FaultKind
from tests.cli.gateway_process import gateway_over
from tests.stack import METRICS_TOKEN, OPERATOR

WORKERS = [(), ("--workers", "2")]


@pytest.mark.parametrize("words", WORKERS, ids=["one", "two"])
async def test_a_request_that_hangs_is_cut_off_and_on_record_as_aborted(
    london, template, tmp_path, words
):
    with gateway_over(london, template, tmp_path, *words, stop_seconds=1) as served:
        london.faults["ambulance"].set(FaultKind.HANG)
        headers = {"Authorization": f"Bearer {served.token('gp')}"}
        async with httpx2.AsyncClient(
            base_url=served.address, headers=headers, trust_env=False, timeout=20
        ) as client:
            form = {"identifier": london.people["everything"].digits}
            found = (await client.post("/fhir/Patient/_search", data=form)).json()
            path = f"/fhir/Patient/{found['entry'][0]['resource']['id']}/$everything"
            asking = asyncio.ensure_future(client.get(path))
            await written(served, lambda row: row.get("act") == "view")

            served.process.send_signal(signal.SIGTERM)
            ended = await asyncio.to_thread(served.process.wait, 10)
            [answer] = await asyncio.gather(asking, return_exceptions=True)

        asked, disclosed = (await served.audit())[-2:]
    assert ended == 0
    assert isinstance(answer, httpx2.TransportError) or answer.status_code == 500
    assert (asked["act"], disclosed["action"], disclosed["outcome"]) == (
        "view",
        "disclosed",
        "aborted",
    )
    assert disclosed["decision_id"] == asked["decision_id"]


async def written(served, is_wanted):
    for _attempt in range(100):
        if any(is_wanted(row) for row in await served.audit()):
            return
        await asyncio.sleep(0.05)
    raise AssertionError("nothing was asked")


async def test_a_body_that_never_comes_does_not_keep_a_gateway_alive(london, template, tmp_path):
    with gateway_over(london, template, tmp_path, stop_seconds=1) as served:
        parts = urlsplit(served.address)
        head = (
            f"POST /fhir/Patient/_search HTTP/1.1\r\nHost: {parts.netloc}\r\n"
            f"Authorization: Bearer {served.token('gp')}\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 900\r\n\r\nid"
        )
        with socket.create_connection((parts.hostname, parts.port)) as slow:
            slow.sendall(head.encode())

            served.process.terminate()

            assert await asyncio.to_thread(served.process.wait, 10) == 0


async def test_two_workers_tell_one_sum_of_counts(london, template, tmp_path):
    asked = 24
    with counting(london, template, tmp_path, "--workers", "2") as served:
        for _each in range(asked):
            # A connection of its own each, so that both workers get some.
            httpx2.get(f"{served.address}/version")

        told = {counted(served.address, "/version") for _each in range(8)}

    assert told == {float(asked)}


def counting(*about):
    """Serve, and tell the counts for the operator's token."""
    return gateway_over(*about, metrics_token=METRICS_TOKEN)


def counted(address, route):
    text = httpx2.get(f"{address}/metrics", headers=OPERATOR).text
    found = re.findall(rf'^scr_requests_total{{route="{route}",status="200"}} (\S+)$', text, re.M)
    assert len(found) == 1, text
    return float(found[0])


async def test_how_each_source_answered_is_counted_by_closed_words(london, template, tmp_path):
    with counting(london, template, tmp_path) as served:
        headers = {"Authorization": f"Bearer {served.token('gp')}"}
        with httpx2.Client(base_url=served.address, headers=headers, timeout=20) as client:
            form = {"identifier": london.people["everything"].digits}
            found = client.post("/fhir/Patient/_search", data=form).json()
            person = found["entry"][0]["resource"]["id"]
            client.get(f"/fhir/Patient/{person}/$everything")
            london.faults["hospital"].set(FaultKind.ERROR_500)
            client.get(f"/fhir/Patient/{person}/$everything")
            text = client.get("/metrics", headers=OPERATOR).text

    lines = sorted(line for line in text.splitlines() if line.startswith("scr_source_outcomes_t"))
    assert lines == [
        'scr_source_outcomes_total{outcome="data",reason="none",source="ambulance"} 2.0',
        'scr_source_outcomes_total{outcome="data",reason="none",source="gp"} 2.0',
        'scr_source_outcomes_total{outcome="data",reason="none",source="hospital"} 1.0',
        'scr_source_outcomes_total{outcome="failed",reason="http-status",source="hospital"} 1.0',
    ]
    assert person not in text
