"""Copies and versions: shown together, told apart, and silent about those that are hidden."""

import pytest

from adapters.contract import Outcome, Reason, SourceAnswer
from rbac.types import Level
from tests.patient.factories import (
    answer,
    bundle,
    coded,
    joined,
    labelled,
    levels,
    patient,
    resource,
    shown,
)

NO_SEXUAL_HEALTH = levels(sexual_health=Level.NONE)
NAMED = {"identifier": [{"system": "urn:s", "value": "ABC"}]}


def ids(view, resource_type="Condition"):
    return [each["id"] for each in shown(view, resource_type)]


def derived(view):
    return [each.resource_type for each in view.items if each.source_id is None]


def hospital(view):
    [line] = [each for each in view.receipt.lines if each.source_id == "hospital"]
    return line.outcome


def test_an_id_depends_on_the_source_and_its_own_id_alone():
    [one] = ids(joined(answer(resource("Condition", note=[1]))))
    [same] = ids(joined(answer(resource("Procedure"), resource("Condition", note=[2]))))
    [elsewhere] = ids(joined(answer(resource("Condition"), source="gp")))

    assert one == same != elsewhere


def test_two_versions_are_both_shown_under_ids_of_their_own_and_said_to_differ():
    versions = resource("Condition", note=[1]), resource("Condition", note=[2])

    view, turned = joined(answer(*versions)), joined(answer(*reversed(versions)))

    assert len(set(ids(view))) == 2
    assert sorted(ids(view)) == sorted(ids(turned))
    assert "DetectedIssue" in derived(view)
    assert hospital(view) is Outcome.MALFORMED


def test_resources_without_an_id_have_ids_of_their_content():
    nameless = resource("Condition", None, note=[1]), resource("Condition", None, note=[2])

    view, turned = joined(answer(*nameless)), joined(answer(*reversed(nameless)))

    assert len(set(ids(view))) == 2
    assert ids(turned) == ids(view)[::-1]
    assert hospital(view) is Outcome.DATA


def test_items_that_are_told_alike_are_still_told_apart():
    given = answer(resource("Condition", None, note=[1]), resource("Condition", None, note=[2]))

    assert len(set(ids(joined(given, levels=levels(problems=Level.MASK))))) == 2


def test_a_label_that_came_with_the_second_page_hides_the_first_version_too():
    pages = (
        bundle(patient(), resource("Condition")),
        bundle(resource("Condition", meta=labelled("sexual-health"))),
    )

    view = joined(SourceAnswer("hospital", Outcome.DATA, bodies=pages), levels=NO_SEXUAL_HEALTH)

    assert shown(view, "Condition") == []
    assert hospital(view) is Outcome.DATA


def test_a_retraction_removes_the_version_that_it_retracts():
    gone = {"verificationStatus": coded("entered-in-error", "urn:v")}

    view = joined(answer(resource("Condition", note=[1]), resource("Condition", **gone)))

    assert ["note" in each for each in shown(view, "Condition")] == [False]
    assert view.withheld == {"retracted": 1}


def test_a_version_that_no_summary_holds_leaves_no_trace():
    active = resource("Condition", clinicalStatus=coded("active", "urn:c"))
    ended = resource("Condition", clinicalStatus=coded("resolved", "urn:c"))
    summary = levels(problems=Level.SUMMARY)

    with_hidden = joined(answer(active, ended), levels=summary)
    without = joined(answer(active), levels=summary)

    assert shown(with_hidden, "Condition") == shown(without, "Condition") != []
    assert with_hidden.receipt == without.receipt
    assert with_hidden.ends[1].reason is Reason.CONFLICTING_COPIES


def test_a_hidden_item_parts_no_copies():
    named = resource("Condition", "1", **NAMED)
    hidden = resource("Condition", "2", **NAMED, contained=[resource("Procedure", "in")])
    copy = answer(resource("Condition", "3", **NAMED, note=[1]), source="gp")

    view = joined(copy, answer(named, hidden), levels=levels(procedures=Level.NONE))

    assert view.withheld == {"problems": 1}
    assert derived(view).count("Linkage") == 2


def test_where_a_label_may_be_about_any_of_three_none_of_them_is_shown():
    named = resource("Condition", "1", **NAMED)
    hidden = resource("Condition", "2", **NAMED, meta=labelled("sexual-health"))
    copy = answer(resource("Condition", "3", **NAMED, note=[1]), source="ambulance")

    view = joined(copy, answer(named, hidden), levels=NO_SEXUAL_HEALTH)

    assert (shown(view, "Condition"), view.withheld) == ([], {"problems": 3})


def test_copies_are_found_by_what_the_reader_sees():
    one = resource("Encounter", **NAMED, period={"start": "2026-01-01"})
    other = resource("Encounter", **NAMED, period={"start": "2026-01-02"})
    given = answer(one), answer(other, source="gp")

    def linked(level):
        view = joined(*given, levels=levels(encounters=level, demographics=Level.MASK))
        return derived(view).count("Linkage")

    assert (linked(Level.ALL), linked(Level.SUMMARY)) == (1, 0)


@pytest.mark.parametrize("level", [Level.MASK, Level.SUMMARY])
def test_what_a_lesser_level_hides_is_in_no_id(level):
    def told(note):
        given = answer(
            resource("Encounter", None, reasonCode=[{"text": note}]),
            resource("Encounter", None, reasonCode=[{"text": note + "!"}]),
        )
        return ids(joined(given, levels=levels(encounters=level)), "Encounter")

    assert told("one") == told("two")
