"""A practice's list of documents that is not all of it, or no answer to a search."""

import pytest

from tests.adapters.test_gp_documents import (
    FIND,
    LETTER,
    LIST,
    MISSING,
    PERSON,
    ask,
    found,
    types_in,
    usual,
)

REMARK = {
    "resourceType": "OperationOutcome",
    "issue": [{"severity": "warning", "code": "incomplete"}],
}
NEXT = [{"relation": "next", "url": "Patient/2/DocumentReference?page=2"}]


@pytest.mark.parametrize(
    "changed",
    [
        {LIST: found(PERSON, LETTER, link=NEXT)},
        {LIST: found(PERSON, LETTER, total=9)},
        {LIST: found(PERSON, LETTER, REMARK)},
        {FIND: found(PERSON, link=NEXT)},
    ],
)
async def test_a_list_that_does_not_end_is_shown_and_said_not_to_be_all(surroundings, changed):
    given, _ = await ask(usual(**changed), surroundings)

    assert "DocumentReference" in types_in(given)
    assert set(MISSING) <= set(given.notices)


@pytest.mark.parametrize("place", [FIND, LIST])
@pytest.mark.parametrize("kind", ["collection", "document", "batch-response"])
async def test_a_bundle_that_answers_no_search_lists_no_documents(surroundings, place, kind):
    given, _ = await ask(usual(**{place: found(PERSON, LETTER, type=kind)}), surroundings)

    assert (types_in(given), given.notices) == (["Patient", "List"], MISSING)
