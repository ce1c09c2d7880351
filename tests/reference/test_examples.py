"""The decision tests of the roles file, section 8, by their numbers."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.reference.access_evaluator import decide
from tests.reference.example_world import (
    LONG_AGO,
    NORMAL,
    NOW,
    PATIENT,
    a_request,
    a_world,
    broken_glass,
    broken_up_to,
    labels,
    ods,
    outward,
    staff,
)
from tests.reference.routes import may_approve_draft, may_read_dataset
from tests.reference.world import (
    Objection,
    Person,
    Relationship,
    RoleProfile,
)


def test_01_ed_consultant_with_an_ed_attendance_sees_medications():
    attendance = Relationship(PATIENT, "ed_attendance", NOW, organisation=ods("ed_consultant"))
    world = a_world("ed_consultant", relationships=(attendance,))

    assert decide(world, a_request("ed_consultant")).level_for("medications", NORMAL) == "all"


def test_02_ed_consultant_without_a_relationship_is_refused_and_offered_a_way():
    verdict = decide(a_world("ed_consultant", relationships=()), a_request("ed_consultant"))

    assert verdict.outward == "forbidden"
    assert verdict.offers == {"emergency", "self-claim"}


def test_03_practice_admin_sees_no_problems():
    verdict = decide(a_world("practice_admin"), a_request("practice_admin"))

    assert verdict.level_for("problems", NORMAL) == "none"
    assert verdict.level_for("encounters", NORMAL) == "summary"


def test_04_practice_admin_has_no_emergency_and_raises_an_alert():
    world = a_world("practice_admin", grants=(broken_glass(2),))

    verdict = decide(world, a_request("practice_admin", "ETREAT"))

    assert (verdict.outward, verdict.alerts) == ("forbidden", {"emergency"})


@pytest.mark.parametrize(
    ("number", "purpose", "step", "expected"),
    [(5, "TREAT", 0, "none"), (6, "ETREAT", 1, "none"), (6, "BTG", 2, "all")],
)
def test_05_06_paramedic_opens_sexual_health_by_a_second_step_only(number, purpose, step, expected):
    world = a_world("paramedic", grants=broken_up_to(step))

    verdict = decide(world, a_request("paramedic", purpose))

    assert verdict.level_for("problems", labels("sexual-health")) == expected
    assert ("emergency" in verdict.alerts) == (number == 6)


def test_07_social_worker_sees_no_results():
    verdict = decide(a_world("social_worker"), a_request("social_worker"))

    assert verdict.level_for("results", NORMAL) == "none"


@pytest.mark.parametrize("purpose", ["TREAT", "PUBHLTH"])
def test_08_planner_sees_no_demographics(purpose):
    role = "public_health_planner"

    assert outward(a_world(role), a_request(role, purpose)) == "forbidden"


def test_10_violence_analyst_reads_the_violence_feed_only():
    assert may_read_dataset("csp_violence_analyst", "violence")
    assert not may_read_dataset("csp_violence_analyst", "linked-persons")


def test_11_policy_admin_sees_no_allergies():
    world = a_world("policy_admin")

    assert outward(world, a_request("policy_admin")) == "forbidden"
    assert outward(world, a_request("policy_admin", "HSYSADMIN")) == "forbidden"


def test_12_privacy_officer_reads_the_audit_but_no_document():
    role = "ig_privacy_officer"
    world = a_world(role)
    audit = a_request(role, "HSYSADMIN", act="read-audit", route_kind="audit")

    assert decide(world, audit).allowed
    assert decide(world, audit).level_for("documents", NORMAL) == "none"
    assert outward(world, a_request(role, "HSYSADMIN", act="open-document")) == "forbidden"


def test_13_gp_sees_an_own_sexual_health_item_of_an_own_patient():
    world = a_world("gp", people=(Person(PATIENT, registered_practice=ods("gp")),))
    world = replace(world, relationships=())

    verdict = decide(world, a_request("gp"))

    assert verdict.level_for("problems", labels("own", "sexual-health")) == "all"
    assert verdict.level_for("problems", labels("sexual-health")) == "none"


def test_14_gp_does_not_see_another_practices_patient():
    people = (Person(PATIENT, registered_practice="F84004"),)
    world = a_world("gp", people=people, relationships=())

    assert outward(world, a_request("gp")) == "forbidden"


@pytest.mark.parametrize("role", ["gp", "paramedic", "practice_admin"])
def test_15_location_is_stripped_for_a_restricted_person(role):
    verdict = decide(a_world(role, people=(Person(PATIENT, restricted=True),)), a_request(role))

    assert {"strip-location", "mask-organisations"} == verdict.field_filters
    assert verdict.level_for("documents", NORMAL) == "none"


@pytest.mark.parametrize(
    ("purpose", "exceptions", "expected"),
    [("TREAT", {"emergency"}, "forbidden"), ("ETREAT", set(), "forbidden"),
     ("ETREAT", {"emergency"}, None)],
)  # fmt: skip
def test_16_17_objection_is_lifted_only_in_an_emergency_and_where_allowed(
    purpose, exceptions, expected
):
    objection = Objection(PATIENT, None, frozenset(exceptions))
    world = a_world("hospital_nurse", objections=(objection,), grants=(broken_glass(),))

    assert outward(world, a_request("hospital_nurse", purpose)) == expected


def test_18_gp_with_an_expired_role_profile_is_refused():
    profile = RoleProfile("gp", ods("gp"), LONG_AGO, NOW)

    assert outward(a_world("gp", staff=(staff("gp", profiles=(profile,)),)), a_request("gp"))


def test_19_gp_who_is_an_analyst_too_has_gp_rules_only():
    profiles = (
        RoleProfile("gp", ods("gp"), LONG_AGO),
        RoleProfile("public_health_planner", ods("gp"), LONG_AGO),
    )
    world = a_world("gp", staff=(staff("gp", profiles=profiles),))
    planning = a_request("gp", "PUBHLTH", act="export", route_kind="population", patient=None)

    assert decide(world, a_request("gp")).allowed
    assert outward(world, planning) == "forbidden"


def test_21_policy_admin_does_not_publish_an_own_draft_alone():
    assert not may_approve_draft("ann", "ann", "policy_admin", loosens=False)
    assert may_approve_draft("ann", "bob", "policy_admin", loosens=False)
    assert not may_approve_draft("ann", "bob", "policy_admin", loosens=True)


def test_22_pharmacist_is_told_that_a_restricted_medicine_exists():
    verdict = decide(a_world("hospital_pharmacist"), a_request("hospital_pharmacist"))

    assert verdict.level_for("medications", labels("sexual-health")) == "mask"


@pytest.mark.parametrize("purpose", ["TREAT", "ETREAT"])
def test_23_nothing_is_released_while_the_audit_store_is_down(purpose):
    world = a_world("gp", audit_store_up=False, grants=(broken_glass(),))

    assert outward(world, a_request("gp", purpose)) == "unavailable"


@pytest.mark.parametrize(("hours", "related"), [(71, True), (72, False), (73, False)])
def test_24_ambulance_contact_lasts_72_hours_after_its_end(hours, related):
    contact = Relationship(
        PATIENT, "ambulance_contact", LONG_AGO, NOW - timedelta(hours=hours), ods("paramedic")
    )

    world = a_world("paramedic", relationships=(contact,))
    assert decide(world, a_request("paramedic")).allowed is related
