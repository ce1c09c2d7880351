"""A file of a release is sent whole, whatever part of it is asked for, and is closed when nobody listens any more."""

import io
from dataclasses import dataclass, field
from hashlib import sha256

import httpx2
import pytest
from starlette.requests import ClientDisconnect

from gateway.api.release_files import PIECE_BYTES, ReleaseFileResponse
from gateway.population.releases.opening import OpenedFile
from gateway.population.releases.verifying import AlteredReleaseError

WHOLE = bytes(range(256)) * (PIECE_BYTES // 256) + b"the last"


@dataclass
class Sending:
    """An application that sends one file."""

    name: str = "rows.csv"
    content: io.BytesIO = field(default_factory=lambda: io.BytesIO(WHOLE))

    async def __call__(self, scope, receive, send):
        opened = OpenedFile(self.name, len(WHOLE), sha256(WHOLE).hexdigest(), self.content)
        await ReleaseFileResponse(opened)(scope, receive, send)


async def answer_of(app, **headers):
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://gateway.test") as client:
        return await client.get("/", headers=headers)


@pytest.mark.parametrize("asked", ["bytes=0-1", "bytes=-1", "bytes=0-,0-,0-", "lines=1"])
async def test_de_06_a_part_of_a_file_is_not_to_be_had(asked):
    sending = Sending()

    answer = await answer_of(sending, Range=asked)

    assert (answer.status_code, answer.content) == (200, WHOLE)
    assert answer.headers["content-length"] == str(len(WHOLE))
    assert sending.content.closed


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("rows.csv", "text/csv; charset=utf-8"),
        ("rows.ndjson", "application/x-ndjson"),
        ("rows.parquet", "application/vnd.apache.parquet"),
        ("manifest.json", "application/json"),
        ("rows", "application/octet-stream"),
    ],
)
async def test_a_file_is_sent_as_what_it_is(name, told):
    answer = await answer_of(Sending(name))

    assert answer.headers["content-type"] == told
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'


@pytest.mark.parametrize("at", [0, len(WHOLE) - 1])
async def test_t24_what_was_written_into_an_opened_file_is_broken_off_before_its_end(at):
    sending, sent = Sending(), []
    sending.content.getbuffer()[at] ^= 1

    async def send(message):
        sent.append(message.get("body", b""))

    with pytest.raises(AlteredReleaseError):
        await sending({"type": "http", "asgi": {"spec_version": "2.4"}}, None, send)
    assert len(b"".join(sent)) == PIECE_BYTES < len(WHOLE)
    assert sending.content.closed


async def test_a_file_is_closed_when_its_caller_has_gone():
    sending = Sending()

    async def gone(_message):
        raise OSError

    async def nothing():
        return {"type": "http.disconnect"}

    with pytest.raises(ClientDisconnect):
        await sending({"type": "http", "asgi": {"spec_version": "2.4"}}, nothing, gone)
    assert sending.content.closed
