"""What holds of every small world: nothing is lost, nothing depends on order, nothing hidden is told."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.patient.directory import SourceDirectory
from rbac.types import Level
from tests.patient.factories import DIRECTORY, answer, joined, levels
from tests.patient.worlds import SOURCES, VIEWS, told, view_of, worlds

MANY = settings(max_examples=60)
EVERYTHING = levels()


def items_by_source(view):
    return {
        source: [b"".join(each.render()) for each in view.items if each.source_id == source]
        for source in (*SOURCES, "pds")
    }


@MANY
@given(worlds(), VIEWS, st.permutations(SOURCES))
def test_the_order_of_sources_never_matters_but_for_the_order_shown(things, seen, order):
    directory = SourceDirectory(tuple(DIRECTORY.by_id()[source] for source in order))
    answers = [
        answer(*(each.content() for each in things if each.source == source), source=source)
        for source in SOURCES
    ]

    usual = joined(*answers, levels=seen)
    turned = joined(*answers, levels=seen, directory=directory)

    assert items_by_source(turned) == items_by_source(usual)
    assert {each.id for each in turned.items} == {each.id for each in usual.items}
    assert set(turned.receipt.lines) == set(usual.receipt.lines)
    assert turned.withheld == usual.withheld


@MANY
@given(worlds(), VIEWS, st.randoms())
def test_the_order_within_an_answer_never_matters_to_what_is_shown(things, seen, random):
    shuffled = random.sample(things, len(things))

    usual, turned = view_of(things, seen), view_of(shuffled, seen)

    assert {each.id for each in turned.items} == {each.id for each in usual.items}
    assert turned.receipt == usual.receipt


@MANY
@given(worlds(), VIEWS)
def test_joining_twice_changes_nothing(things, seen):
    assert told(view_of(things, seen)) == told(view_of(things, seen))


@MANY
@given(worlds(), VIEWS)
def test_what_came_twice_is_there_once(things, seen):
    assert told(view_of((*things, *things), seen)) == told(view_of(things, seen))


@MANY
@given(worlds(), VIEWS)
def test_no_item_is_lost_it_is_shown_or_counted_as_withheld(things, seen):
    view = view_of(things, seen)

    sent = Counter(each.kind for each in things if each.kind not in {"List", "Practitioner"})
    shown = Counter(
        each.resource_type for each in view.items if each.source_id in SOURCES and each.category
    )
    patients = len(SOURCES)
    assert sum(shown.values()) + sum(view.withheld.values()) == (
        sum(sent.values()) - sent["Medication"] + patients
    )


@MANY
@given(worlds())
def test_who_sees_everything_gets_every_value_as_it_was_sent(things):
    view = view_of(things, EVERYTHING)

    shown = {each.id: b"".join(each.render()) for each in view.items}
    for thing in things:
        if thing.outward_id in shown and thing.kind == "Condition":
            assert f"note {thing.number} of {thing.source}".encode() in shown[thing.outward_id]


@settings(max_examples=150)
@given(worlds(), VIEWS)
def test_a_world_without_what_was_withheld_looks_the_same(things, seen):
    view = view_of(things, seen)
    shown = {each.id for each in view.items}

    without = view_of([each for each in things if each.outward_id in shown], seen)

    assert told(without) == told(view)


def changed_where_hidden(levels_by_id):
    """Give a thing's content with other values in what its level hides."""

    def content(thing):
        # Nothing may come to look like another thing by it, for then it would be a copy of that.
        changed = f"something else of {thing.outward_id}"
        other = {"note": [{"text": changed}], "reasonCode": [{"text": "why"}]}
        match levels_by_id.get(thing.outward_id):
            case Level.MASK:
                hidden = {"identifier": [{"system": "urn:t", "value": f"new {thing.number}"}]}
                return thing.content() | other | hidden | {"code": {"text": "another"}}
            case Level.SUMMARY:
                return thing.content() | other
            case _:
                return thing.content()

    return content


@settings(max_examples=100)
@given(worlds(statuses=("active",)), VIEWS)
def test_what_projection_and_mask_hide_may_change_without_being_seen(things, seen):
    view = view_of(things, seen)
    levels_by_id = {each.id: each.level for each in view.items}

    other = view_of(things, seen, content=changed_where_hidden(levels_by_id))

    assert told(other) == told(view)
