import json

import pytest

from adapters.contract import ServedKind
from rbac.types import Level
from tests.patient.factories import answer, encoded, joined, labelled, levels, named_by, resource

STU3 = encoded({"resourceType": "Condition", "id": "1", "assertedDate": "2024"})


def original(view, resource_type="Condition"):
    [item] = [
        each
        for each in view.items
        if each.resource_type == resource_type and each.source_id == "hospital"
    ]
    return item.original()


def test_an_original_is_what_the_source_wrote_without_its_narrative():
    content = resource("Condition", note=[{"text": "kept"}])
    narrated = {**content, "text": {"status": "generated", "div": "<p>told</p>"}}

    assert json.loads(original(joined(answer(narrated)))) == content


def test_an_original_keeps_the_sources_own_words_for_what_it_refers_to():
    given = answer(
        resource("Encounter", "e"), resource("Condition", encounter=named_by("Encounter", "e"))
    )

    assert b'"Encounter/e"' in original(joined(given))


@pytest.mark.parametrize(
    "by_word",
    [{"problems": Level.SUMMARY}, {"problems": Level.MASK}, {"encounters": Level.NONE}],
)
def test_there_is_no_original_where_not_all_of_it_may_be_shown(by_word):
    given = answer(
        resource("Encounter", "e"), resource("Condition", encounter=named_by("Encounter", "e"))
    )

    assert original(joined(given, levels=levels(**by_word))) is None


def test_there_is_no_original_that_names_what_is_not_in_the_answer():
    given = answer(resource("Condition", encounter=named_by("Encounter", "e")))

    assert original(joined(given)) is None


def test_there_is_no_original_of_what_tells_whereabouts():
    given = answer(resource("Encounter", location=[{"location": {"display": "Ward 9"}}]))

    assert original(joined(given), "Encounter") is not None
    assert original(joined(given, hides_whereabouts=True), "Encounter") is None


def test_the_original_of_a_mapped_resource_is_what_it_was_mapped_from():
    given = answer(
        resource("Condition"), kind=ServedKind.MAPPED, originals={("Condition", "1"): STU3}
    )

    assert original(joined(given)) == STU3


@pytest.mark.parametrize("local_id", ["2", None])
def test_a_mapped_resource_without_a_kept_original_has_none(local_id):
    given = answer(
        resource("Condition", local_id),
        kind=ServedKind.MAPPED,
        originals={("Condition", "1"): STU3},
    )

    assert original(joined(given)) is None


def test_there_is_no_original_of_a_hidden_item():
    given = answer(resource("Condition", meta=labelled("sealed")))

    assert [each for each in joined(given).items if each.resource_type == "Condition"] == []


@pytest.mark.parametrize(
    "named",
    [
        {"result": [{"display": "HIV antibody"}]},
        {"encounter": {"reference": "Encounter/hidden", "display": "Sexual health"}},
        {"encounter": {"reference": "ReferralRequest/1"}},
        {"evidence": [{"extension": [{"valueReference": {"display": "HIV"}}]}]},
    ],
)
@pytest.mark.parametrize("kind", ServedKind)
def test_there_is_no_original_whose_own_bytes_name_what_is_not_told(named, kind):
    own = encoded(resource("Condition", **named))
    content = resource("Condition", **({} if kind is ServedKind.MAPPED else named))

    given = answer(content, kind=kind, originals={("Condition", "1"): own})

    assert original(joined(given)) is None


def test_an_original_may_name_a_request_by_the_type_that_it_had():
    own = encoded(resource("Condition", basedOn=[named_by("ProcedureRequest", "r")]))

    given = answer(
        resource("Condition"),
        resource("ServiceRequest", "r"),
        kind=ServedKind.MAPPED,
        originals={("Condition", "1"): own},
    )

    assert original(joined(given)) == own


def test_there_is_no_original_that_nobody_can_read():
    given = answer(
        resource("Condition"), kind=ServedKind.MAPPED, originals={("Condition", "1"): b"{}"}
    )

    assert original(joined(given)) is None
