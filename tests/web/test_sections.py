from dataclasses import replace

import pytest

from adapters.contract import Notice, NoticeKind, Outcome, Stage
from fhir_profiles.vocabulary import Category, Label
from gateway.access.agreements import coverage_of
from gateway.access.sharing import Sharing
from gateway.patient.directory import SAFETY_CATEGORIES, KnownSource, Pilot, SourceDirectory
from gateway.patient.sections import SectionState, says_none, section_of, supplies_of
from gateway.store.words import DataItem
from rbac.types import Level, Levels
from tests.patient.factories import known_source, permit, principal
from tests.web.factories import allergy, ground, line, no_known_allergy, shown, status

ALL_ANSWERED = (line("gp"), line("hospital", Outcome.EMPTY, 0))
GP_SILENT = (line("gp", Outcome.TIMED_OUT, 0), line("hospital", Outcome.EMPTY, 0))
NOBODY = (line("gp", Outcome.TIMED_OUT, 0), line("hospital", Outcome.FAILED, 0))
RETRACTED = {"verificationStatus": status("entered-in-error")}
RESOLVED = {"clinicalStatus": status("resolved")}


def state(items, lines, category=Category.ALLERGIES, **other):
    return section_of(category, items, ground(*lines, **other)).state


@pytest.mark.parametrize(
    ("items", "lines", "expected"),
    [
        ([allergy()], ALL_ANSWERED, SectionState.PRESENT),
        ([], ALL_ANSWERED, SectionState.EMPTY),
        ([no_known_allergy()], ALL_ANSWERED, SectionState.KNOWN_NONE),
        ([allergy("429625007")], ALL_ANSWERED, SectionState.PRESENT),
        ([allergy("428607008")], ALL_ANSWERED, SectionState.PRESENT),
        ([allergy("409137002")], ALL_ANSWERED, SectionState.PRESENT),
        ([no_known_allergy(), allergy(**RETRACTED)], ALL_ANSWERED, SectionState.KNOWN_NONE),
        ([no_known_allergy(), allergy()], ALL_ANSWERED, SectionState.PRESENT),
        ([no_known_allergy(), allergy(**RESOLVED)], ALL_ANSWERED, SectionState.PRESENT),
        ([no_known_allergy(**RETRACTED)], ALL_ANSWERED, SectionState.PRESENT),
        ([no_known_allergy(**RESOLVED)], ALL_ANSWERED, SectionState.PRESENT),
        ([allergy()], GP_SILENT, SectionState.PARTIAL),
        ([no_known_allergy()], GP_SILENT, SectionState.PARTIAL),
        ([], GP_SILENT, SectionState.PARTIAL),
        ([], NOBODY, SectionState.UNAVAILABLE),
        ([], (line("gp", Outcome.STALE, 0),), SectionState.PARTIAL),
        ([], (line("gp", Outcome.MALFORMED, 3),), SectionState.PARTIAL),
        ([], (line("gp", Outcome.NOT_ASKED, 0),), SectionState.UNAVAILABLE),
        ([], (line("gp", Outcome.WITHHELD, 0),), SectionState.UNAVAILABLE),
    ],
)
def test_a_section_is_in_the_state_that_its_items_and_sources_give(items, lines, expected):
    assert state(items, lines) is expected


@pytest.mark.parametrize("outcome", list(Outcome))
def test_a_section_without_items_is_empty_only_when_its_source_gave_its_record(outcome):
    complete = outcome in {Outcome.DATA, Outcome.EMPTY}

    assert (state([], (line("gp", outcome, 0),)) is SectionState.EMPTY) == complete


@pytest.mark.parametrize("outcome", list(Outcome))
def test_known_none_is_said_only_when_nothing_is_missing(outcome):
    found = state([no_known_allergy()], (line("gp"), line("hospital", outcome, 0)))

    complete = outcome in {Outcome.DATA, Outcome.EMPTY, Outcome.NOT_ASKED}
    assert (found is SectionState.KNOWN_NONE) == complete


@pytest.mark.parametrize("outcome", [Outcome.DATA, Outcome.WITHHELD])
@pytest.mark.parametrize(
    ("noticed", "expected"),
    [
        (Category.ALLERGIES, SectionState.PARTIAL),
        (None, SectionState.PARTIAL),
        (Category.MEDICATIONS, SectionState.PRESENT),
    ],
)
def test_a_notice_touches_only_the_section_that_it_names(outcome, noticed, expected):
    notice = Notice(NoticeKind.CONFIDENTIAL_ITEMS, noticed)

    assert state([allergy()], (line("gp", outcome, notices=(notice,)),)) is expected


