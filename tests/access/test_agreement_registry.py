"""Agreements are kept and ended on record, and read back as they were agreed."""

from dataclasses import replace
from datetime import timedelta

import orjson
import pytest

from gateway.access.agreement_registry import (
    AgreementRegistry,
    Signatures,
    StoredAgreements,
    digest_of,
)
from gateway.audit.entries import entries_between
from gateway.errors import ConflictError
from gateway.store.agreement_feeds import AgreedFeed, Feed
from gateway.store.agreements import Agreement, agreements
from gateway.store.words import DataItem
from rbac.types import Purpose
from tests.agreed import DAY, agreed
from tests.store_factories import NOW, clock

TERMS = agreed("one", [DataItem.IMAGES, DataItem.HEALTH_RECORDS], [Purpose.TREAT, Purpose.ETREAT])
_UTC = orjson.OPT_UTC_Z
KEPT = Agreement(
    TERMS,
    parties=("F84004", "RRV"),
    review_at=NOW + timedelta(hours=1),
    contact="agreements@trust.example",
    document="https://trust.example/one",
    recorded_at=NOW,
)
SIGNED = Signatures(entered_by="who-entered", checked_by="who-checked")


@pytest.fixture
def registry(log):
    return AgreementRegistry(log, clock)


@pytest.fixture
def stored(store):
    return StoredAgreements(store, frozenset({"RRV", "RRU"}))


async def recorded(store):
    rows = await store.read(entries_between, 1, 100)
    return [orjson.loads(row.body) for row in rows]


async def test_every_party_and_no_other_finds_what_was_agreed(registry, stored):
    await registry.add(KEPT, SIGNED)

    assert await stored.of("F84004") == await stored.of("RRV") == (TERMS,)
    assert await stored.of("RJ1") == ()


async def test_an_agreement_is_on_record_with_who_stands_for_it_and_all_that_it_shares(
    registry, store
):
    digest = await registry.add(KEPT, SIGNED)

    [row] = await recorded(store)
    assert digest == digest_of(KEPT)
    said = {
        "action": "agreement-added",
        "at": NOW,
        "user_id": "who-entered",
        "checked_by": "who-checked",
        "agreement": "one",
        "digest": digest,
        "parties": 2,
        "items": ["health-records", "images"],
        "purposes": ["ETREAT", "TREAT"],
        "starts_at": TERMS.starts_at,
        "ends_at": TERMS.ends_at,
    }
    assert {name: row[name] for name in said} == orjson.loads(orjson.dumps(said, option=_UTC))


FEEDS = (
    Feed("linked-activity", "costs", "RRV"),
    Feed("violence", "study", "F84004", "26/LO/1", NOW + DAY),
)


async def test_the_releases_that_an_agreement_names_are_on_record_and_found_by_recipient(
    registry, stored, store
):
    digest = await registry.add(replace(KEPT, feeds=FEEDS), SIGNED)

    [row] = await recorded(store)
    assert row["feeds"] == ["linked-activity/costs/RRV", "violence/study/F84004"]
    assert digest != digest_of(KEPT)
    assert await stored.feeds("RRV") == (AgreedFeed("one", FEEDS[0]),)
    assert await stored.feeds("F84004") == (AgreedFeed("one", FEEDS[1]),)
    assert await stored.feeds("RJ1") == ()
    assert [each.feeds for each in await store.read(agreements)] == [FEEDS]


async def test_no_second_agreement_takes_the_id_of_a_first(registry, stored):
    await registry.add(KEPT, SIGNED)
    another = replace(KEPT, terms=replace(TERMS, items=frozenset(DataItem)))

    with pytest.raises(ConflictError, match=r"^There is an agreement of this id: end it, and add"):
        await registry.add(another, SIGNED)
    assert await stored.of("RRV") == (TERMS,)


async def test_an_agreement_ends_early_on_record(registry, stored, store):
    await registry.add(KEPT, SIGNED)
    await registry.end("one", NOW, "who-ends")

    assert await stored.of("RRV") == (replace(TERMS, ends_at=NOW),)
    _added, row = await recorded(store)
    assert (row["action"], row["user_id"], row["agreement"]) == (
        "agreement-ended",
        "who-ends",
        "one",
    )
    assert row["at"] == row["ends_at"] == orjson.loads(orjson.dumps(NOW, option=_UTC))


@pytest.mark.parametrize(
    ("agreement", "ends_at"), [("another", NOW), ("one", NOW + DAY), ("one", NOW + 2 * DAY)]
)
async def test_nothing_ends_that_would_not_end_later(registry, stored, agreement, ends_at):
    await registry.add(KEPT, SIGNED)

    with pytest.raises(ConflictError, match=r"^There is no such agreement that would end later"):
        await registry.end(agreement, ends_at, "who-ends")
    assert await stored.of("RRV") == (TERMS,)


async def test_sources_and_the_persons_practice_are_found_among_the_parties(registry, stored):
    await registry.add(KEPT, SIGNED)
    of_source = {("one", "RRV")}

    assert await stored.parties(["one"], None) == of_source
    assert await stored.parties(["one"], "F84012") == of_source
    assert await stored.parties(["one"], "F84004") == of_source | {("one", "F84004")}
    assert await stored.parties(["another"], "F84004") == frozenset()


CHANGES = [
    *(
        replace(KEPT, terms=replace(TERMS, **change))
        for change in (
            {"id": "two"},
            {"items": frozenset({DataItem.IMAGES})},
            {"purposes": frozenset({Purpose.TREAT})},
            {"starts_at": NOW},
            {"ends_at": NOW},
        )
    ),
    replace(KEPT, parties=("RRV",)),
    replace(KEPT, review_at=NOW),
    replace(KEPT, contact="others@trust.example"),
    replace(KEPT, document="https://trust.example/two"),
]


def test_whatever_differs_in_what_is_agreed_makes_another_hash():
    assert len({digest_of(each) for each in (KEPT, *CHANGES)}) == 1 + len(CHANGES)


def test_when_it_was_kept_and_in_which_order_its_parties_are_named_is_no_part_of_the_hash():
    later = replace(KEPT, recorded_at=NOW + DAY)

    assert digest_of(later) == digest_of(replace(KEPT, parties=("RRV", "F84004")))
    assert digest_of(KEPT) == digest_of(later)
