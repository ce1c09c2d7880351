"""Agreements as they are kept: whole, never changed, ended early at most."""

from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.access.agreement_registry import (
    AgreementRegistry,
    Signatures,
    StoredAgreements,
    digest_of,
)
from gateway.audit.acts import AuditAction
from gateway.audit.entries import entries_between
from gateway.audit.log import AuditLog
from gateway.errors import AuditUnavailableError, ConflictError
from gateway.store.agreements import Agreement, agreements, agreements_of
from gateway.store.engine import Store
from gateway.store.words import DataItem
from rbac.types import Purpose
from tests.agreed import DAY, agreed
from tests.store_factories import NOW, clock

PEOPLE = Signatures("sam", "kim")


def agreement(name: str = "london", parties: tuple[str, ...] = ("F84004", "RRV")) -> Agreement:
    terms = agreed(name, {DataItem.HEALTH_RECORDS}, {Purpose.TREAT})
    return Agreement(terms, parties, NOW, "contact", "document", NOW)


@pytest.fixture
def registry(log: AuditLog) -> AgreementRegistry:
    return AgreementRegistry(log, clock)


async def test_an_agreement_comes_back_as_it_was_entered(
    store: Store, registry: AgreementRegistry
) -> None:
    first, second = agreement(), agreement("all", ("RRV", "other:1"))
    for each in (first, second):
        await registry.add(each, PEOPLE)

    assert await store.read(agreements) == (second, first)
    assert await store.read(agreements_of, "RRV") == (second.terms, first.terms)
    assert await store.read(agreements_of, "F84004") == (first.terms,)
    assert await store.read(agreements_of, "RRU") == ()


async def test_parties_are_told_among_sources_and_the_practice_alone(
    store: Store, registry: AgreementRegistry
) -> None:
    await registry.add(agreement(parties=("F84004", "F83021", "RRV", "RRU")), PEOPLE)
    await registry.add(agreement("other", ("RRV", "702")), PEOPLE)
    stored = StoredAgreements(store, frozenset({"RRV", "702"}))

    both = {("london", "RRV"), ("other", "RRV"), ("other", "702")}
    assert await stored.of("702") == (agreement("other").terms,)
    assert await stored.parties(("london", "other"), None) == both
    assert await stored.parties(("london",), "F84004") == {("london", "RRV"), ("london", "F84004")}
    assert await stored.parties((), "F84004") == frozenset()


async def test_an_agreement_is_on_record_with_both_people_and_the_hash_of_all_it_says(
    store: Store, registry: AgreementRegistry
) -> None:
    digest = await registry.add(agreement(), PEOPLE)

    [row] = await store.read(entries_between, 1, 10)
    assert row.action is AuditAction.AGREEMENT_ADDED
    assert row.user_id == "sam"
    assert b'"checked_by":"kim"' in row.body
    assert digest.encode() in row.body
    changed = [
        replace(agreement(), parties=("F84004", "RRU")),
        replace(agreement(), review_at=NOW + DAY),
        replace(agreement(), contact="x"),
        replace(agreement(), terms=replace(agreement().terms, items=frozenset(DataItem))),
    ]
    assert len({digest, *map(digest_of, changed)}) == 5


async def test_an_agreement_that_is_there_stays_as_it_is(
    store: Store, registry: AgreementRegistry
) -> None:
    await registry.add(agreement(), PEOPLE)

    with pytest.raises(ConflictError):
        await registry.add(agreement(parties=("RRU", "RRV")), PEOPLE)

    assert await store.read(agreements) == (agreement(),)
    assert len(await store.read(entries_between, 1, 10)) == 1


async def test_an_end_comes_earlier_and_never_later(
    store: Store, registry: AgreementRegistry
) -> None:
    await registry.add(agreement(), PEOPLE)

    with pytest.raises(ConflictError):
        await registry.end("london", NOW + 2 * DAY, "sam")
    with pytest.raises(ConflictError):
        await registry.end("paris", NOW, "sam")
    await registry.end("london", NOW, "sam")
    with pytest.raises(ConflictError):
        await registry.end("london", NOW + timedelta(hours=1), "sam")

    [ended] = await store.read(agreements)
    assert ended.terms.ends_at == NOW
    rows = await store.read(entries_between, 1, 10)
    assert [row.action for row in rows] == [
        AuditAction.AGREEMENT_ADDED,
        AuditAction.AGREEMENT_ENDED,
    ]


async def test_one_that_has_not_begun_never_does(store: Store, registry: AgreementRegistry) -> None:
    terms = agreed("later", starts_at=NOW + DAY, ends_at=NOW + 2 * DAY)
    await registry.add(replace(agreement(), terms=terms), PEOPLE)

    await registry.end("later", NOW, "sam")

    [ended] = await store.read(agreements)
    assert ended.terms.starts_at == ended.terms.ends_at == NOW + DAY
    with pytest.raises(ConflictError):
        await registry.end("later", NOW, "sam")


@pytest.mark.parametrize(
    "broken",
    [
        replace(agreement(), terms=agreed("")),
        replace(agreement(), terms=agreed("x", starts_at=NOW, ends_at=NOW - DAY)),
        replace(agreement(), parties=("",)),
        replace(agreement(), terms=replace(agreed("x"), items=("everything",))),
        replace(agreement(), terms=replace(agreed("x"), purposes=("fun",))),
    ],
)
async def test_what_is_no_agreement_is_not_kept(
    store: Store, registry: AgreementRegistry, broken: Agreement
) -> None:
    with pytest.raises(AuditUnavailableError):
        await registry.add(broken, PEOPLE)

    assert await store.read(agreements) == ()
    assert await store.read(entries_between, 1, 10) == ()


async def test_an_agreement_without_items_opens_nothing(
    store: Store, registry: AgreementRegistry
) -> None:
    bare = replace(agreement(), terms=agreed("bare", (), ()))
    await registry.add(bare, PEOPLE)

    assert await store.read(agreements) == (bare,)
