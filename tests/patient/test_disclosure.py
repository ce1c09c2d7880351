import pytest

from adapters.contract import Outcome, Reason, SourceAnswer, Trace, TraceOutcome
from gateway.access.registry import patient_key
from gateway.audit.acts import Decision
from gateway.errors import (
    AuditUnavailableError,
    NoSourceAnsweredError,
    NotFoundError,
    RefusedError,
    UnavailableError,
)
from gateway.patient.disclosure import DECISIONS_AT_MOST, view_hash
from gateway.patient.receipt import SourceEnd
from gateway.patient.suspicions import WRONG_PATIENT_HAZARD
from gateway.patient.whose import MisfiledDocumentError
from gateway.store.identity_holds import holds_of
from gateway.store.safety_events import safety_events_since
from rbac.types import Level
from tests.patient.factories import (
    NOW,
    NUMBER,
    OTHER_NUMBER,
    PATIENT_ID,
    answer,
    bundle,
    joined,
    labelled,
    levels,
    patient,
    person,
    principal,
    resource,
    unanswered,
)
from tests.patient.records import Deployment, OnePolicy, Pds, Source, compiled, found, inquiry
from tests.store_factories import activate


@pytest.fixture
async def deployment(log):
    await activate(log)
    return Deployment(log)


def of_action(rows, action):
    return [row for row in rows if row["action"] == action]


async def acts(deployment):
    return [row["action"] for row in await deployment.rows()][1:]


async def test_row_a_is_durable_before_anything_is_shown_and_row_b_before_it_leaves(deployment):
    async with deployment.viewing():
        before = await acts(deployment)

    assert (before, await acts(deployment)) == (["asked"], ["asked", "disclosed"])


async def test_row_a_says_who_asked_for_what_and_why_it_was_allowed(deployment):
    async with deployment.viewing():
        pass

    [row] = of_action(await deployment.rows(), "asked")
    assert (row["who"]["user_id"], row["who"]["organisation"]) == ("u1", "F84004")
    assert (row["act"], row["purpose"], row["request_id"]) == ("view", "TREAT", "request-1")
    assert (row["decision"], row["reason"]) == ("allowed", "permitted")
    assert (row["relationship"], row["patient"]) == ("registered-gp", PATIENT_ID)


async def test_row_b_says_what_was_shown_what_was_not_and_how_every_source_ended(deployment):
    hidden = answer(resource("Condition", meta=labelled("sealed")), source="hospital")
    deployment.sources["hospital"] = Source(hidden)

    async with deployment.viewing() as opened:
        shown_hash = view_hash(b"k" * 64, opened.view, opened.view.items)

    [row] = of_action(await deployment.rows(), "disclosed")
    assert row["outcome"] == "disclosed"
    assert row["shown"] == {"demographics": 3, "Linkage": 1, "encounters": 1, "problems": 1}
    assert row["withheld"] == {"problems": 1}
    assert row["sources"] == {"gp": ["data", "none"], "hospital": ["data", "none"]}
    assert (row["view_hash"], row["user_id"]) == (shown_hash, "u1")


async def test_a_view_of_which_nothing_is_shown_is_recorded_as_nothing(deployment):
    async with deployment.records.open(inquiry()):
        pass

    [row] = of_action(await deployment.rows(), "disclosed")
    assert (row["outcome"], row["shown"]) == ("nothing", {})


@pytest.mark.parametrize(
    ("asks", "trace", "error", "reason"),
    [
        (principal(organisation="F83021"), found(person()), RefusedError, "no-relationship"),
        (principal(), Trace(TraceOutcome.NOT_FOUND), NotFoundError, "unknown-person"),
        (principal(), Trace(TraceOutcome.UNAVAILABLE), UnavailableError, "check-failed"),
        (principal(role="x"), found(person()), RefusedError, "purpose-not-allowed"),
    ],
)
async def test_a_refusal_is_row_a_alone_and_asks_no_source(deployment, asks, trace, error, reason):
    deployment.pds = Pds(trace)

    with pytest.raises(error):
        async with deployment.viewing(asks):
            pytest.fail("nothing may be shown")

    [row] = (await deployment.rows())[1:]
    assert (row["decision"], row["reason"]) == (Decision.REFUSED, reason)
    assert row["relationship"] is None
    assert deployment.sources["gp"].asked == 0


async def test_when_no_source_answers_there_is_no_view_and_audit_knows_why(deployment):
    for name in deployment.sources:
        deployment.sources[name] = Source(unanswered(name))

    with pytest.raises(NoSourceAnsweredError):
        async with deployment.viewing():
            pytest.fail("nothing may be shown")

    [row] = of_action(await deployment.rows(), "disclosed")
    assert row["outcome"] == "nothing"
    assert row["sources"] == {
        "gp": ["timed-out", "deadline"],
        "hospital": ["timed-out", "deadline"],
    }


async def test_a_reader_who_finds_nothing_in_a_view_is_recorded_as_shown_nothing(deployment):
    with pytest.raises(NotFoundError):
        async with deployment.viewing():
            raise NotFoundError("no such item")

    [row] = of_action(await deployment.rows(), "disclosed")
    assert (row["outcome"], row["shown"], row["view_hash"]) == ("nothing", {}, "")


async def test_an_audit_that_cannot_write_row_a_refuses(deployment):
    await deployment.log.aclose()

    with pytest.raises(AuditUnavailableError):
        async with deployment.viewing():
            pytest.fail("nothing may be shown")


async def test_an_audit_that_cannot_write_row_b_takes_the_view_back(deployment):
    with pytest.raises(AuditUnavailableError):
        async with deployment.viewing():
            await deployment.log.aclose()


