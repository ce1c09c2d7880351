"""A bulk source is opened by what it declares, searched page by page, and never GP Connect."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from adapters.bulk import open_bulk_source
from adapters.bulk_contract import FeedPart, FeedRequest, PartKind
from adapters.bulk_export import BulkExport
from adapters.bulk_manifest import UnreadableDeletionError, deletions_in
from adapters.bulk_search import BulkSearch
from adapters.contract import Outcome, Reason
from adapters.source_config import Caps, SourceConfigError, SourceDialect
from tests.adapters.stub_source import answer, bundle, client_for, routes, stub_source

NOW = datetime(2026, 3, 1, tzinfo=UTC)
WHOLE = FeedRequest(("Patient",), None, NOW)
PART = FeedPart(PartKind.RESOURCES, "Patient")


def statement(*operations, types=("Patient",)):
    resources = [{"type": each} for each in types]
    rest = {"mode": "server", "resource": resources, "operation": list(operations)}
    return {"resourceType": "CapabilityStatement", "rest": [rest]}


EXPORT = {"name": "export", "definition": "x"}
BY_DEFINITION = {
    "name": "bulk",
    "definition": "http://hl7.org/fhir/uv/bulkdata/OperationDefinition/export",
}


@pytest.mark.parametrize(
    ("operations", "kind"),
    [([EXPORT], BulkExport), ([BY_DEFINITION], BulkExport), ([], BulkSearch)],
)
async def test_a_source_is_pulled_from_as_it_declares(operations, kind, surroundings, monotonic):
    told = answer(statement(*operations))
    async with stub_source(told) as stub, client_for(stub.url, surroundings) as client:
        source = await open_bulk_source(client, monotonic)

    assert isinstance(source, kind)
    assert (source.source_id, source.held) == ("hospital", frozenset({"Patient"}))


async def test_a_source_that_does_not_say_what_it_offers_is_not_guessed_at(surroundings, monotonic):
    async with stub_source(answer({}, 500)) as stub, client_for(stub.url, surroundings) as client:
        why = await open_bulk_source(client, monotonic)

    assert (why.outcome, why.reason) == (Outcome.FAILED, Reason.UNREADABLE)


@pytest.mark.parametrize(
    "dialect", [each for each in SourceDialect if each is not SourceDialect.FHIR_R4]
)
async def test_gp_connect_and_other_sources_of_one_person_never_feed_the_planning_side(
    dialect, surroundings, monotonic
):
    async with client_for("http://127.0.0.1:1", surroundings, dialect=dialect) as client:
        with pytest.raises(SourceConfigError, match="no bulk source"):
            await open_bulk_source(client, monotonic)


async def searched(behaviour, surroundings, request=WHOLE, **changes):
    async with (
        stub_source(behaviour) as stub,
        client_for(stub.url, surroundings, **changes) as client,
    ):
        source = BulkSearch(client, frozenset())
        begun = await source.begin(request)
        plan = await source.plan(begun, request, lambda _: None)
        await source.finish(begun)
        assert [each.resource_type for each in plan.parts] == list(request.types)
        assert plan.covers_until == request.until
        return [piece async for piece in source.bring(PART, request)], stub


def patient(id_):
    return {"resourceType": "Patient", "id": id_}


async def test_pages_become_lines_whatever_their_layout(surroundings):
    page = bundle(patient("1"), {"resourceType": "Binary"}, patient("2"))
    laid_out = json.dumps(page, indent=1).replace("\n", "\r\n").encode()

    (piece,), _ = await searched(answer(laid_out), surroundings)

    assert [json.loads(line)["id"] for line in piece.splitlines()] == ["1", "2"]
    assert b"\r" not in piece


async def test_changes_are_asked_for_by_two_bounds_and_everything_by_none(surroundings):
    since = FeedRequest(("Patient",), NOW - timedelta(days=1), NOW)
    _, bounded = await searched(answer(bundle()), surroundings, since)
    _, whole = await searched(answer(bundle()), surroundings)

    assert bounded.asked[0].query["_lastUpdated"] == [
        *("gt2026-02-28T00:00:00.000+00:00", "le2026-03-01T00:00:00.000+00:00")
    ]
    assert "_lastUpdated" not in whole.asked[0].query
    assert bounded.asked[0].query["_sort"] == ["_lastUpdated"]


REMARK = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "timeout"}]}


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        (bundle(patient("1"), total=2), (Outcome.MALFORMED, Reason.PART_UNREADABLE)),
        (bundle(patient("1"), REMARK), (Outcome.MALFORMED, Reason.PART_UNREADABLE)),
        (bundle(next_link="https://elsewhere.example/"), (Outcome.FAILED, Reason.PAGING_HOST)),
        (bundle(next_link="Patient?_p=1"), (Outcome.FAILED, Reason.PAGING_LIMIT)),
        ({"resourceType": "OperationOutcome"}, (Outcome.FAILED, Reason.NOT_A_BUNDLE)),
    ],
)
async def test_a_search_of_which_anything_is_missing_ends_in_a_failure(
    page, expected, surroundings
):
    pieces, _ = await searched(answer(page), surroundings, caps=Caps(pages=1))

    assert (pieces[-1].outcome, pieces[-1].reason) == expected
    assert all(isinstance(piece, bytes) for piece in pieces[:-1])


async def test_pages_are_walked_to_the_last(surroundings):
    async def behave(asked, writer):
        is_second = asked.query.get("_p") == ["1"]
        page = bundle(patient("2")) if is_second else bundle(patient("1"), next_link="?_p=1")
        await answer({**page, "total": 2})(asked, writer)

    pieces, _ = await searched(behave, surroundings)

    assert [json.loads(piece)["id"] for piece in pieces] == ["1", "2"]


def deletion(url, method="DELETE"):
    return json.dumps({"entry": [{"request": {"method": method, "url": url}}]}).encode()


def test_deletions_are_read_by_type_and_id_wherever_they_are_rooted():
    body = deletion("Patient/1") + b"\n\n" + deletion("https://x.example/fhir/Encounter/2")

    assert list(deletions_in(body)) == [("Patient", "1"), ("Encounter", "2")]


@pytest.mark.parametrize(
    "body",
    [
        *(b"{", b"[]", b'{"entry":[{"request":{"method":"DELETE","url":"Patient/caf\xe9"}}]}'),
        *(deletion("Patient"), deletion("Patient/"), deletion("Patient/1", "PUT")),
    ],
)
def test_a_deletion_that_cannot_be_read_is_not_passed_over(body):
    with pytest.raises(UnreadableDeletionError) as told:
        list(deletions_in(body))

    assert (told.value.__cause__, told.value.__context__) == (None, None)


async def test_pages_without_routes_are_a_failure(surroundings):
    (why,), _ = await searched(routes({}), surroundings)

    assert why.reason is Reason.NOT_FOUND
