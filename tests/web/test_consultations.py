"""A consultation is told as its practice wrote it down: topics, headings, items."""

import pytest
from msgspec import structs

from fhir_profiles.vocabulary import Category
from gateway.web.consultations import CONSULTATION, HEADING, NOT_GIVEN, TOPIC
from gateway.web.facts import Fact
from rbac.types import Level
from tests.web.factories import allergy, shown, snomed
from tests.web.test_record_page import encounter, html_of, laid_out, only_line

DAY = {"start": "2026-01-02"}


def shape(code, *members, encounter=None, **elements):
    tied = {} if encounter is None else {"encounter": {"reference": f"Encounter/{encounter.id}"}}
    entries = [{"item": {"reference": f"{one.resource_type}/{one.id}"}} for one in members]
    return shown(
        None, resourceType="List", code=snomed(code), **{"entry": entries, **tied, **elements}
    )


def observation(words="Blood pressure", **elements):
    return shown(Category.RESULTS, resourceType="Observation", code=snomed("1", words), **elements)


def consulted(*items, visit=None, **heading):
    visit = visit or encounter(period=DAY)
    below = shape(HEADING, *items, title="Examination", **heading)
    topic = shape(TOPIC, below, title="Headache")
    whole = shape(CONSULTATION, topic, encounter=visit)
    return visit, (visit, whole, topic, below, *items)


def outline(*items):
    return only_line("encounters", items[0], *items[1:]).outline


def test_a_consultation_is_told_by_topic_heading_and_item():
    pressure = observation(valueQuantity={"value": 120, "unit": "mmHg"})
    _, items = consulted(pressure, allergy())

    [topic] = outline(*items)

    [heading] = topic.passages
    assert (topic.title, heading.title) == ("Headache", "Examination")
    assert [each.words for each in heading.items] == ["Blood pressure", "Allergy to penicillin"]
    assert heading.items[0].facts == (Fact("Value", "120 mmHg"),)


def test_the_free_text_of_a_consultation_is_told():
    comment = observation("Comment note", note=[{"text": "Slept badly"}], valueString="Worse")
    _, items = consulted(comment)

    [topic] = outline(*items)

    told = topic.passages[0].items[0].facts
    assert told == (Fact("Value", "Worse"), Fact("Note", "Slept badly"))


def test_all_that_an_outline_lays_out_is_said_to_be_shown():
    result, elsewhere = observation(), observation()
    _, items = consulted(result)

    assert set(laid_out(*items, elsewhere).shown) == set(items)


def test_an_item_that_the_practice_cannot_give_keeps_its_place_with_its_words():
    visit = encounter(period=DAY)
    absent = {"item": {"extension": [{"url": "x", "valueCode": "unsupported"}]}}
    whole = shape(CONSULTATION, encounter=visit, entry=[absent], note=[{"text": "Not supported"}])

    [loose] = outline(visit, whole)

    assert [each.words for each in loose.items] == [NOT_GIVEN]
    assert loose.notes == ("Not supported",)


def test_a_masked_item_tells_in_a_consultation_only_that_it_exists():
    masked = observation("Secret test", level=Level.MASK)
    _, items = consulted(masked)

    [topic] = outline(*items)

    assert "Secret" not in str(topic)


def test_two_lists_of_one_encounter_are_both_told():
    visit, items = consulted(observation())
    _, more = consulted(observation("Pulse"), visit=visit)

    assert len(outline(*items, *more[1:])) == 2


def test_lists_that_hold_each_other_end():
    visit = encounter(period=DAY)
    below = shown(None, resourceType="List", code=snomed(HEADING), title="below",
                  entry=[{"item": {"reference": "List/above"}}])  # fmt: skip
    above = structs.replace(shape(TOPIC, below, title="above"), id="above")
    whole = shape(CONSULTATION, above, encounter=visit)

    [topic] = outline(visit, whole, above, below)

    [heading] = topic.passages
    assert (topic.title, heading.title, heading.passages) == ("above", "below", ())


@pytest.mark.parametrize(
    "elements",
    [
        {"entry": "odd", "title": 7, "encounter": "odd", "note": 3},
        {"entry": [], "encounter": {"reference": "Encounter/elsewhere"}},
    ],
)
def test_a_list_that_cannot_be_read_or_is_of_no_encounter_here_is_no_outline(elements):
    visit = encounter(period=DAY)
    odd = shown(None, resourceType="List", code=snomed(CONSULTATION), **elements)

    assert outline(visit, odd) == ()


def test_another_kind_of_list_is_no_outline():
    visit = encounter(period=DAY)
    primary = shape("1149501000000101", observation(), encounter=visit)

    assert outline(visit, primary) == ()


def test_the_outline_is_on_the_page_and_nothing_in_it_is_markup():
    _, items = consulted(observation("<b>x</b>", note=[{"text": "<i>y</i>"}]))

    html = html_of(*items)

    assert "What was written down" in html
    assert "&lt;b&gt;x" in html
    assert "<b>x" not in html
