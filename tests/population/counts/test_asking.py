"""Questions for counts are read strictly, and answered from what the gate has let pass and nothing else."""

import pytest

from gateway.errors import BadRequestError
from gateway.population.cohorts import CohortCounts
from gateway.population.counting import GatedTable, gated_table
from gateway.population.counts import asking
from gateway.population.counts.asking import Answer, Question, answers, read_question
from gateway.population.small_numbers import SUPPRESSED, Rounded
from gateway.population.tables import CountTable
from tests.population.gate.samples import cell
from tests.population.gate.test_t25_membership import AREAS, MOST, area_under_curve

DIMENSIONS = ("kind", "area")
KEY = bytes(range(32))
CELLS = {
    ("gp", "E1"): cell(range(40)),
    ("gp", "E2"): cell(range(40, 45)),
    ("emergency", "E1"): cell(range(100, 121)),
    ("emergency", "E2"): cell(),
}


def cohorts(cells=CELLS, margins=(("area",),)) -> CohortCounts:
    gated = gated_table("r1", CountTable("contacts", {}, DIMENSIONS, cells, margins), ())
    assert isinstance(gated, GatedTable)
    return CohortCounts(gated.told, KEY)


def test_one_count_is_given_of_everybody_where_nothing_is_named():
    question = read_question({}, DIMENSIONS)

    assert question == Question({}, ())
    [found] = answers(cohorts(), question)
    assert found.of == {}


def test_decision_09_a_cell_of_five_is_told_as_a_star_beside_the_others():
    question = read_question({"where": {"kind": ["gp"]}, "by": ["area"]}, DIMENSIONS)

    found = answers(cohorts(), question)

    assert found == (Answer({"area": "E1"}, Rounded(40)), Answer({"area": "E2"}, SUPPRESSED))


def test_values_that_are_named_are_told_one_by_one():
    question = read_question({"where": {"area": ["E1"]}, "by": ["area", "kind"]}, DIMENSIONS)

    told = {each.of["kind"]: each.count for each in answers(cohorts(), question)}

    assert told == {"emergency": Rounded(20), "gp": Rounded(40)}


@pytest.mark.parametrize(
    "asked",
    [
        {"where": []},
        {"where": {"kind": "gp"}},
        {"where": {"kind": [1]}},
        {"where": {"sex": ["female"]}},
        {"where": {"kind": ["gp"] * 5001}},
        {"by": "kind"},
        {"by": [["kind"]]},
        {"by": ["kind", "kind"]},
        {"by": ["sex"]},
    ],
)
def test_a_question_of_another_form_is_refused_and_not_repeated(asked):
    with pytest.raises(BadRequestError) as refused:
        read_question(asked, DIMENSIONS)

    assert "female" not in str(refused.value)


@pytest.mark.parametrize("asked", [{"kind": ["999 000 0018"]}, {"kind": []}])
def test_a_value_that_the_table_does_not_have_is_refused_and_not_repeated(asked):
    with pytest.raises(BadRequestError, match=r"^There is no such value of kind\.$"):
        answers(cohorts(), read_question({"where": asked}, DIMENSIONS))


def test_more_counts_than_are_given_at_once_are_refused(monkeypatch):
    monkeypatch.setattr(asking, "MOST_COUNTS", 3)

    with pytest.raises(BadRequestError, match="At most 3"):
        answers(cohorts(), read_question({"by": ["kind", "area"]}, DIMENSIONS))


def answered(count: int) -> str:
    """Give all that a reader is told by every question about an area, and about it with another."""
    made = cohorts({("gp", "E1"): cell(range(count)), ("gp", "E2"): cell(range(1000, 1030))})
    asked = [
        {"by": ["area"]},
        {"by": ["kind", "area"]},
        {"where": {"area": ["E1"]}},
        {"where": {"area": ["E1", "E2"]}},
        {},
    ]
    found = (answers(made, read_question(each, DIMENSIONS)) for each in asked)
    return ";".join(str(each.count) for told in found for each in told)


def test_t25_all_answers_together_do_not_tell_whether_a_person_was_counted(record_property):
    found = area_under_curve(AREAS, answered)

    record_property("area under the curve", round(found, 4))
    assert 0.5 < found <= MOST


def test_t25_answers_that_count_truly_are_caught():
    """Planted: a group is counted instead of answered from the table."""
    assert area_under_curve((10, 7, 5, 3, 2), lambda count: f"{answered(count)};{count}") > MOST
