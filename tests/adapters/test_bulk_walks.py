"""A search of which a change between two pages hides something is walked through again, and nothing comes twice."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from adapters.bulk_contract import FeedPart, FeedRequest, PartKind
from adapters.bulk_search import BulkSearch
from adapters.bulk_walks import Walks
from adapters.contract import Reason
from tests.adapters.stub_source import answer, bundle, client_for, stub_source

UNTIL = datetime(2026, 11, 1, tzinfo=UTC)
SINCE = UNTIL - timedelta(days=1)
LATER = UNTIL + timedelta(minutes=7)
PART = FeedPart(PartKind.RESOURCES, "Encounter")
A_PAGE = 2


@dataclass
class Counting:
    """A source that counts pages off anew each time; between its first two pages something happens, once."""

    happens: tuple[str, ...] = ()
    states_total: bool = False
    is_bounded: bool = True
    rows: dict[str, datetime] = field(
        default_factory=lambda: {f"e{each}": SINCE + timedelta(hours=each + 1) for each in range(6)}
    )
    asked: int = 0

    async def __call__(self, asked, writer):
        self.asked += 1
        if self.asked == 2:
            self._happen()
        bound = UNTIL if self.is_bounded else LATER
        found = sorted((time, id_) for id_, time in self.rows.items() if time <= bound)
        first = int(asked.query.get("_p", ["0"])[0])
        page = [self._row(*each) for each in found[first : first + A_PAGE]]
        behind = first + A_PAGE
        link = f"?_p={behind}" if behind < len(found) else None
        total = len(found) if self.states_total else None
        await answer(bundle(*page, next_link=link, total=total))(asked, writer)

    def _happen(self):
        if "change" in self.happens:
            self.rows["e0"] = LATER
        if "deletion" in self.happens:
            del self.rows["e1"]
        if "arrival" in self.happens:
            self.rows["e9"] = LATER

    def _row(self, time, id_):
        return {"resourceType": "Encounter", "id": id_, "meta": {"lastUpdated": time.isoformat()}}


async def brought(source, surroundings):
    """Give the ids that come, in order, and why it ended early, if it did."""
    request = FeedRequest(("Encounter",), SINCE if source.is_bounded else None, UNTIL)
    async with (
        stub_source(source) as stub,
        client_for(stub.url, surroundings) as client,
    ):
        pieces = [each async for each in BulkSearch(client, frozenset()).bring(PART, request)]
    lines = [line for each in pieces if isinstance(each, bytes) for line in each.splitlines()]
    return [json.loads(line)["id"] for line in lines], [
        each.reason for each in pieces if not isinstance(each, bytes)
    ]


HAPPENINGS = [("change",), ("deletion",), ("change", "deletion"), ("deletion", "arrival")]


@pytest.mark.parametrize("is_bounded", [True, False])
@pytest.mark.parametrize("states_total", [True, False])
@pytest.mark.parametrize("happens", HAPPENINGS)
async def test_nothing_that_a_change_between_two_pages_shifts_is_lost_or_doubled(
    happens, states_total, is_bounded, surroundings
):
    source = Counting(happens, states_total, is_bounded)

    ids, why = await brought(source, surroundings)

    assert {f"e{each}" for each in range(6)} <= set(ids)
    assert len(ids) == len(set(ids))
    assert why == []


async def test_a_search_that_is_walked_once_whatever_happens_would_be_found(
    surroundings, monkeypatch
):
    monkeypatch.setattr(Walks, "is_another_needed", property(lambda walks: walks._walks == 0))

    ids, _why = await brought(Counting(("change",)), surroundings)

    assert "e2" not in ids


@pytest.mark.parametrize(
    ("rows", "states_total", "asked"), [(2, False, 1), (6, True, 3), (6, False, 6)]
)
async def test_a_quiet_source_is_walked_once_where_a_page_or_a_total_settles_it(
    rows, states_total, asked, surroundings
):
    source = Counting(states_total=states_total)
    source.rows = dict(list(source.rows.items())[:rows])

    ids, why = await brought(source, surroundings)

    assert (len(ids), why, source.asked) == (rows, [], asked)


class NeverTheSame(Counting):
    def _row(self, time, id_):
        row = super()._row(time, f"{id_}-{self.asked}")
        return row if self.asked % 2 else {**row, "meta": None}


async def test_a_source_that_never_agrees_with_itself_is_not_believed(surroundings):
    _ids, why = await brought(NeverTheSame(), surroundings)

    assert why == [Reason.PART_UNREADABLE]


@pytest.mark.parametrize(
    "meta", [{"lastUpdated": "soon"}, {"lastUpdated": 7}, {"lastUpdated": "2027-01-01"}, [], {}]
)
async def test_what_states_no_time_of_its_change_comes_too(meta, surroundings):
    row = {"resourceType": "Encounter", "meta": meta}
    request = FeedRequest(("Encounter",), None, UNTIL)
    async with (
        stub_source(answer(bundle(row, {**row, "status": "planned"}))) as stub,
        client_for(stub.url, surroundings) as client,
    ):
        (piece,) = [each async for each in BulkSearch(client, frozenset()).bring(PART, request)]

    assert len(piece.splitlines()) == 2