class Changing(OnePolicy):
    """Gives an older policy first, this many times."""

    def __init__(self, times):
        super().__init__()
        self.times = times

    async def active(self):
        self.times -= 1
        return compiled(levels(), "older") if self.times >= 0 else await super().active()


@pytest.mark.parametrize("asks", [principal(), principal(organisation="F83021")])
async def test_what_was_decided_under_an_older_policy_is_decided_again(deployment, asks):
    deployment.policies = Changing(DECISIONS_AT_MOST - 1)
    is_allowed = asks == principal()

    try:
        async with deployment.viewing(asks):
            assert is_allowed
    except RefusedError:
        assert not is_allowed

    assert await acts(deployment) == (["asked", "disclosed"] if is_allowed else ["asked"])


async def test_a_policy_that_keeps_changing_refuses(deployment):
    deployment.policies = Changing(DECISIONS_AT_MOST)

    with pytest.raises(UnavailableError):
        async with deployment.viewing():
            pytest.fail("nothing may be shown")

    assert await acts(deployment) == []


@pytest.mark.parametrize(
    ("outcome", "reason", "told"),
    [
        (Outcome.WRONG_PATIENT, Reason.FOREIGN_SUBJECT, 1),
        (Outcome.MALFORMED, Reason.UNPROVEN, 0),
    ],
)
async def test_row_b_tells_how_a_document_ended(deployment, outcome, reason, told):
    with pytest.raises(MisfiledDocumentError):
        async with deployment.records.open(inquiry()):
            raise MisfiledDocumentError(SourceEnd("gp", outcome, reason))

    [row] = of_action(await deployment.rows(), "disclosed")
    assert (row["outcome"], row["sources"]["gp"]) == ("nothing", [outcome.value, reason.value])
    events = await deployment.log._store.read(safety_events_since, NOW)
    assert [len(events), deployment.sources["gp"].reports] == [told, told]


async def test_a_wrong_patient_is_a_safety_event_and_counts_against_the_source(deployment):
    wrong = Source(answer(patient("p9", OTHER_NUMBER), source="hospital"))
    deployment.sources["hospital"] = wrong

    async with deployment.viewing():
        pass

    assert (wrong.reports, deployment.sources["gp"].reports) == (1, 0)
    assert await acts(deployment) == ["asked", "safety-event-raised", "disclosed"]
    [event] = await deployment.log._store.read(safety_events_since, NOW)
    assert (event.kind, event.source) == (WRONG_PATIENT_HAZARD, "hospital")
    assert (event.reason, event.patient) == ("foreign-subject", PATIENT_ID)
    [row] = of_action(await deployment.rows(), "disclosed")
    assert row["sources"]["hospital"] == ["wrong-patient", "foreign-subject"]


async def test_a_further_page_asks_no_source_and_blames_none_again(deployment):
    wrong = Source(answer(patient("p9", OTHER_NUMBER), source="hospital"))
    deployment.sources["hospital"] = wrong
    async with deployment.viewing() as first:
        pass

    async with deployment.viewing(answers=first.answers) as second:
        assert second.answers == first.answers

    assert (wrong.asked, wrong.reports, deployment.sources["gp"].asked) == (1, 1, 1)
    assert (await acts(deployment)).count("safety-event-raised") == 1
    assert (await acts(deployment)).count("disclosed") == 2


def test_the_hash_of_a_view_fixes_bytes_items_levels_and_key():
    view, other = joined(answer(resource("Condition"))), joined(answer(resource("Procedure")))
    masked = joined(answer(resource("Condition")), levels=levels(problems=Level.MASK))

    def hashed(key, of_view, shown):
        return view_hash(key, of_view, shown)

    hashes = [
        hashed(b"k" * 64, view, view.items),
        hashed(b"l" * 64, view, view.items),
        hashed(b"k" * 64, view, view.items[:-1]),
        hashed(b"k" * 64, other, view.items),
        hashed(b"k" * 64, masked, masked.items),
    ]
    assert len(set(hashes)) == 5
    assert hashed(b"k" * 99, view, view.items) == hashes[0]


async def test_sources_that_answer_nothing_are_an_answer(deployment):
    deployment.sources["gp"] = Source(unanswered("gp", Outcome.EMPTY))

    async with deployment.viewing() as opened:
        assert [each.resource_type for each in opened.view.items] == ["Patient"]


async def test_what_was_shown_is_left_to_be_judged_and_what_was_not_is_not(deployment):
    async with deployment.viewing() as opened:
        assert deployment.offered == []

    with pytest.raises(NotFoundError):
        async with deployment.viewing():
            raise NotFoundError("no such item")

    assert deployment.offered == [opened.answers]


@pytest.mark.parametrize(
    ("wrong", "is_held"),
    [
        (patient(status="02"), True),
        (patient(name=[{"family": "Other"}], birthDate="1950-01-01"), True),
        (patient("p9", OTHER_NUMBER), False),
    ],
    ids=["not verified", "other details", "other number"],
)
async def test_an_answer_of_doubtful_identity_is_held_beside_its_safety_event(
    deployment, wrong, is_held
):
    deployment.sources["hospital"] = Source(
        SourceAnswer("hospital", Outcome.DATA, bodies=(bundle(wrong, resource("Condition")),))
    )

    async with deployment.viewing():
        pass

    holds = await deployment.log._store.read(holds_of, patient_key(b"r" * 64, NUMBER))
    [event] = await deployment.log._store.read(safety_events_since, NOW)
    assert [(each.source, each.decision_id) for each in holds] == (
        [("hospital", event.decision_id)] if is_held else []
    )
