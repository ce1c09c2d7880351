import base64
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from adapters.contract import Listed, Notice, NoticeKind, Outcome, ServedKind, SourceAnswer
from fhir_profiles.vocabulary import Category
from gateway.errors import GoneError
from gateway.patient.paging import SNAPSHOT_LASTS, Cursor, Pages, read_cursor
from gateway.store.tables import page_snapshot
from tests.patient.factories import NOW, answer, principal, resource

QUERY = "/fhir/Condition?_count=1"
ANSWERS = (
    SourceAnswer(
        "gp",
        Outcome.STALE,
        bodies=(b'{"a":1}', b"not json \xff"),
        kind=ServedKind.MAPPED,
        notices=(
            Notice(NoticeKind.DATA_IN_TRANSIT, Category.RESULTS, date(2026, 1, 2)),
            Notice(NoticeKind.CONFIDENTIAL_ITEMS),
        ),
        stale_since=datetime(2026, 1, 1, tzinfo=UTC),
        http_status=200,
    ),
    answer(resource("Condition")),
)


class Clock:
    now = NOW

    def __call__(self):
        return self.now


@pytest.fixture
def pages(store):
    return Pages(store, Clock())


def kept(pages, answers=ANSWERS, patient="p", query=QUERY):
    return pages.keep(principal(), patient, query, answers)


async def test_what_the_sources_said_is_read_back_as_it_was(pages):
    cursor = await kept(pages)

    assert await pages.open(principal(), "p", QUERY, cursor) == ANSWERS
    assert await pages.open(principal(), "p", QUERY, cursor.at(50)) == ANSWERS


async def test_originals_are_not_kept(pages):
    whole = replace(
        ANSWERS[0], originals={("Condition", "1"): b"{}"}, listed=(Listed("Condition", "a", "b"),)
    )

    cursor = await kept(pages, (whole,))

    assert await pages.open(principal(), "p", QUERY, cursor) == ANSWERS[:1]


async def test_nothing_of_the_answers_is_stored_in_clear(pages, store):
    await kept(pages)

    body = await store.read(
        lambda reading: reading.connection.execute(select(page_snapshot.c.body)).scalar_one()
    )

    assert b"Condition" not in body
    assert b"not json" not in body


@pytest.mark.parametrize(
    ("asks", "patient", "query"),
    [
        (principal(user_id="u2"), "p", QUERY),
        (principal(token_hash="b" * 64), "p", QUERY),
        (principal(), "q", QUERY),
        (principal(), "p", "/fhir/Condition?_count=2"),
    ],
)
async def test_a_snapshot_is_its_users_sessions_patients_and_searchs_alone(
    pages, asks, patient, query
):
    cursor = await kept(pages)

    with pytest.raises(GoneError):
        await pages.open(asks, patient, query, cursor)


async def test_a_snapshot_cannot_be_read_with_another_key(pages):
    cursor = await kept(pages)

    with pytest.raises(GoneError):
        await pages.open(principal(), "p", QUERY, replace(cursor, key=bytes(32)))


async def test_a_snapshot_cannot_be_read_in_anothers_place(pages):
    one, other = await kept(pages), await kept(pages)

    with pytest.raises(GoneError):
        await pages.open(principal(), "p", QUERY, replace(one, snapshot_id=other.snapshot_id))


@pytest.mark.parametrize(
    ("passed", "is_there"), [(SNAPSHOT_LASTS - timedelta(seconds=1), True), (SNAPSHOT_LASTS, False)]
)
async def test_a_snapshot_is_there_for_ten_minutes(pages, passed, is_there):
    cursor = await kept(pages)
    pages.clock.now = NOW + passed

    if is_there:
        assert await pages.open(principal(), "p", QUERY, cursor) == ANSWERS
        return
    with pytest.raises(GoneError):
        await pages.open(principal(), "p", QUERY, cursor)


async def test_keeping_a_snapshot_drops_those_that_expired(pages, store):
    await kept(pages)
    pages.clock.now = NOW + SNAPSHOT_LASTS
    await kept(pages)

    count = select(func.count()).select_from(page_snapshot)
    assert await store.read(lambda it: it.connection.execute(count).scalar_one()) == 1


async def test_every_snapshot_has_a_key_and_an_id_of_its_own(pages):
    one, other = await kept(pages), await kept(pages)

    assert one.key != other.key
    assert one.snapshot_id != other.snapshot_id
    assert (one.offset, one.at(7).offset) == (0, 7)


CURSOR = Cursor(bytes(range(16)), bytes(range(32)), 300)


def test_a_cursor_is_read_back_from_a_link():
    assert read_cursor(CURSOR.text()) == CURSOR
    assert "=" not in CURSOR.text()
    assert f"{CURSOR.key!r}" not in f"{CURSOR!r}"


def test_any_changed_letter_of_a_cursor_is_noticed():
    text = CURSOR.text()
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

    changed = [
        text[:place] + letters[(letters.index(text[place]) + step) % 64] + text[place + 1 :]
        for place in range(len(text))
        for step in (1, 32)
    ]

    assert all(refuses(each) for each in changed)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "A",
        "A" * 91,
        "é",
        "%%%",
        CURSOR.text()[:-1],
        CURSOR.text() + "A",
        CURSOR.text() + "=",
        CURSOR.text() + "!",
        " " + CURSOR.text(),
        base64.urlsafe_b64encode(bytes(200)).decode(),
    ],
)
def test_what_is_no_cursor_has_expired(text):
    assert refuses(text)


def refuses(text):
    with pytest.raises(GoneError):
        read_cursor(text)
    return True
