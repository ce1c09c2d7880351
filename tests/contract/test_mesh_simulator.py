"""The simulated MESH refuses what the real one refuses, and its check fails on a list with a wrong line."""

import hmac
from datetime import UTC, datetime

import httpx2
import pytest

from adapters.simulators.mesh import MeshWorld, create_app
from fhir_profiles.nhs_number import NhsNumber

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
SENDING = {"Mex-To": "CHECK", "Mex-WorkflowID": "W", "Mex-LocalID": "1"}
OUTBOX, INBOX = "/messageexchange/BOX/outbox", "/messageexchange/BOX/inbox"
GOOD = b"9434765919,\n9434765870,\n"


@pytest.fixture
def anyio_backend():
    return "asyncio"


@pytest.fixture
def world():
    made = MeshWorld(lambda: NOW, b"shared", {"BOX": "secret"}, "CHECK", "W")
    made.opted_out.add(NhsNumber("9434765870"))
    made.listings_until_answer = 0
    return made


def token(nonce="n", key=b"shared", password="secret", at="202603010900"):
    digest = hmac.new(key, f"BOX:{nonce}:0:{password}:{at}".encode(), "sha256").hexdigest()
    return {"Authorization": f"NHSMESH BOX:{nonce}:0:{at}:{digest}"}


async def asked(world, method, path, headers, content=b""):
    transport = httpx2.ASGITransport(app=create_app(world))
    async with httpx2.AsyncClient(transport=transport, base_url="http://mesh.test") as client:
        return await client.request(method, path, headers=headers, content=content)


@pytest.mark.parametrize(
    "shown",
    [
        {},
        {"Authorization": "Bearer x"},
        token(key=b"another"),
        token(password="another"),
        token(at="202603010600"),
    ],
)
async def test_a_token_that_is_wrong_or_old_is_refused(world, shown):
    assert (await asked(world, "GET", INBOX, shown)).status_code == 403


async def test_a_token_opens_once_and_its_own_mailbox_alone(world):
    assert (await asked(world, "GET", INBOX, token())).status_code == 200
    assert (await asked(world, "GET", INBOX, token())).status_code == 403
    other = "/messageexchange/OTHER/inbox"
    assert (await asked(world, "GET", other, token("m"))).status_code == 403


async def test_a_message_to_nobody_is_refused(world):
    assert (await asked(world, "POST", OUTBOX, token(), GOOD)).status_code == 400


async def test_the_check_answers_with_those_that_may_be_used_until_acknowledged(world):
    sent = await asked(world, "POST", OUTBOX, {**token(), **SENDING}, GOOD)
    (message,) = (await asked(world, "GET", INBOX, token("a"))).json()["messages"]
    answer = await asked(world, "GET", f"{INBOX}/{message}", token("b"))
    done = f"{INBOX}/{message}/status/acknowledged"

    assert (sent.status_code, answer.content) == (202, b"9434765919,\n")
    assert answer.headers["mex-localid"] == "1"
    assert (await asked(world, "PUT", done, token("c"))).status_code == 200
    assert (await asked(world, "PUT", done, token("d"))).status_code == 404
    assert (await asked(world, "GET", f"{INBOX}/{message}", token("e"))).status_code == 404


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"9434765918,\n",
        b"9434765919\n",
        b"9434765919,\r\n",
        b"9434765919,",
        b"943 476 5919,\n",
    ],
)
async def test_a_list_with_a_wrong_line_gets_no_answer(world, content):
    await asked(world, "POST", OUTBOX, {**token(), **SENDING}, content)

    assert (await asked(world, "GET", INBOX, token("a"))).json() == {"messages": []}


async def test_another_workflow_and_another_mailbox_get_no_answer(world):
    for change in ({"Mex-WorkflowID": "X"}, {"Mex-To": "X"}):
        headers = {**token(str(change)), **SENDING, **change}
        await asked(world, "POST", OUTBOX, headers, GOOD)

    assert (await asked(world, "GET", INBOX, token("a"))).json() == {"messages": []}
