import pytest

from gateway.access.asking import who_of
from gateway.patient.directory import SourceDirectory
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