OFF = (Notice(NoticeKind.AREA_SWITCHED_OFF, Category.ALLERGIES),)


@pytest.mark.parametrize(
    ("items", "lines", "expected"),
    [
        ([], (line("gp", notices=OFF),), SectionState.UNAVAILABLE),
        ([], (line("gp", notices=OFF), line("hospital", Outcome.EMPTY, 0)), SectionState.PARTIAL),
        ([], (line("gp", notices=(Notice(NoticeKind.AREA_SWITCHED_OFF),)),), SectionState.UNAVAILABLE),
        ([allergy()], (line("gp", notices=OFF),), SectionState.PARTIAL),
        ([no_known_allergy()], (line("gp", notices=OFF), line("hospital")), SectionState.PARTIAL),
    ],
)  # fmt: skip
def test_a_source_that_has_an_area_switched_off_has_not_answered_for_it(items, lines, expected):
    assert state(items, lines) is expected


@pytest.mark.parametrize("kind", list(NoticeKind))
@pytest.mark.parametrize("noticed", [None, Category.ALLERGIES])
def test_a_section_that_its_source_warns_of_is_never_none_nor_empty(kind, noticed):
    lines = (line("gp", notices=(Notice(kind, noticed),)),)

    found = {state([no_known_allergy()], lines), state([], lines)}

    assert found.isdisjoint({SectionState.KNOWN_NONE, SectionState.EMPTY})


def test_a_source_that_may_not_be_asked_at_the_persons_wish_leaves_a_gap():
    objected = replace(line("gp", Outcome.NOT_ASKED, 0), is_complete=False)

    section = section_of(Category.ALLERGIES, [], ground(objected, line("hospital")))

    assert section.state is SectionState.PARTIAL
    assert section.missing == (objected,)


def test_a_source_that_cannot_hold_a_category_says_nothing_of_it():
    supplies = {"ambulance": frozenset({Category.ENCOUNTERS})}
    lines = (line("gp"), line("ambulance", Outcome.FAILED, 0))

    assert state([], lines, supplies=supplies) is SectionState.EMPTY
    assert state([], lines, Category.ENCOUNTERS, supplies=supplies) is SectionState.PARTIAL


def test_a_role_that_sees_nothing_of_a_category_is_told_that_and_no_more():
    nothing = Levels({(Category.ALLERGIES, Label.NORMAL): Level.NONE}, frozenset())

    section = section_of(Category.ALLERGIES, [], ground(*GP_SILENT, levels=nothing))

    assert (section.state, section.is_for_role) == (SectionState.UNAVAILABLE, False)
    assert section.missing == ()


def test_a_section_holds_the_sources_items_of_its_category_in_order():
    first, second = allergy(), allergy(source="hospital")
    derived, other = shown(Category.ALLERGIES, source=None), shown(Category.PROBLEMS)

    section = section_of(Category.ALLERGIES, [first, derived, other, second], ground())

    assert section.items == (first, second)


def test_only_a_statement_coded_as_such_says_none():
    wordy = shown(Category.ALLERGIES, code={"text": "No known allergies"})
    elsewhere = shown(Category.PROBLEMS, code=no_known_allergy().header.code and {"text": "x"})

    assert says_none(no_known_allergy())
    assert not says_none(wordy)
    assert not says_none(elsewhere)
    assert not says_none(shown(None))


@pytest.mark.parametrize(("role", "of_the_pilot"), [("gp", True), ("gp_nurse", False)])
def test_a_source_supplies_what_its_stage_of_release_lets_through(role, of_the_pilot):
    every, pilot = frozenset(Category), Pilot(roles=frozenset({"gp"}))
    sources = [known_source(stage.value, stage=stage, pilot=pilot) for stage in Stage]

    supplies = supplies_of(SourceDirectory(tuple(sources)), permit(principal=principal(role=role)))

    assert supplies == {
        "shadow": frozenset(),
        "safety": SAFETY_CATEGORIES,
        "pilot": every if of_the_pilot else frozenset(),
        "open": every,
    }


def test_a_source_supplies_what_agreements_let_through_and_leaves_a_gap_where_none_binds_it():
    every = frozenset(Category)
    sources = [
        KnownSource(each, each, Stage.OPEN, every, lambda _practice: None)
        for each in ("RRV", "RRU")
    ]
    health = coverage_of({DataItem.HEALTH_RECORDS})

    supplies = supplies_of(
        SourceDirectory(tuple(sources)), permit(sharing=Sharing({"RRV": health}))
    )

    assert supplies == {"RRV": health.categories, "RRU": every}
