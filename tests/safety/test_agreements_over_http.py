"""Agreements through the running service: who is refused, which sources are asked, what of them is shown."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from gateway.access.agreement_registry import AgreementRegistry, Signatures
from gateway.demo.agreement import INVENTED_AGREEMENT, invented_agreement
from gateway.store.agreements import Agreement
from gateway.store.words import DataItem
from rbac.types import Purpose
from tests.london import now
from tests.safety.emergencies import as_served
from tests.safety.siege import ASKED_ABOUT, DOCTOR, person_of, rows
from tests.stack import Bundle, Stack
from tests.web.visitor import Visitor

PEOPLE = Signatures("sam", "kim")
DAY = timedelta(days=1)
DETAILS = {DataItem.NAME_CONTACT_AGE, DataItem.EQUALITIES}
SEARCH = {"family": "x", "birthdate": "1980-01-01"}


def agreement(stack: Stack, name: str, **changes: Any) -> Agreement:
    """The invented agreement under another name, with what a test changes of it."""
    whole = invented_agreement(stack.services.settings, now())
    parties = changes.pop("parties", whole.parties)
    terms = replace(whole.terms, id=name, **changes)
    return replace(whole, terms=terms, parties=tuple(parties))


async def instead(stack: Stack, *others: Agreement) -> None:
    """Let these hold in place of the invented agreement."""
    registry = AgreementRegistry(stack.services.log, now)
    await registry.end(INVENTED_AGREEMENT, now(), "sam")
    for each in others:
        await registry.add(each, PEOPLE)


async def ways_of_asking(stack: Stack, user: str) -> list[Any]:
    patient = stack.patient(ASKED_ABOUT)
    return [
        await stack.get(user, f"/fhir/Patient/{patient}/$everything"),
        await stack.get(user, f"/fhir/Patient/{patient}"),
        await stack.get(user, f"/fhir/Condition?patient={patient}"),
        await stack.post(user, "/fhir/Patient/_search", SEARCH),
    ]


async def test_a_view_names_the_agreement_that_it_rests_on(stack: Stack):
    assert (await stack.everything(DOCTOR, ASKED_ABOUT)).status == 200
    await stack.post(DOCTOR, "/fhir/Patient/_search", SEARCH)

    named = [row["agreements"] for row in await rows(stack, "asked")]
    assert named == [[INVENTED_AGREEMENT], [INVENTED_AGREEMENT]]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        (None, "agreement-ended"),
        ({"starts_at": now() + DAY}, "agreement-not-started"),
        ({"purposes": frozenset({Purpose.HRESCH})}, "agreement-ended"),
    ],
)
async def test_without_an_agreement_in_force_nobody_is_served_from_the_next_request_on(
    stack: Stack, changes: dict[str, Any] | None, reason: str
):
    assert (await stack.everything(DOCTOR, ASKED_ABOUT)).status == 200

    await instead(stack, *([] if changes is None else [agreement(stack, "next", **changes)]))
    answers = await ways_of_asking(stack, DOCTOR)

    assert [each.status_code for each in answers] == [403] * 4
    assert {each.json()["issue"][0]["diagnostics"] for each in answers} == {
        "Your organisation shares no records here for this purpose."
    }
    last = (await rows(stack, "asked"))[-4:]
    assert [(row["decision"], row["reason"]) for row in last] == [("refused", reason)] * 4


@dataclass(frozen=True)
class EndedMeanwhile:
    """Reads the agreements as they are, and lets somebody end one just before the decision is on record."""

    real: Any
    registry: AgreementRegistry

    async def of(self, organisation: str) -> Any:
        return await self.real.of(organisation)

    async def parties(self, agreements: Any, practice: Any) -> Any:
        found = await self.real.parties(agreements, practice)
        await self.registry.end(INVENTED_AGREEMENT, now(), "sam")
        return found


async def test_a_decision_made_before_an_end_and_not_yet_on_record_is_made_again(stack: Stack):
    access = stack.services.records.access
    ending = EndedMeanwhile(access.agreements, AgreementRegistry(stack.services.log, now))
    records = replace(stack.services.records, access=replace(access, agreements=ending))

    async with as_served(stack, replace(stack.services, records=records)) as meanwhile:
        seen = await meanwhile.everything(DOCTOR, ASKED_ABOUT)

    assert (seen.status, seen.body["resourceType"]) == (403, "OperationOutcome")
    [row_a] = await rows(stack, "asked")
    assert (row_a["decision"], row_a["reason"]) == ("refused", "agreement-ended")
    assert await rows(stack, "disclosed") == []


async def test_who_never_signed_is_told_the_same_as_whose_agreement_has_ended(stack: Stack):
    await instead(stack, agreement(stack, "others", parties=("F84004", "RRU")))
    ended = await ways_of_asking(stack, DOCTOR)
    never = await ways_of_asking(stack, "paramedic")
    assert [each.status_code for each in never][-1] == 200

    await AgreementRegistry(stack.services.log, now).end("others", now(), "sam")
    await AgreementRegistry(stack.services.log, now).add(
        agreement(stack, "second", parties=("F84004", "RJ1")), PEOPLE
    )
    missing = await ways_of_asking(stack, "social-worker")

    assert [each.content for each in ended] == [each.content for each in missing]


async def test_a_source_whose_organisation_is_no_party_is_not_asked(stack: Stack):
    await instead(stack, agreement(stack, "two", parties=("F84004", "RRU")))

    seen = await stack.everything("gp", ASKED_ABOUT)

    assert (seen.status, seen.is_complete) == (200, "false")
    assert seen.outcomes["hospital"] == "not-asked"
    assert seen.from_source("hospital") == []
    assert seen.from_source("gp")
    row_b = (await rows(stack, "disclosed"))[-1]
    assert row_b["sources"]["hospital"] == ["not-asked", "agreement"]


async def test_a_practice_that_is_no_party_has_its_line_like_any_other(stack: Stack):
    before = await stack.everything(DOCTOR, ASKED_ABOUT)

    await instead(stack, agreement(stack, "two", parties=("RRV", "RRU")))
    seen = await stack.everything(DOCTOR, ASKED_ABOUT)

    assert list(seen.outcomes) == list(before.outcomes)
    assert (seen.outcomes["gp"], seen.from_source("gp")) == ("not-asked", [])


async def test_where_no_source_may_be_asked_there_is_no_record(stack: Stack):
    await instead(stack, agreement(stack, "alone", parties=("NLO", "702")))

    seen = await stack.everything("social-worker", ASKED_ABOUT)

    assert seen.status == 503
    row_b = (await rows(stack, "disclosed"))[-1]
    assert row_b["outcome"] == "nothing"
    assert {tuple(each) for each in row_b["sources"].values()} == {("not-asked", "agreement")}


def categories_of(bundle: Bundle, source: str) -> set[str]:
    return {
        tag["code"]
        for each in bundle.from_source(source)
        for tag in each["meta"].get("tag", ())
        if tag["system"].endswith("/category")
    }


async def test_what_is_not_agreed_is_shown_to_nobody_of_any_source(stack: Stack):
    whole = await stack.everything(DOCTOR, ASKED_ABOUT)
    await instead(stack, agreement(stack, "details", items=frozenset(DETAILS)))

    seen = await stack.everything(DOCTOR, ASKED_ABOUT)

    assert len(categories_of(whole, "hospital")) > 2
    assert categories_of(seen, "hospital") <= {"demographics"}
    searched = await stack.get(DOCTOR, f"/fhir/Condition?patient={stack.patient(ASKED_ABOUT)}")
    assert Bundle(searched).of("Condition") == []


async def test_each_source_shares_by_the_agreements_that_bind_it_alone(stack: Stack):
    """The hospital is in one agreement with the practice, the ambulance service in another."""
    health = agreement(stack, "health", parties=("F84004", "RRV"))
    details = agreement(
        stack, "details", items=frozenset(DETAILS), parties=("F84004", "RRV", "RRU")
    )
    await instead(stack, health, details)

    seen = await stack.everything("gp", ASKED_ABOUT)

    assert (await rows(stack, "asked"))[-1]["agreements"] == ["details", "health"]
    assert categories_of(seen, "hospital") > {"demographics"}
    assert categories_of(seen, "ambulance") <= {"demographics"}


async def test_a_sources_patient_is_shown_only_with_what_is_mixed_into_it(stack: Stack):
    items = frozenset(DataItem) - {DataItem.EQUALITIES}
    assert (await stack.everything(DOCTOR, ASKED_ABOUT)).of("Patient", "hospital")

    await instead(stack, agreement(stack, "no-equalities", items=items))
    seen = await stack.everything(DOCTOR, ASKED_ABOUT)

    assert seen.of("Patient", "hospital") == []
    assert len(seen.of("Patient", "pds")) == 1


async def test_a_page_of_a_record_names_nobody_whose_name_is_not_agreed_upon(stack: Stack):
    items = frozenset({DataItem.HEALTH_RECORDS})
    await instead(stack, agreement(stack, "health-alone", items=items))
    await Visitor(stack).sign_in(DOCTOR)

    page = await stack.client.get(f"/patient/{stack.patient(ASKED_ABOUT)}")

    person = person_of(stack, ASKED_ABOUT)
    told = (person.family_name.upper(), person.family_name, person.nhs_number.grouped)
    assert page.status_code == 403
    assert [each for each in told if each in page.text] == []
    assert (await rows(stack, "disclosed"))[-1]["outcome"] == "nothing"


async def test_administration_goes_on_without_an_agreement(stack: Stack):
    await instead(stack)

    answers = [
        await stack.get("privacy-officer", "/privacy/identity-holds"),
        await stack.get("policy-admin", "/policy/versions"),
    ]

    assert [each.status_code for each in answers] == [200, 200]
