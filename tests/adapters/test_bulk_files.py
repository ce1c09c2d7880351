"""A file of an export is brought whole, from the source's own host, or is a failure."""

import pytest

from adapters.bulk_contract import FeedPart, PartKind
from adapters.contract import Outcome, Reason
from adapters.source_config import Caps
from tests.adapters.bulk_exports import (
    NDJSON,
    REQUEST,
    ROW,
    bring,
    manifest,
    plan,
    with_export,
)
from tests.adapters.stub_source import answer, routes


@pytest.mark.parametrize("address", ["https://elsewhere.example/x", "http://127.0.0.1:1/x"])
async def test_no_address_of_another_host_is_asked(address, surroundings, sleeper):
    async def use(export, stub):
        part = FeedPart(PartKind.RESOURCES, "Patient", address)
        await export.finish(address)
        return [
            await export.plan(address, REQUEST, lambda _: None),
            *[piece async for piece in export.bring(part, REQUEST)],
        ]

    whys, stub = await with_export(answer(ROW), surroundings, sleeper, use)

    assert {why.reason for why in whys} == {Reason.PAGING_HOST}
    assert not stub.asked


@pytest.mark.parametrize(
    ("behaviour", "count", "expected"),
    [
        (answer(ROW + b"\n", content_type=NDJSON), 2, (Outcome.MALFORMED, Reason.LENGTH_MISMATCH)),
        (answer(ROW + b"\n{", content_type=NDJSON), 1, (Outcome.MALFORMED, Reason.LENGTH_MISMATCH)),
        (answer(ROW, content_type="text/html"), None, (Outcome.FAILED, Reason.CONTENT_TYPE)),
        (answer(b"", 203, content_type=NDJSON), None, (Outcome.FAILED, Reason.HTTP_STATUS)),
        (answer({}, 410), None, (Outcome.FAILED, Reason.NOT_FOUND)),
        (answer(ROW * 99, content_type=NDJSON), None, (Outcome.FAILED, Reason.TOO_LARGE)),
    ],
    ids=["short", "cut", "a page", "no content", "gone", "too large"],
)
async def test_a_file_that_is_not_whole_is_no_file(
    behaviour, count, expected, surroundings, sleeper
):
    caps = Caps(decoded_bytes=1000)
    why, _ = await with_export(behaviour, surroundings, sleeper, bring(count), caps=caps)

    assert (why.outcome, why.reason) == expected


@pytest.mark.parametrize(
    ("body", "count"),
    [(ROW + b"\n" + ROW, 2), (b"", 0), (b"\n", None), (ROW + b"\r\n\n", 1), (ROW + b"\n", None)],
)
async def test_a_whole_file_is_brought_as_it_is(body, count, surroundings, sleeper):
    whole = answer(body, content_type=NDJSON)

    assert (await with_export(whole, surroundings, sleeper, bring(count)))[0] == body


@pytest.mark.parametrize(
    ("errors", "is_partial"),
    [
        (b'{"issue":[{"severity":"information"}]}\n', False),
        (b'{"issue":[{"severity":"warning"}]}\n\n{"issue":[{"severity":"error"}]}', True),
        (b'{"issue":[]}', True),
        (b'"unclear"', True),
        (b"", False),
    ],
)
async def test_errors_of_the_source_make_an_export_partial(
    errors, is_partial, surroundings, sleeper
):
    async def use(export, stub):
        file = {"type": "OperationOutcome", "url": f"{stub.url}/errors"}
        table["/fhir/status"] = answer(manifest(error=[file]))
        return await plan(export, stub)

    table = {"/fhir/errors": answer(errors, content_type=NDJSON)}
    planned, _ = await with_export(routes(table), surroundings, sleeper, use)

    assert planned.is_partial is is_partial


async def test_errors_that_cannot_be_brought_fail_the_export(surroundings, sleeper):
    async def use(export, stub):
        file = {"type": "OperationOutcome", "url": f"{stub.url}/errors"}
        table["/fhir/status"] = answer(manifest(error=[file]))
        return await plan(export, stub)

    table = {}
    why, _ = await with_export(routes(table), surroundings, sleeper, use)

    assert why.reason is Reason.NOT_FOUND


async def test_the_source_is_told_that_nothing_more_is_needed(surroundings, sleeper):
    _, stub = await with_export(
        answer(b"", 202), surroundings, sleeper, lambda e, stub: e.finish(f"{stub.url}/status")
    )

    assert [(each.method, each.path) for each in stub.asked] == [("DELETE", "/fhir/status")]
