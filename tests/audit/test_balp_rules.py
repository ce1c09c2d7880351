"""Every event that names a profile of BALP keeps each of its rules, by name; and each rule can be broken."""

import copy
from typing import Any

import pytest

from gateway.audit.acts import AskedAct
from rbac.types import Purpose
from tests.audit.balp_events import EVERY_KIND, fhir, read_or_found, row_a, row_b
from tests.audit.balp_rules import PROFILES, RULES, Rule, profiles_of
from tests.store_factories import asked

TOKEN_USE = "OAUTHaccessTokenUse.Comprehensive"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.profile}-{rule.name}")
def test_every_event_that_names_the_profile_keeps_the_rule(rule: Rule) -> None:
    claiming = {
        name: event for name, event in EVERY_KIND.items() if rule.profile in profiles_of(event)
    }

    assert claiming
    assert [name for name, event in claiming.items() if not rule.holds(event)] == []


def test_there_are_rules_for_every_profile_that_is_named() -> None:
    named = {profile for event in EVERY_KIND.values() for profile in profiles_of(event)}

    assert named == PROFILES == {rule.profile for rule in RULES}


def without(event: dict[str, Any], *path: str | int) -> dict[str, Any]:
    changed = copy.deepcopy(event)
    part: Any = changed
    for step in path[:-1]:
        part = part[step]
    del part[path[-1]]
    return changed


@pytest.mark.parametrize(
    ("act", "purpose", "profile"),
    [
        (AskedAct.VIEW, Purpose.TREAT, "PatientRead"),
        (AskedAct.FIND, Purpose.TREAT, "PatientQuery"),
        (AskedAct.VIEW, Purpose.BTG, "PrivacyDisclosure.Source"),
    ],
)
def test_an_event_that_lost_any_one_of_its_agents_or_entities_breaks_a_rule(
    act: AskedAct, purpose: Purpose, profile: str
) -> None:
    event = read_or_found(act, purpose=purpose)
    rules = [each for each in RULES if each.profile in {profile, TOKEN_USE}]
    optional = {"IRCP", "PROV", "XrequestId", "4"}

    broken = {
        each["type"].get("coding", [each["type"]])[0]["code"]: [
            rule.name for rule in rules if not rule.holds(without(event, part, place))
        ]
        for part in ("agent", "entity")
        for place, each in enumerate(event[part])
    }

    assert {code for code, names in broken.items() if not names} == optional


@pytest.mark.parametrize(
    ("act", "profile"),
    [
        *((act, "PatientRead") for act in ("view", "read", "original", "open-document", "page")),
        *((act, "PatientQuery") for act in ("search", "find")),
        *((act, "PatientRead") for act in ("review", "read-audit")),
    ],
)
def test_what_was_shown_of_one_person_has_the_profile_of_its_act(act: str, profile: str) -> None:
    assert profiles_of(read_or_found(AskedAct(act))) == [profile, TOKEN_USE]


@pytest.mark.parametrize("purpose", [Purpose.ETREAT, Purpose.BTG])
@pytest.mark.parametrize("act", [AskedAct.VIEW, AskedAct.SEARCH])
def test_what_was_opened_in_an_emergency_is_a_disclosure(act: AskedAct, purpose: Purpose) -> None:
    event = read_or_found(act, purpose=purpose)

    assert profiles_of(event) == ["PrivacyDisclosure.Source", TOKEN_USE]


def test_what_is_about_nobody_is_a_read_and_a_search_for_several_has_no_profile() -> None:
    assert profiles_of(read_or_found(AskedAct.READ_POLICY, patient=None)) == ["Read", TOKEN_USE]
    assert profiles_of(read_or_found(AskedAct.FIND, patient=None)) == [TOKEN_USE]


@pytest.mark.parametrize("outcome", ["nothing", "aborted"])
def test_what_showed_nothing_is_no_successful_read(outcome: str) -> None:
    event = read_or_found(AskedAct.VIEW, outcome=outcome, purpose=Purpose.BTG)

    assert profiles_of(event) == [TOKEN_USE]
    assert event["type"]["code"] == "rest"


def test_a_refusal_and_a_decision_name_no_profile_of_an_act() -> None:
    claimed = {
        name: profiles_of(event)
        for name, event in EVERY_KIND.items()
        if name.startswith(("asked-", "refused-")) and not name.endswith(("alone", "decided"))
    }

    assert set(map(tuple, claimed.values())) == {(TOKEN_USE,)}


def test_without_the_applications_name_no_profile_is_named() -> None:
    assert profiles_of(fhir(row_b(), row_a(details={"token": "t"}))) == []
    assert profiles_of(fhir(row_b(), asked(4))) == []
    assert profiles_of(fhir(row_b())) == []


def test_without_the_tokens_name_its_use_is_not_claimed() -> None:
    assert profiles_of(fhir(row_b(), row_a(details={"client": "an-app"}))) == ["PatientRead"]
