"""The words of the patient's statement: counts, instants, the whole text, and that no closed word is without its own."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from fhir_profiles.vocabulary import Category
from gateway.access.permit import RefusalReason
from gateway.access.relationships import BY_TEAM as NAMED_BY_TEAM
from gateway.audit import statement_words as words
from gateway.audit.acts import AskedAct, AuditAction, AuditEvent
from gateway.audit.statement import counted, said_at, statement_of
from gateway.audit.statement_text import text_of
from gateway.store.words import (
    AlertOutcome,
    ClaimReason,
    EmergencyReason,
    PermissionAnswer,
    RelationshipType,
    UnableReason,
)
from rbac.roles import Role
from rbac.types import Purpose
from tests.audit.accessed import (
    ORGANISATIONS,
    line,
    numbered,
    request,
    shown,
)
from tests.store_factories import NOW, asked, disclosed

WITHOUT_A_PERSON = {
    AskedAct.READ_POLICY,
    AskedAct.PROPOSE_POLICY,
    AskedAct.APPROVE_POLICY,
    AskedAct.ACTIVATE_POLICY,
    AskedAct.ROLL_BACK_POLICY,
    AskedAct.EXPLAIN,
    AskedAct.OWN_EMERGENCIES,
    AskedAct.AGREE_TO_RE_IDENTIFY,
}


@pytest.mark.parametrize(
    ("shown_to_them", "said"),
    [
        ({"demographics": 3}, "your name and details"),
        ({"medications": 1}, "1 medicine"),
        ({"medications": 2}, "2 medicines"),
        ({"medications": 2, "problems": 1}, "1 health problem and 2 medicines"),
        (
            {"List": 2, "Linkage": 1, "alerts": 1, "demographics": 1},
            "your name and details, 1 alert and 3 other parts",
        ),
        ({"Medication": 1}, "1 other part"),
        ({"problems": 0, "alerts": 2}, "2 alerts"),
        ({"demographics": 0, "audit-entries": 7}, "7 entries of our log"),
    ],
)
def test_kinds_are_counted(shown_to_them, said):
    assert counted(shown_to_them) == said


@pytest.mark.parametrize(
    ("instant", "said"),
    [
        (datetime(2026, 3, 2, 9, 30, tzinfo=UTC), "2 March 2026 at 09:30"),
        (datetime(2026, 7, 31, 23, 30, tzinfo=UTC), "1 August 2026 at 00:30"),
        (datetime(2026, 3, 29, 0, 59, tzinfo=UTC), "29 March 2026 at 00:59"),
        (datetime(2026, 3, 29, 1, 0, tzinfo=UTC), "29 March 2026 at 02:00"),
        (datetime(2026, 10, 25, 1, 0, tzinfo=UTC), "25 October 2026 at 01:00"),
    ],
)
def test_instants_are_told_in_londons_civil_time(instant, said):
    assert said_at(instant) == said


def test_the_latest_access_stands_first_and_the_last_entry_is_named():
    later = replace(asked(2), at=NOW + timedelta(days=1))

    statement = statement_of(numbered(asked(1), disclosed(1), later), 3, ORGANISATIONS)

    assert [each.access.sequences for each in statement.lines] == [(3,), (1, 2)]
    assert statement.last == 3


def test_the_text_holds_every_part_of_every_line():
    statement = statement_of(numbered(asked(1), disclosed(1), asked(2)), 3, ORGANISATIONS)

    text = text_of(statement)

    paragraphs = text.split("\n\n")
    assert paragraphs[:2] == ["Who has used your record.", " ".join(words.PREFACE)]
    assert paragraphs[3] == (
        "2 March 2026 at 09:30.\n"
        "Who: Dr Example, a GP, at Vine Surgery.\n"
        "What they did: They looked at your record.\n"
        "Why: The reason was to give you care.\n"
        "What they saw: They saw 2 medicines.\n"
        "Rules: Access rules, version vvvvvvvvvvvv.\n"
        "Entries: 1, 2."
    )
    assert paragraphs[2].endswith("Entries: 3.")
    assert paragraphs[4] == " ".join((*words.SEALED, words.END.format(last=3))) + "\n"
    assert "up to entry 3 of our log" in paragraphs[4]


def test_every_act_about_a_person_has_words():
    assert set(words.ACTS) == set(AskedAct) - WITHOUT_A_PERSON
    for act, (did, wanted) in words.ACTS.items():
        assert line(request(act), shown(alerts=1)).what == f"They {did}."
        assert line(request(act)).what == f"They asked to {wanted}."


def test_every_entry_that_names_a_person_has_words():
    about_a_person = {
        event.action
        for event in AuditEvent.__args__
        if "patient" in event.__slots__ and "who" not in event.__slots__
    }

    assert set(words.EFFECTS) == about_a_person - {AuditAction.DISCLOSED}


@pytest.mark.parametrize(
    ("table", "closed"),
    [
        (words.ROLES, Role),
        (words.REFUSALS, RefusalReason),
        (words.PLEAS, (*EmergencyReason, *ClaimReason, *UnableReason)),
        (words.ANSWERS, PermissionAnswer),
        (words.FINDINGS, AlertOutcome),
        (words.PURPOSES, (*Purpose, None)),
        (words.RELATIONSHIPS, (*RelationshipType, "registered-gp", "contact")),
    ],
    ids=["roles", "refusals", "pleas", "answers", "findings", "purposes", "relationships"],
)
def test_every_closed_word_has_words_of_its_own(table, closed):
    assert set(table) == set(closed)


def test_every_category_is_told_by_a_kind_of_its_own():
    assert set(Category) - {Category.DEMOGRAPHICS} < set(words.KINDS)
    assert len(set(words.KINDS.values())) == len(words.KINDS)
    assert words.BY_TEAM == NAMED_BY_TEAM
