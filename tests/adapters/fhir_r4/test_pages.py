"""Pages are followed to their end, within caps and on the same host."""

import pytest

from adapters.contract import Outcome, Reason
from adapters.source_config import Caps
from fhir_profiles.vocabulary import Category
from tests.adapters.fhir_r4.asking import ENCOUNTER, PATIENT, SEARCHED, ask, request
from tests.adapters.stub_source import answer, bundle


def pages_of(stub_pages):
    """Serve pages of Encounter by `page`; a value is (resource, next link)."""

    async def behave(asked, writer):
        resource, link = stub_pages[asked.query.get("page", ["1"])[0]]
        await answer(bundle(resource, next_link=link))(asked, writer)

    return {"/fhir/Patient": bundle(PATIENT), "/fhir/Encounter": behave}


async def test_pages_are_followed_in_order(surroundings):
    pages = {
        number: ({**ENCOUNTER, "id": f"e{number}"}, following)
        for number, following in (("1", "?page=2"), ("2", "Encounter?page=3"), ("3", None))
    }
    result, _ = await ask(pages_of(pages), surroundings, asked=request(Category.ENCOUNTERS))

    encounters = [body for body in result.bodies if b"Encounter" in body]
    assert result.outcome is Outcome.DATA
    assert [f'"e{number}"'.encode() in body for number, body in enumerate(encounters, 1)] == [
        True
    ] * 3


@pytest.mark.parametrize(
    ("link", "reason"),
    [
        ("http://169.254.169.254/latest", Reason.PAGING_HOST),
        ("?page=1&same=1", Reason.PAGING_LOOP),
    ],
)
async def test_so_14_a_bad_next_link_is_failed_with_the_good_pages_kept(surroundings, link, reason):
    pages = {"1": (ENCOUNTER, link)}
    result, _ = await ask(pages_of(pages), surroundings, asked=request(Category.ENCOUNTERS))

    assert (result.outcome, result.reason) == (Outcome.FAILED, reason)
    assert any(b"Encounter" in body for body in result.bodies)


async def test_so_14_pages_without_end_stop_at_the_cap(surroundings):
    async def behave(asked, writer):
        following = int(asked.query.get("page", ["1"])[0]) + 1
        await answer(bundle(ENCOUNTER, next_link=f"?page={following}"))(asked, writer)

    table = {"/fhir/Patient": bundle(PATIENT), "/fhir/Encounter": behave}
    result, stub = await ask(
        table, surroundings, asked=request(Category.ENCOUNTERS), caps=Caps(pages=10)
    )

    assert (result.outcome, result.reason) == (Outcome.FAILED, Reason.PAGING_LIMIT)
    assert len(stub.asked) <= 11


async def test_so_09_all_pages_together_stay_under_the_cap(surroundings):
    large = bundle({**ENCOUNTER, "note": "x" * 4000})
    result, _ = await ask(
        {**SEARCHED, "/fhir/Encounter": large, "/fhir/AllergyIntolerance": large},
        surroundings,
        caps=Caps(decoded_bytes=6000),
    )

    assert (result.outcome, result.reason) == (Outcome.FAILED, Reason.TOO_LARGE)
