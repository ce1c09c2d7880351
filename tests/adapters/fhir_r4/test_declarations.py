"""What a server declares of itself decides how it is asked, and whether that was all."""

import pytest

from adapters.contract import Notice, NoticeKind, Outcome
from fhir_profiles.vocabulary import Category
from tests.adapters.fhir_r4.asking import (
    NOT_SAID,
    NOTHING,
    SEARCHED,
    adapter_on,
    ask,
    declares,
    request,
)
from tests.adapters.stub_source import answer, hangs, routes

NOT_ALL_ASKED = Notice(NoticeKind.UNREADABLE_PART)


@pytest.mark.parametrize(
    "metadata",
    [
        answer(b"", 500),
        answer(b"not JSON"),
        answer({"resourceType": "OperationOutcome"}),
        answer(b"", 403),
        hangs,
    ],
    ids=["500", "no JSON", "other resource", "forbidden", "hangs"],
)
async def test_a_server_whose_declaration_fails_is_searched_and_not_taken_for_whole(
    surroundings, metadata
):
    table = {**SEARCHED, "/fhir/metadata": metadata}
    result, _ = await ask(table, surroundings, asked=request(*Category), deadline=8.0)

    assert (result.outcome, len(result.bodies)) == (Outcome.DATA, 3)
    assert result.notices == (NOT_ALL_ASKED,)


@pytest.mark.parametrize(
    "metadata",
    [
        NOT_SAID,
        answer({"resourceType": "CapabilityStatement", "rest": [{"mode": "client"}]}),
    ],
    ids=["absent", "no server"],
)
async def test_a_server_that_says_that_nothing_is_declared_is_whole(surroundings, metadata):
    table = {**SEARCHED, "/fhir/metadata": metadata}
    result, _ = await ask(table, surroundings, asked=request(*Category))

    assert (result.outcome, result.notices) == (Outcome.DATA, ())


async def test_a_server_that_declares_what_a_request_needs_is_whole(surroundings):
    table = {**SEARCHED, "/fhir/metadata": answer(declares("Encounter", "AllergyIntolerance"))}
    result, _ = await ask(table, surroundings)

    assert (result.outcome, result.notices) == (Outcome.DATA, ())


async def test_a_category_that_a_server_was_never_asked_for_is_not_taken_for_empty(surroundings):
    table = {**SEARCHED, "/fhir/metadata": answer(declares("Encounter"))}
    result, stub = await ask(table, surroundings)

    assert (result.outcome, len(result.bodies)) == (Outcome.DATA, 2)
    assert result.notices == (Notice(NoticeKind.UNREADABLE_PART, Category.ALLERGIES),)
    assert "/fhir/AllergyIntolerance" not in {asked.path for asked in stub.asked}


async def test_one_type_of_a_category_is_enough_to_have_been_asked_for_it(surroundings):
    asked = request(Category.MEDICATIONS)
    table = {**SEARCHED, "/fhir/metadata": answer(declares("MedicationStatement"))}
    result, _ = await ask(table, surroundings, asked=asked)

    assert result.notices == ()


async def test_an_unread_declaration_takes_nothing_from_a_role_whose_every_type_is_asked(
    surroundings,
):
    table = {**SEARCHED, "/fhir/metadata": answer(b"", 500)}
    result, _ = await ask(table, surroundings, asked=request(Category.APPOINTMENTS))

    assert result.notices == ()


async def test_a_declaration_read_before_stands_when_it_cannot_be_read_again(
    surroundings, monotonic
):
    said = [answer(declares("Encounter")), answer(b"", 500)]

    async def metadata(asked, writer):
        await said.pop(0)(asked, writer)

    behave = routes({"/fhir/metadata": metadata}, NOTHING)
    async with adapter_on(behave, surroundings) as (adapter, _):
        await adapter.ask(request(*Category))
        monotonic.seconds += 3600
        result = await adapter.ask(request(*Category))

    assert (result.outcome, NOT_ALL_ASKED in result.notices) == (Outcome.EMPTY, False)


@pytest.mark.parametrize(
    ("metadata", "kept_seconds"), [(declares("Encounter"), 3600), (answer(b"", 404), 60)]
)
async def test_a_declaration_is_kept_for_an_hour_and_its_absence_a_minute(
    surroundings, monotonic, metadata, kept_seconds
):
    behave = routes({"/fhir/metadata": metadata}, NOTHING)
    async with adapter_on(behave, surroundings) as (adapter, stub):
        for later in (0, kept_seconds - 1, 1):
            monotonic.seconds += later
            await adapter.ask(request())

    assert stub.paths.count("/fhir/metadata") == 2


async def test_a_declaration_that_failed_is_read_again_next_time(surroundings):
    behave = routes({"/fhir/metadata": answer(b"", 503)}, NOTHING)
    async with adapter_on(behave, surroundings) as (adapter, stub):
        await adapter.ask(request())
        await adapter.ask(request())

    assert stub.paths.count("/fhir/metadata") == 2
