"""An ETag tells of a decision and of what is shown, so it saves nobody a check and tells of nothing hidden (AZ-19)."""

from dataclasses import fields

import pytest

from gateway.access.permit import Permit
from gateway.access.registry import patient_key
from gateway.access.scopes import scopes_in
from gateway.api.entity_tags import NARROWING, SEEN_IN_THE_ANSWER, decision_of
from gateway.audit.acts import SignedOut
from gateway.keys import KeyPurpose
from gateway.store.objections import Objection, record_objection
from gateway.store.words import ObjectionExceptions
from gateway.wiring import now
from rbac.types import Level, Purpose
from tests.patient.factories import levels, permit, principal
from tests.safety.siege import ASKED_ABOUT, rows
from tests.safety.test_agreements_over_http import agreement, instead
from tests.stack import Stack

DECIDES_NOTHING_OF_HOW_MUCH = {
    "marks",
    "decision_id",
    "patient",
    "patient_id",
    "person",
    "relationship",
    "grant",
    "expires_at",
}
ADDRESSES = [
    "/fhir/Patient/{patient}",
    "/fhir/Patient/{patient}/$everything",
    "/fhir/Patient/{patient}/$everything?_type=Condition",
    "/fhir/Condition?patient={patient}&_sort=-date",
    "/fhir/Condition/{condition}",
    "/fhir/Condition/{condition}/$original",
]


async def condition_of(stack: Stack, user: str, person: str, words: str = "") -> str:
    shown = (await stack.everything(user, person)).of("Condition")
    return next(each["id"] for each in shown if words in str(each))


async def addressed(stack: Stack, path: str, person: str = ASKED_ABOUT) -> str:
    condition = await condition_of(stack, "ed-consultant", person)
    return path.format(patient=stack.patient(person), condition=condition)


@pytest.mark.parametrize("path", ADDRESSES)
async def test_az_19_who_has_it_already_is_told_so_after_every_step_of_a_whole_answer(
    stack: Stack, path: str
):
    address = await addressed(stack, path)
    whole = await stack.get("ed-consultant", address)
    before = await stack.audit()

    again = await stack.get("ed-consultant", address, **{"If-None-Match": whole.headers["etag"]})

    assert (whole.status_code, again.status_code, again.content) == (200, 304, b"")
    assert {name: again.headers[name] for name in ("etag", "vary", "x-record-complete")} == {
        name: whole.headers[name] for name in ("etag", "vary", "x-record-complete")
    }
    assert again.headers["cache-control"] == "no-store"
    first, second = recorded(before[-2:]), recorded((await stack.audit())[len(before) :])
    assert first == second


def recorded(entries: list[dict]) -> list[dict]:
    """Give what the rows of one answer say but for their own times and ids."""
    own = {"at", "decision_id", "request_id"}
    return [{name: value for name, value in each.items() if name not in own} for each in entries]


@pytest.mark.parametrize("path", ADDRESSES)
async def test_az_19_the_tag_of_one_who_sees_more_gives_another_their_own_view(
    stack: Stack, path: str
):
    address = await addressed(stack, path, "sexual-health")
    cleared = await stack.get("gp", address)
    own = await stack.get("ed-consultant", address)

    with_anothers = await stack.get(
        "ed-consultant", address, **{"If-None-Match": cleared.headers["etag"]}
    )

    assert cleared.status_code == own.status_code == with_anothers.status_code == 200
    assert with_anothers.content == own.content
    assert own.headers["etag"] != cleared.headers["etag"]
    assert {"Authorization", "Cookie", "Purpose-Of-Use"} <= set(own.headers["vary"].split(", "))


async def test_az_19_the_tag_of_a_hidden_item_reads_as_no_tag_at_all(stack: Stack):
    address = f"/fhir/Condition/{await condition_of(stack, 'gp', 'sexual-health', 'Gonorrhoea')}"
    tag = (await stack.get("gp", address)).headers["etag"]

    plain = await stack.get("ed-consultant", address)
    guessed = await stack.get("ed-consultant", address, **{"If-None-Match": tag})

    assert plain.status_code == guessed.status_code == 404
    assert plain.content == guessed.content
    assert "etag" not in plain.headers
    assert len(await rows(stack, "disclosed")) == 4


@pytest.mark.parametrize(
    "sent", ["*", '"*"', "", "0" * 32, f'W/"{"0" * 32}"', 'W/"', "é", f'"{"A" * 32}"']
)
async def test_az_19_what_is_no_tag_of_this_answer_is_as_if_it_were_not_sent(
    stack: Stack, sent: str
):
    address = f"/fhir/Patient/{stack.patient(ASKED_ABOUT)}"

    answer = await stack.client.get(
        address,
        headers=[
            ("Authorization", f"Bearer {await stack.token('gp')}"),
            ("If-None-Match", sent.encode("latin-1")),
        ],
    )

    assert answer.status_code == 200


async def test_az_19_one_of_several_tags_is_enough(stack: Stack):
    address = f"/fhir/Patient/{stack.patient(ASKED_ABOUT)}"
    tag = (await stack.get("gp", address)).headers["etag"]

    for sent in (f'W/"{"0" * 32}", {tag}', tag.removeprefix("W/")):
        assert (await stack.get("gp", address, **{"If-None-Match": sent})).status_code == 304


def test_az_19_every_field_of_a_permit_is_in_the_tag_or_decides_nothing_of_how_much_is_shown():
    names = {each.name for each in fields(Permit)}

    told = NARROWING, SEEN_IN_THE_ANSWER, DECIDES_NOTHING_OF_HOW_MUCH
    assert names == frozenset().union(*told)
    assert len(names) == sum(map(len, told))


@pytest.mark.parametrize(
    "changes",
    [
        {"principal": principal(role="gp_nurse")},
        {"principal": principal(organisation="F84012")},
        {"purpose": Purpose.ETREAT},
        {"levels": levels(Level.SUMMARY)},
        {"policy_version": "v2"},
        {"hides_whereabouts": True},
        {"granted": scopes_in("user/*.r").for_user},
        {"granted": scopes_in("user/*.s").for_user},
    ],
)
def test_az_19_whatever_narrows_another_way_is_another_decision(changes):
    assert decision_of(permit(**changes)) != decision_of(permit())


def test_az_19_one_who_decides_alike_decides_the_same():
    again = permit(expires_at=permit().expires_at.replace(hour=1), relationship="referral")

    assert decision_of(again) == decision_of(permit())


async def test_az_19_a_tag_does_not_tell_of_an_objection_that_the_answer_does_not_tell_of(
    stack: Stack,
):
    """The hospital is no party, so its line reads the same with an objection to it and without."""
    await instead(stack, agreement(stack, "two", parties=("F84004", "RRU")))
    address = f"/fhir/Patient/{stack.patient(ASKED_ABOUT)}/$everything"
    before = await stack.get("gp", address)

    await object_to(stack, "hospital")
    hidden = await stack.get("gp", address)
    await object_to(stack, "ambulance")
    told = await stack.get("gp", address)

    assert (hidden.content, hidden.headers["etag"]) == (before.content, before.headers["etag"])
    assert told.headers["etag"] != before.headers["etag"]


async def object_to(stack: Stack, source: str) -> None:
    number = stack.london.people[ASKED_ABOUT]
    key = patient_key(stack.keys.current(KeyPurpose.REGISTRY), number)
    objection = Objection(key, source, ObjectionExceptions.NONE, now())
    async with stack.services.log.recorded(SignedOut(now(), "test", "test")) as session:
        await session.do(record_objection, objection)
