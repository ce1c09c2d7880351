import asyncio
from uuid import UUID

import pytest

from adapters.contract import NoticeKind, Outcome, Reason, SourceAnswer, Stage
from fhir_profiles.vocabulary import Category
from gateway.access.agreements import coverage_of
from gateway.access.sharing import Sharing
from gateway.patient.directory import Pilot, SourceDirectory
from gateway.patient.gather import Gatherer
from gateway.store.words import DataItem
from rbac.types import Level
from tests.patient.factories import NUMBER, OLD_NUMBER, known_source, levels, permit, person

TRACE = UUID(int=9)


class Source:
    """A source that does what a test says, and remembers what it was asked."""

    def __init__(self, source_id, does=None):
        self.source_id = source_id
        self.asked = []
        self.practices = []
        self._does = does

    def known(self, **changes):
        return known_source(self.source_id, adapter_for=self._adapter_for, **changes)

    def _adapter_for(self, practice):
        self.practices.append(practice)
        return self

    async def ask(self, request):
        self.asked.append(request)
        if self._does is not None:
            await self._does()
        return SourceAnswer(self.source_id, Outcome.DATA)

    def report_wrong_patient(self):
        raise NotImplementedError


async def gathered(*sources, seconds=5.0, **of_permit):
    gatherer = Gatherer(SourceDirectory(sources), seconds)
    answers = await gatherer.gather(permit(**of_permit), TRACE)
    return [(each.source_id, each.outcome, each.reason) for each in answers]


async def test_every_source_is_asked_and_answers_come_in_the_directorys_order():
    first_may_end = asyncio.Event()
    first = Source("gp", first_may_end.wait)
    second = Source("hospital", lambda: asyncio.sleep(0, first_may_end.set()))

    assert await gathered(first.known(), second.known()) == [
        ("gp", Outcome.DATA, Reason.NONE),
        ("hospital", Outcome.DATA, Reason.NONE),
    ]


async def test_a_source_hears_who_asks_about_whom_and_for_what():
    source = Source("gp")
    seen = levels(Level.NONE, allergies=Level.ALL, medications=Level.MASK)

    await gathered(
        source.known(), levels=seen, patient=OLD_NUMBER, person=person(practice="F83021")
    )

    [request] = source.asked
    assert (request.nhs_number, request.trace_id) == (NUMBER, TRACE)
    assert request.categories == {Category.ALLERGIES, Category.MEDICATIONS}
    assert source.practices == ["F83021"]
    caller = request.caller
    assert (caller.user_id, caller.role_profile_id, caller.role_code) == (
        "u1",
        "555021540101",
        "R0260",
    )
    assert (caller.family_name, caller.given_name) == ("Example", "Kim")
    assert (caller.organisation, caller.organisation_name) == ("F84004", "The Practice")


SILENT = Level.NONE
NURSES = Pilot(roles=frozenset({"gp_nurse"}))


@pytest.mark.parametrize(
    ("changes", "of_permit", "outcome", "reason"),
    [
        ({}, {"objected_sources": frozenset({"gp"})}, Outcome.WITHHELD, Reason.OBJECTION),
        ({"stage": Stage.SHADOW}, {}, Outcome.NOT_ASKED, Reason.STAGE),
        ({"stage": Stage.PILOT}, {}, Outcome.NOT_ASKED, Reason.STAGE),
        ({"stage": Stage.PILOT, "pilot": NURSES}, {}, Outcome.NOT_ASKED, Reason.STAGE),
        (
            {"stage": Stage.SAFETY},
            {"levels": levels(Level.NONE, problems=Level.ALL)},
            Outcome.NOT_ASKED,
            Reason.ROLE,
        ),
        ({}, {"sharing": Sharing()}, Outcome.NOT_ASKED, Reason.AGREEMENT),
        ({}, {"person": person(practice=None)}, Outcome.NOT_ASKED, Reason.AGREEMENT),
        (
            {},
            {"sharing": Sharing(), "objected_sources": frozenset({"gp"})},
            Outcome.NOT_ASKED,
            Reason.AGREEMENT,
        ),
        (
            {"supplies": frozenset({Category.SOCIAL_CARE})},
            {"sharing": Sharing({"F84004": coverage_of({DataItem.HEALTH_RECORDS})})},
            Outcome.NOT_ASKED,
            Reason.AGREEMENT,
        ),
        (
            {"supplies": frozenset({Category.RESULTS})},
            {"levels": levels(results=SILENT)},
            Outcome.NOT_ASKED,
            Reason.ROLE,
        ),
    ],
)
async def test_a_source_that_must_not_be_asked_is_not(changes, of_permit, outcome, reason):
    source = Source("gp")

    assert await gathered(source.known(**changes), **of_permit) == [("gp", outcome, reason)]
    assert (source.asked, source.practices) == ([], [])


