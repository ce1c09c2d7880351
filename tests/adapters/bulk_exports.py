"""Ask a stub of an export, with a clock that only sleeping moves."""

from datetime import UTC, datetime

from adapters.bulk_contract import FeedPart, FeedRequest, PartKind
from adapters.bulk_export import BulkExport, Patience
from tests.adapters.stub_source import client_for, response, stub_source

NOW = datetime(2026, 3, 1, tzinfo=UTC)
REQUEST = FeedRequest(("Patient", "Encounter"), None, NOW)
NDJSON = "application/fhir+ndjson"
ROW = b'{"resourceType":"Patient","id":"1"}'
PATIENCE = Patience(longest=100.0, failures_in_a_row=3)


class Sleeper:
    """Sleeps by moving the clock."""

    def __init__(self, monotonic):
        self.monotonic = monotonic
        self.slept = []

    async def __call__(self, seconds):
        self.slept.append(seconds)
        self.monotonic.seconds += seconds


async def with_export(behaviour, surroundings, sleeper, use, **changes):
    async with (
        stub_source(behaviour) as stub,
        client_for(stub.url, surroundings, **changes) as client,
    ):
        export = BulkExport(client, frozenset(), PATIENCE, sleeper)
        return await use(export, stub), stub


def manifest(url="", **changes):
    file = {"type": "Patient", "url": url}
    told = {"transactionTime": "2026-03-01T00:00:00Z", "requiresAccessToken": True}
    return {**told, "output": [file], **changes}


def in_turn(*behaviours):
    """Answer one after the other, the last again and again."""
    waiting = list(behaviours)

    async def behave(asked, writer):
        now = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        await now(asked, writer)

    return behave


async def begin(export, stub):
    return await export.begin(REQUEST)


async def plan(export, stub, watch=lambda _: None):
    return await export.plan(f"{stub.url}/status", REQUEST, watch)


def bring(count=None):
    async def use(export, stub):
        part = FeedPart(PartKind.RESOURCES, "Patient", f"{stub.url}/file", count)
        (piece,) = [piece async for piece in export.bring(part, REQUEST)]
        return piece

    return use


def with_headers(status, **headers):
    async def behave(asked, writer):
        writer.write(response(b"", status, **headers))

    return behave


def located(location):
    return with_headers(202, **({"content-location": location} if location else {}))
