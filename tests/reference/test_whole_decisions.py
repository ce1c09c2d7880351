"""Examples of relationship, emergency, sources, admission and routes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.reference.access_evaluator import decide, is_found_by_search, outward_for_item
from tests.reference.example_world import (
    LONG_AGO,
    NORMAL,
    NOW,
    PATIENT,
    a_request,
    a_world,
    broken_glass,
    ods,
    outward,
    staff,
)
from tests.reference.routes import FAMILIES, status_for
from tests.reference.vocabulary import (
    CARE_ROLES,
    EMERGENCY_ROLES,
    ROLES,
)
from tests.reference.world import (
    Encounter,
    Objection,
    Person,
    Relationship,
    SelfClaim,
    Source,
)

# Relationship, emergency, sources, admission.


@pytest.mark.parametrize(
    ("relationship", "related"),
    [
        (Relationship(PATIENT, "inpatient", LONG_AGO, NOW - timedelta(days=29), "T"), True),
        (Relationship(PATIENT, "inpatient", LONG_AGO, NOW - timedelta(days=30), "T"), False),
        (Relationship(PATIENT, "referral", datetime(2024, 12, 1, 13, tzinfo=UTC), None, "T"), True),
        (
            Relationship(PATIENT, "referral", datetime(2024, 12, 1, 12, tzinfo=UTC), None, "T"),
            False,
        ),
        (Relationship(PATIENT, "self_claimed", NOW - timedelta(hours=24), None, "T"), False),
        (Relationship(PATIENT, "caseload", LONG_AGO, NOW - timedelta(seconds=1), "T"), False),
        (Relationship(PATIENT, "caseload", NOW + timedelta(seconds=1), None, "T"), False),
        (Relationship(PATIENT, "caseload", NOW, None, None, "ward"), True),
        (Relationship(PATIENT, "caseload", NOW, None, None, "other ward"), False),
        (Relationship(PATIENT, "caseload", NOW, None, None, None, "other user"), False),
        (Relationship(PATIENT, "caseload", NOW), False),
        (Relationship(PATIENT, "curiosity", NOW, None, "T"), False),
        (Relationship("9990000026", "caseload", NOW, None, "T"), False),
    ],
)
def test_relationships_hold_for_their_time_and_their_people(relationship, related):
    if relationship.organisation == "T":
        relationship = replace(relationship, organisation=ods("ed_consultant"))
    member = staff("ed_consultant", teams=frozenset({"ward"}))
    world = a_world("ed_consultant", relationships=(relationship,), staff=(member,))

    assert decide(world, a_request("ed_consultant")).allowed is related


@pytest.mark.parametrize(
    ("here", "end", "related"),
    [
        (True, None, True),
        (True, NOW, True),
        (True, NOW - timedelta(hours=72), False),
        (False, None, False),
    ],
)
def test_open_encounter_counts_at_the_callers_own_organisation(here, end, related):
    where = ods("ed_consultant") if here else "RTRUST"
    encounter = Encounter(PATIENT, where, LONG_AGO, end)
    world = a_world("ed_consultant", relationships=(), encounters=(encounter,))

    assert decide(world, a_request("ed_consultant")).allowed is related


@pytest.mark.parametrize("role", ["ed_consultant", "discharge_officer"])
@pytest.mark.parametrize(
    ("hours", "restricted", "related"), [(23, False, True), (24, False, False), (23, True, False)]
)
def test_a_claim_counts_for_a_day_and_never_about_a_restricted_person(
    role, hours, restricted, related
):
    claim = SelfClaim("user", PATIENT, ods(role), NOW - timedelta(hours=hours))
    people = (Person(PATIENT, restricted=restricted),)
    world = a_world(role, people=people, relationships=(), self_claims=(claim,))
    verdict = decide(world, a_request(role))

    assert verdict.allowed is related
    assert verdict.alerts == ({"self-claim"} if related else set())


@pytest.mark.parametrize(
    ("change", "allowed"),
    [
        ({}, True),
        ({"start": NOW - timedelta(minutes=60)}, False),
        ({"session": "other tab"}, False),
        ({"patient": "9990000026"}, False),
        ({"user": "colleague"}, False),
    ],
)
def test_break_glass_is_bound_to_user_patient_session_and_an_hour(change, allowed):
    world = a_world("gp", relationships=(), grants=(broken_glass(**change),))
    verdict = decide(world, a_request("gp", "ETREAT"))

    assert verdict.allowed is allowed
    assert verdict.outward == (None if allowed else "forbidden")


@pytest.mark.parametrize(
    ("role", "changes", "allowed"),
    [
        ("gp", {}, True),
        ("gp", {"reason_text": "too short"}, False),
        ("gp", {"reason_code": ""}, False),
        ("gp", {"patient": "9990000026"}, False),
        ("gp", {"step_asked": 2}, False),
        ("social_worker", {}, False),
    ],
)
def test_break_glass_is_granted_with_a_reason_step_by_step(role, changes, allowed):
    asked = a_request(role, "ETREAT", act="break-glass", route_kind="break-glass",
                      reason_code="unconscious", reason_text="found collapsed")  # fmt: skip
    verdict = decide(a_world(role, relationships=()), replace(asked, **changes))

    told = "not-found-uniform" if "patient" in changes else "forbidden"
    assert verdict.allowed is allowed
    assert verdict.outward == (None if allowed else told)


def test_an_objection_to_one_source_leaves_the_others():
    world = a_world("gp", objections=(Objection(PATIENT, "hospital"),))
    verdict = decide(world, a_request("gp"))

    assert [access.source for access in verdict.sources] == ["ambulance"]
    assert verdict.level_from("hospital", "problems", NORMAL) == "none"
    assert outward_for_item(verdict, "hospital", ("problems", NORMAL)) == "not-found-uniform"
    assert outward_for_item(verdict, "ambulance", ("problems", NORMAL)) is None


@pytest.mark.parametrize(
    ("source", "asked"),
    [
        (Source("s", "RTRUST", stage="shadow"), False),
        (Source("s", "RTRUST", stage="safety"), False),
        (Source("s", "RTRUST", stage="pilot"), False),
        (Source("s", "RTRUST", stage="pilot", pilot_roles=frozenset({"gp"})), True),
        (Source("s", "NO-AGREEMENT"), False),
        (Source("s", "RTRUST", kind="gp-connect"), False),
        (Source("s", "RTRUST", kind="pds"), False),
    ],
)
def test_sources_are_asked_by_stage_agreement_and_practice(source, asked):
    world = a_world("gp")
    world = replace(world, sources=(*world.sources, source))

    assert (source.id in {a.source for a in decide(world, a_request("gp")).sources}) is asked


def test_an_agreement_limits_categories_and_ends():
    world = a_world("gp")
    narrow = replace(world.agreements[0], items=frozenset({"problems"}))
    ended = replace(world.agreements[0], end=NOW)
    verdict = decide(replace(world, agreements=(narrow,)), a_request("gp"))

    assert verdict.level_for("problems", NORMAL) == "all"
    assert verdict.level_for("allergies", NORMAL) == "none"
    assert outward(replace(world, agreements=(ended,)), a_request("gp")) == "forbidden"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"purposes_asked": ("TREAT", "ETREAT")}, "forbidden"),
        ({"purposes_asked": ("HRESCH",)}, "forbidden"),
        ({"purposes_asked": ("ETREAT",)}, "forbidden"),
        ({"purposes_asked": ()}, None),
        ({"purposes_asked": (), "token_purposes": frozenset()}, "forbidden"),
        ({"kind": "trust"}, "forbidden"),
        ({"organisation_asked": "RTRUST"}, "forbidden"),
        ({"role": "ed_consultant"}, "forbidden"),
        ({"user": "nobody"}, "forbidden"),
        ({"patient": "9990000026"}, "not-found-uniform"),
        ({"act": "export"}, "forbidden"),
        ({"act": "search"}, None),
    ],
)
def test_admission_refuses_what_is_not_plain(changes, expected):
    assert outward(a_world("gp"), replace(a_request("gp"), **changes)) == expected


@pytest.mark.parametrize(
    ("person", "expected"),
    [
        (Person(PATIENT, pds="not-found"), "not-found-uniform"),
        (Person(PATIENT, pds="unavailable"), "unavailable"),
        (Person(PATIENT, legal_hold=True), "not-found-uniform"),
    ],
)
def test_a_person_who_cannot_be_shown_is_not_told_of(person, expected):
    assert outward(a_world("gp", people=(person,)), a_request("gp")) == expected


def test_suspended_staff_and_closed_organisations_are_refused():
    world = a_world("gp")
    closed = tuple(replace(organisation, live=False) for organisation in world.organisations)

    assert outward(replace(world, staff=(staff("gp", suspended=True),)), a_request("gp"))
    assert outward(replace(world, organisations=closed), a_request("gp")) == "forbidden"


def test_find_needs_no_relationship_and_leaves_restricted_people_out():
    world = a_world("practice_admin", relationships=(), people=(Person(PATIENT, restricted=True),))
    find = a_request("practice_admin", act="search", route_kind="find", patient=None)
    verdict = decide(world, find)

    assert verdict.allowed
    assert verdict.level_for("demographics", NORMAL) == "all"
    assert not is_found_by_search(world, PATIENT)


def test_documents_open_only_where_they_are_seen_whole():
    opened = {
        role: decide(a_world(role), a_request(role, act="open-document")).allowed
        for role in ("gp", "paramedic")
    }

    assert opened == {"gp": True, "paramedic": False}


# Routes.


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_only_public_families_answer_without_a_token(family):
    public = FAMILIES[family].principals is None

    assert status_for(family, None) == (None if public else 401)


@pytest.mark.parametrize("role", sorted(ROLES))
def test_record_routes_are_for_care_roles_and_population_routes_for_the_others(role):
    care = role in CARE_ROLES

    assert status_for("record", role) == (None if care else 403)
    assert (status_for("bulk-export", role) is None) <= (not care)
    assert (status_for("break-glass", role) is None) == (role in EMERGENCY_ROLES)
    assert status_for("record", role, "HRESCH") == 403