async def test_an_objection_looks_the_same_at_every_stage():
    source = Source("gp").known(stage=Stage.SHADOW)

    [line] = await gathered(source, objected_sources=frozenset({"gp"}))

    assert line == ("gp", Outcome.WITHHELD, Reason.OBJECTION)


@pytest.mark.parametrize("stage", [Stage.SAFETY, Stage.PILOT, Stage.OPEN])
async def test_a_source_that_readers_may_see_is_asked(stage):
    source, pilot = Source("gp"), Pilot(roles=frozenset({"gp"}))

    await gathered(
        source.known(stage=stage, pilot=pilot),
        Source("x").known(),
        objected_sources=frozenset({"x"}),
    )

    assert len(source.asked) == 1


async def never():
    await asyncio.Event().wait()


async def breaks():
    raise ZeroDivisionError


async def gives_up():
    raise TimeoutError


@pytest.mark.parametrize(
    ("does", "outcome", "reason"),
    [
        (never, Outcome.TIMED_OUT, Reason.DEADLINE),
        (gives_up, Outcome.TIMED_OUT, Reason.DEADLINE),
        (breaks, Outcome.FAILED, Reason.ADAPTER_FAULT),
    ],
)
async def test_a_source_that_fails_takes_nobody_elses_data_away(does, outcome, reason):
    sources = Source("gp", does).known(), Source("hospital").known()

    assert await gathered(*sources, seconds=0.05) == [
        ("gp", outcome, reason),
        ("hospital", Outcome.DATA, Reason.NONE),
    ]


async def test_a_practice_without_an_endpoint_is_a_failed_source():
    def unknown(_practice):
        raise LookupError

    assert await gathered(known_source("gp", adapter_for=unknown)) == [
        ("gp", Outcome.FAILED, Reason.ADAPTER_FAULT)
    ]


async def test_a_caller_who_goes_away_stops_every_source():
    begun, stopped = asyncio.Semaphore(0), []

    async def waits():
        begun.release()
        try:
            await never()
        except asyncio.CancelledError:
            stopped.append(True)
            raise

    sources = [Source(name, waits) for name in ("gp", "hospital")]
    asking = asyncio.ensure_future(gathered(*(each.known() for each in sources)))
    for _source in sources:
        await begun.acquire()

    asking.cancel()

    with pytest.raises(asyncio.CancelledError):
        await asking
    assert stopped == [True, True]


async def test_a_held_source_is_not_asked_and_an_objection_is_told_before_a_hold():
    held, objected, other = Source("held"), Source("objected"), Source("other")
    directory = SourceDirectory(tuple(each.known() for each in (held, objected, other)))
    allowed = permit(
        held_sources=frozenset({"held", "objected"}), objected_sources=frozenset({"objected"})
    )

    answers = await Gatherer(directory).gather(allowed, TRACE)

    assert [each.reason for each in answers] == [
        Reason.IDENTITY_HOLD,
        Reason.OBJECTION,
        Reason.NONE,
    ]
    assert [each.outcome for each in answers[:2]] == [Outcome.WITHHELD, Outcome.WITHHELD]
    assert (held.asked, objected.asked, len(other.asked)) == ([], [], 1)
    assert [notice.kind for notice in answers[0].notices] == [NoticeKind.IDENTITY_HOLD]
    assert answers[1].notices == ()


async def test_what_was_kept_of_a_source_that_is_held_since_is_shown_no_more():
    source = Source("held")
    gatherer = Gatherer(SourceDirectory((source.known(),)))
    answers = await gatherer.gather(permit(), TRACE)

    [still] = gatherer.still_allowed(permit(held_sources=frozenset({"held"})), answers)

    assert (still.outcome, still.bodies) == (Outcome.WITHHELD, ())
