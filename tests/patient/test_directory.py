import pytest

from adapters.contract import Stage
from fhir_profiles.vocabulary import Category
from gateway.access.asking import who_of
from gateway.patient.directory import Pilot, SourceDirectory
from tests.patient.factories import DIRECTORY, known_source, principal


class Reported:
    def __init__(self):
        self.reports = 0
        self.practices = []

    def report_wrong_patient(self):
        self.reports += 1

    def of(self, practice):
        self.practices.append(practice)
        return self


@pytest.mark.parametrize(
    ("organisation", "practice", "writer"),
    [
        ("RRV", "F84004", "RRV"),
        (None, "F84004", "F84004"),
        (None, None, None),
        ("RRV", None, "RRV"),
    ],
)
def test_a_sources_items_are_written_by_its_organisation_or_by_the_practice(
    organisation, practice, writer
):
    assert known_source("gp", organisation).written_by(practice) == writer


def of(words):
    return None if words is None else frozenset(words)


@pytest.mark.parametrize(
    ("roles", "organisations", "is_included"),
    [
        (None, None, False),
        (["gp"], None, True),
        (["gp_nurse"], None, False),
        (None, ["F84004"], True),
        (None, ["RRV"], False),
        (["gp", "gp_nurse"], ["F84004", "RRV"], True),
        (["gp"], ["RRV"], False),
        (["gp_nurse"], ["F84004"], False),
        ([], ["F84004"], False),
        (["gp"], [], False),
    ],
)
def test_a_pilot_is_for_whoever_is_of_all_that_is_named(roles, organisations, is_included):
    pilot = Pilot(of(roles), of(organisations))

    assert pilot.includes(principal(role="gp", organisation="F84004")) is is_included


@pytest.mark.parametrize(
    ("stage", "includes", "shown"),
    [
        (Stage.SHADOW, True, frozenset()),
        (Stage.SAFETY, True, {Category.ALERTS}),
        (Stage.SAFETY, False, {Category.ALERTS}),
        (Stage.PILOT, True, {Category.ALERTS, Category.RESULTS}),
        (Stage.PILOT, False, frozenset()),
        (Stage.OPEN, False, {Category.ALERTS, Category.RESULTS}),
    ],
)
def test_a_source_shows_what_its_stage_lets_this_reader_see(stage, includes, shown):
    supplies = frozenset({Category.ALERTS, Category.RESULTS})
    pilot = Pilot(roles=frozenset({"gp"} if includes else {"gp_nurse"}))
    source = known_source("gp", stage=stage, supplies=supplies, pilot=pilot)

    assert source.shows_to(principal(role="gp")) == shown


def test_sources_are_found_by_id_in_configured_order():
    assert list(DIRECTORY.by_id()) == ["gp", "hospital", "ambulance"]


def test_a_wrong_answer_counts_against_the_practices_own_endpoint():
    adapter, other = Reported(), Reported()
    directory = SourceDirectory(
        (known_source("gp", adapter_for=adapter.of), known_source("x", adapter_for=other.of))
    )

    directory.report_wrong_patient("gp", "F84004")

    assert (adapter.reports, adapter.practices, other.reports) == (1, ["F84004"], 0)


def test_audit_keeps_who_the_caller_was_at_that_time():
    who = who_of(principal())

    assert (who.user_id, who.role, who.organisation) == ("u1", "gp", "F84004")
    assert (who.organisation_kind, who.name) == ("general-practice", "Kim Example")
    assert who.role_profile_id == "555021540101"
