"""What happens in a history before anybody asks: people sign in, time passes, the world changes.

Each rule changes the deployment and the model alike (`test_p27_no_race.py` asks, and changes the policy).
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar
from uuid import UUID, uuid4

from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    consumes,
    initialize,
    multiple,
    precondition,
    rule,
)

from adapters.contract import Contact as Stay
from gateway.audit.acts import RelationshipsImported
from gateway.store.objections import Objection, record_objection, withdraw_objection
from gateway.store.relationships import Relationship, add_relationships, end_relationship
from gateway.store.words import ObjectionExceptions, RelationshipType
from tests.races.deployment import Clock, Town, Worker, copied, open_worker
from tests.races.model import Contact, Holder, Model, Tie
from tests.races.sights import SIGHTS
from tests.tokens import GP, NURSE, token

BEGINNING = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
DESK = {"person_roleid": "555021540103", "org_code": "F84004", "role_code": "R8008"}
PROFILES = {"gp": GP, "hospital_nurse": NURSE, "practice_admin": DESK}
SPANS = [timedelta(seconds=1), timedelta(minutes=9), timedelta(hours=1), timedelta(hours=71)]
INSTANT = timedelta(microseconds=1)
WHAT_CHANGES = ("is_known", "is_restricted", "does_pds_answer", "does_hospital_answer")
T = TypeVar("T")


@dataclass(frozen=True)
class Token:
    """A token, and whose it is."""

    text: str
    holder: Holder


class Lives(RuleBasedStateMachine):
    """One history: what is done in the world, and what is asked meanwhile."""

    prepared: Path
    clock: Clock
    counted: Counter[str]

    tokens, ties, changes = Bundle("tokens"), Bundle("ties"), Bundle("changes")

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory(prefix="scr-races-")
        self.settings_file = copied(self.prepared, Path(self.folder.name))
        self.clock.now = BEGINNING
        self.town, self.model = Town(), Model(BEGINNING, SIGHTS[0])
        self.was_active = [SIGHTS[0]]
        self.loop = asyncio.Runner()
        self.workers = [self._opened(), self._opened()]

    def _opened(self) -> Worker:
        async def opened() -> Worker:
            return open_worker(self.settings_file, self.town, self.clock)

        return self.loop.run(opened())

    def run(self, doing: Awaitable[T]) -> T:
        async def done() -> T:
            return await doing

        return self.loop.run(done())

    # Signing in, and changing role

    @initialize(target=tokens)
    def three_are_there_for_a_month(self) -> MultipleResults[Token]:
        month = 30 * 24 * 60
        people = (("u1", "gp"), ("u1", "hospital_nurse"), ("u2", "hospital_nurse"))
        self.lasting = [
            self.signs_in(*each, month, ("TREAT", "ETREAT"), "user/*.rs", "one") for each in people
        ]
        return multiple(*self.lasting)

    @rule(
        target=tokens,
        user=st.sampled_from(["u1", "u2"]),
        role=st.sampled_from(sorted(PROFILES)),
        minutes=st.sampled_from([1, 10, 600]),
        held=st.sampled_from(
            [("TREAT",), ("TREAT", "ETREAT"), ("TREAT", "ETREAT"), ("ETREAT",), ("HOPERAT",)]
        ),
        scope=st.sampled_from(["user/*.rs", "user/*.rs", "user/*.rs", "openid"]),
        session=st.sampled_from([None, "one", "one"]),
    )
    def signs_in(
        self,
        user: str,
        role: str,
        minutes: int,
        held: tuple[str, ...],
        scope: str,
        session: str | None,
    ) -> Token:
        now = self.model.now
        until = (now + timedelta(minutes=minutes)).replace(microsecond=0)
        text = token(
            sub=user,
            selected_roleid=PROFILES[role]["person_roleid"],
            nhsid_nrbac_roles=list(PROFILES.values()),
            purpose_of_use=list(held),
            scope=scope,
            iat=int(now.timestamp()),
            exp=int(until.timestamp()),
            sid=session,
        )
        organisation = PROFILES[role]["org_code"]
        # What is a session for the issuer is one in each role; a token that names none is one by itself.
        lives_in = text if session is None else f"{role} {session}"
        reads = scope != "openid"
        holder = Holder(user, role, organisation, lives_in, frozenset(held), reads, until)
        return Token(text, holder)

    # Time

    @rule(span=st.sampled_from(SPANS))
    def time_passes(self, span: timedelta) -> None:
        self._is_now(self.model.now + span)

    @precondition(lambda self: self.model.moments())
    @rule(is_just_before=st.booleans())
    def something_is_about_to_end_or_to_begin(self, is_just_before: bool) -> None:
        self._is_now(self.model.moments()[0] - (INSTANT if is_just_before else timedelta()))

    def _is_now(self, now: datetime) -> None:
        self.model.now = self.clock.now = now

    # What PDS, the hospital and the registry hold

    @rule(what=st.sampled_from(WHAT_CHANGES))
    def is_otherwise(self, what: str) -> None:
        value = not getattr(self.model, what)
        setattr(self.model, what, value)
        setattr(self.town, what, value)

    @rule(practice=st.sampled_from(["F84004", "F84004", "F84012", None]))
    def registers_with(self, practice: str | None) -> None:
        self.model.practice = self.town.practice = practice

    @rule(hours_ago=st.sampled_from([0, 1]), lasted=st.sampled_from([None, 0, 1]))
    def goes_to_hospital(self, hours_ago: int, lasted: int | None) -> None:
        starts_at = self.model.now - timedelta(hours=hours_ago)
        ends_at = None if lasted is None else self.model.now
        self.model.contacts.append(Contact(starts_at, ends_at))
        status = "in-progress" if ends_at is None else "finished"
        self.town.stays.append(Stay(status, starts_at, ends_at))

    @rule()
    def leaves_hospital(self) -> None:
        now = self.model.now
        self.model.contacts = [
            replace(each, ends_at=now) if each.ends_at is None else each
            for each in self.model.contacts
        ]
        self.town.stays = [
            Stay("finished", each.starts_at, now) if each.ends_at is None else each
            for each in self.town.stays
        ]

    @rule(
        target=ties,
        organisation=st.sampled_from(["RRV", "RRV", "F84004"]),
        user=st.sampled_from([None, "u1"]),
        begins_in=st.sampled_from([timedelta(0), timedelta(0), timedelta(hours=1)]),
        lasts=st.sampled_from([None, timedelta(hours=1), timedelta(hours=72)]),
    )
    def is_referred(
        self, organisation: str, user: str | None, begins_in: timedelta, lasts: timedelta | None
    ) -> UUID:
        starts_at = self.model.now + begins_in
        tie = Tie(organisation, user, starts_at, None if lasts is None else starts_at + lasts)
        tie_id = uuid4()
        self.model.ties[tie_id] = tie
        self._recorded(add_relationships, [self._row(tie_id, tie)])
        return tie_id

    def _row(self, tie_id: UUID, tie: Tie) -> Relationship:
        return Relationship(
            id=tie_id,
            patient_key=self.workers[0].key,
            organisation=tie.organisation,
            type=RelationshipType.REFERRAL,
            basis="test",
            starts_at=tie.starts_at,
            ends_at=tie.ends_at,
            source="test",
            user_id=tie.user_id,
        )

    @rule(tie_id=consumes(ties))
    def referral_ends(self, tie_id: UUID) -> None:
        self._end(tie_id)

    def _end(self, tie_id: UUID) -> None:
        tie = self.model.ties[tie_id]
        # None may end before it begins.
        ends_at = max(self.model.now, tie.starts_at)
        self._recorded(end_relationship, tie_id, ends_at)
        if tie.ends_at is None or tie.ends_at > ends_at:
            self.model.ties[tie_id] = replace(tie, ends_at=ends_at)

    @rule(
        source=st.sampled_from(["*", "hospital"]),
        exceptions=st.sampled_from(ObjectionExceptions),
    )
    def objects(self, source: str, exceptions: ObjectionExceptions) -> None:
        key, now = self.workers[0].key, self.model.now
        self._recorded(record_objection, Objection(key, source, exceptions, now))
        self.model.objections[source] = exceptions is ObjectionExceptions.BREAK_GLASS

    @rule(source=st.sampled_from(["*", "hospital"]))
    def withdraws_an_objection(self, source: str) -> None:
        self._recorded(withdraw_objection, self.workers[0].key, source)
        self.model.objections.pop(source, None)

    def _recorded(self, act: Callable[..., object], *given: object) -> None:
        """Do something in the registry, on record, by the second worker."""
        log = self.workers[1].services.log

        async def done() -> None:
            event = RelationshipsImported(self.model.now, "test", "test", 1)
            async with log.recorded(event) as session:
                await session.do(act, *given)

        self.run(done())

    def teardown(self) -> None:
        for worker in self.workers:
            self.run(worker.services.aclose())
        self.loop.close()
        self.folder.cleanup()
