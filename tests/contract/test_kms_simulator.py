"""The simulated key service refuses what a real one refuses."""

import base64
from datetime import UTC, datetime

import httpx2
import pytest

from adapters.simulators.kms import KeyServiceWorld, create_app

JSON = "application/x-amz-json-1.1"
PLAIN = base64.b64encode(b"k" * 32).decode()


@pytest.fixture
def anyio_backend():
    return "asyncio"


@pytest.fixture
def world():
    made = KeyServiceWorld("token", lambda: datetime(2026, 3, 1, tzinfo=UTC))
    made.add_root("root")
    return made


async def asked(world, action, document, token="token", media_type=JSON):
    headers = {"Authorization": f"Bearer {token}", "Content-Type": media_type}
    headers["X-Amz-Target"] = f"TrentService.{action}"
    transport = httpx2.ASGITransport(app=create_app(world))
    async with httpx2.AsyncClient(transport=transport, base_url="http://kms.test") as client:
        answer = await client.post("/", json=document, headers=headers)
    return answer.status_code, answer.json()


@pytest.mark.parametrize(
    ("action", "document", "refused"),
    [
        ("Encrypt", {"KeyId": "another", "Plaintext": PLAIN}, "NotFoundException"),
        ("Encrypt", {"KeyId": "root"}, "ValidationException"),
        ("Decrypt", {"KeyId": "root", "CiphertextBlob": PLAIN}, "InvalidCiphertextException"),
        ("ScheduleKeyDeletion", {"KeyId": "root", "PendingWindowInDays": 6}, "ValidationException"),
        ("DescribeKey", {"KeyId": "another"}, "NotFoundException"),
        ("CreateKey", {}, "UnknownOperationException"),
    ],
)
async def test_what_a_key_service_refuses_is_refused(world, action, document, refused):
    assert await asked(world, action, document) == (400, {"__type": refused})


async def test_another_token_and_another_media_type_are_refused(world):
    document = {"KeyId": "root", "Plaintext": PLAIN}

    assert (await asked(world, "Encrypt", document, token="x"))[1]["__type"] == (
        "AccessDeniedException"
    )
    assert (await asked(world, "Encrypt", document, media_type="application/json"))[0] == 400


async def test_another_context_does_not_open(world):
    bound = {"KeyId": "root", "EncryptionContext": {"a": "1"}}
    _status, found = await asked(world, "Encrypt", {**bound, "Plaintext": PLAIN})
    sealed = {"CiphertextBlob": found["CiphertextBlob"]}

    assert (await asked(world, "Decrypt", {**bound, **sealed}))[1]["Plaintext"] == PLAIN
    assert (await asked(world, "Decrypt", {"KeyId": "root", **sealed}))[0] == 400


async def test_a_root_that_is_to_end_does_nothing_and_then_is_gone(world):
    await asked(world, "ScheduleKeyDeletion", {"KeyId": "root", "PendingWindowInDays": 7})
    document = {"KeyId": "root", "Plaintext": PLAIN}

    assert (await asked(world, "Encrypt", document))[1]["__type"] == "KMSInvalidStateException"
    world.now = lambda: datetime(2026, 3, 9, tzinfo=UTC)
    assert (await asked(world, "Encrypt", document))[1]["__type"] == "NotFoundException"
    assert world.roots == {}


async def test_the_state_of_a_root_is_told(world):
    assert (await asked(world, "DescribeKey", {"KeyId": "root"}))[1] == {
        "KeyMetadata": {"KeyId": "root", "KeyState": "Enabled"}
    }
    world.disabled.add("root")
    _status, found = await asked(world, "DescribeKey", {"KeyId": "root"})
    assert found["KeyMetadata"]["KeyState"] == "Disabled"
