"""What each kind of entry is told as: its type, what was done, and how it ended."""

from typing import Any

import pytest

from gateway.audit.acts import AskedAct, AuditAction, entry_of
from gateway.audit.balp import audit_event
from gateway.audit.balp_shapes import KIND_OF_ACT, SHAPES
from gateway.audit.told import told
from rbac.types import Purpose
from tests.audit.balp_events import (
    ACTION,
    ADDRESS,
    EVENT_OF,
    details,
    fhir,
    kept,
    read_or_found,
    refused,
    row_a,
    row_b,
)
from tests.audit.release_events import SHAPES_OF_RELEASES
from tests.store_factories import asked


def codes(event: dict[str, Any]) -> tuple[str, list[str], str, str]:
    """Give the code of an event's type, of what was done, its action and its outcome."""
    done = [each["code"] for each in event["subtype"] if each["system"] != ACTION]
    return event["type"]["code"], done, event["action"], event["outcome"]


def test_every_action_has_a_shape_and_every_act_a_kind() -> None:
    assert set(SHAPES) == set(AuditAction)
    assert set(KIND_OF_ACT) == set(AskedAct)


@pytest.mark.parametrize(
    ("act", "expected"),
    [
        (AskedAct.VIEW, ("rest", ["read"], "R", "4")),
        (AskedAct.OPEN_DOCUMENT, ("rest", ["read"], "R", "4")),
        (AskedAct.READ_AUDIT, ("rest", ["read"], "R", "4")),
        (AskedAct.FIND, ("rest", ["search"], "E", "4")),
        (AskedAct.SEARCH, ("rest", ["search"], "E", "4")),
        (AskedAct.BREAK_GLASS, ("110113", ["AuthZ-Role"], "E", "4")),
        (AskedAct.PROPOSE_POLICY, ("110113", ["AuthZ-Role"], "E", "4")),
    ],
)
def test_a_refusal_is_the_act_that_was_turned_away(act: AskedAct, expected: object) -> None:
    event = fhir(refused(act))

    assert codes(event) == expected
    assert event["outcomeDesc"] == details(event)["reason"] == "no-relationship"
    assert details(event)["decision"] == "refused"


@pytest.mark.parametrize(
    ("outcome", "code"), [("disclosed", "0"), ("nothing", "0"), ("aborted", "8")]
)
def test_row_b_says_how_it_ended(outcome: str, code: str) -> None:
    event = read_or_found(AskedAct.VIEW, outcome=outcome)

    assert (event["outcome"], event["outcomeDesc"]) == (code, outcome)
    assert details(event)["outcome"] == outcome


@pytest.mark.parametrize(
    ("act", "purpose", "expected"),
    [
        (AskedAct.READ, Purpose.TREAT, ("rest", ["read"], "R", "0")),
        (AskedAct.FIND, Purpose.TREAT, ("rest", ["search"], "E", "0")),
        (AskedAct.VIEW, Purpose.ETREAT, ("110106", ["disclose", "read"], "R", "0")),
        (AskedAct.SEARCH, Purpose.BTG, ("110106", ["disclose", "search"], "R", "0")),
    ],
)
def test_what_was_shown_is_a_read_a_search_or_in_an_emergency_a_disclosure(
    act: AskedAct, purpose: Purpose, expected: object
) -> None:
    assert codes(read_or_found(act, purpose=purpose)) == expected


def test_an_act_that_a_later_version_named_is_a_read() -> None:
    later = kept(row_b()), entry_of(row_a()).body.replace(b'"act":"view"', b'"act":"peruse"')

    event = audit_event(told(*later), ADDRESS)

    assert codes(event) == ("rest", ["read"], "R", "0")
    assert details(event)["act"] == "peruse"


def test_a_row_b_whose_row_a_is_not_known_is_a_read() -> None:
    event = fhir(row_b())

    assert codes(event) == ("rest", ["read"], "R", "0")
    assert "purposeOfEvent" not in event


def test_a_row_a_alone_is_told_by_itself() -> None:
    assert fhir(row_a(), asked(9)) == fhir(row_a())


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("asked", ("110113", ["AuthZ-Role"], "E", "0")),
        ("disclosed", ("rest", ["read"], "R", "0")),
        ("signed-in", ("110114", ["110122"], "E", "0")),
        ("sign-in-failed", ("110114", ["110122"], "E", "4")),
        ("signed-out", ("110114", ["110123"], "E", "0")),
        ("caller-refused", ("110113", ["110132"], "E", "4")),
        ("staff-suspended", ("110113", ["110137"], "U", "0")),
        ("staff-restored", ("110113", ["110137"], "U", "0")),
        ("staff-known", ("110113", ["110137"], "U", "0")),
        ("team-member-added", ("110113", ["110137"], "C", "0")),
        ("team-member-ended", ("110113", ["110137"], "U", "0")),
        ("provider-signed-out", ("110114", ["110123"], "E", "0")),
        ("role-chosen", ("110114", [], "E", "0")),
        ("job-roles-changed", ("110113", ["110136"], "U", "0")),
        ("administrators-named", ("110113", ["110136"], "C", "0")),
        ("policy-proposed", ("110113", ["110129"], "C", "0")),
        ("policy-approved", ("110113", ["110129"], "U", "0")),
        ("policy-activated", ("110113", ["110129"], "U", "0")),
        ("audit-exported", ("110106", [], "R", "0")),
        ("entries-purged", ("110113", [], "D", "0")),
        ("relationships-imported", ("110107", [], "C", "0")),
        ("agreement-added", ("110113", ["110129"], "C", "0")),
        ("agreement-ended", ("110113", ["110129"], "U", "0")),
        ("safety-event-raised", ("110113", [], "C", "0")),
        ("safety-event-reviewed", ("110113", [], "U", "0")),
        ("identity-hold-released", ("110113", ["110135"], "U", "0")),
        ("identity-hold-rejected", ("110113", ["110135"], "U", "0")),
        ("glass-broken", ("110113", ["110127"], "E", "0")),
        ("emergency-ended", ("110113", ["110138"], "E", "0")),
        ("radar-alert-raised", ("110113", [], "C", "0")),
        ("privacy-alert-settled", ("110113", [], "U", "0")),
        ("relationship-claimed", ("110113", ["110135"], "C", "0")),
        ("permission-recorded", ("110113", ["110135"], "C", "0")),
        *SHAPES_OF_RELEASES,
    ],
)
def test_each_kind_of_entry_has_its_type_act_and_outcome(action: str, expected: object) -> None:
    event = fhir(EVENT_OF[AuditAction(action)])

    assert codes(event) == expected
    assert event["subtype"][-1] == {"system": ACTION, "code": action}
