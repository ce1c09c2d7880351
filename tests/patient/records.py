"""A deployment of the record's parts over a real store and audit, its sources and PDS small and in memory."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from uuid import UUID

import orjson

from adapters.contract import Demographics, Outcome, SourceAnswer, Trace, TraceOutcome
from gateway.access.decision import AccessControl, Question
from gateway.access.registry import patient_key
from gateway.audit.acts import AskedAct
from gateway.audit.entries import entries_between
from gateway.audit.log import AuditLog
from gateway.patient.alerts import PrivacyAlerts
from gateway.patient.directory import SourceDirectory
from gateway.patient.disclosure import Inquiry, Records
from gateway.patient.gather import Gatherer
from gateway.patient.suspicions import Suspicions
from rbac.canonical import length_prefixed
from rbac.decide import CompiledPolicy
from rbac.types import Levels, OrganisationKind, Purpose
from tests.agreed import Agreed
from tests.patient.factories import (
    NUMBER,
    PATIENT_ID,
    answer,
    clock,
    joiner,
    known_source,
    levels,
    person,
    principal,
    resource,
)
from tests.store_factories import VERSION


def compiled(seen: Levels, version=VERSION):
    """A policy that knows one role, in direct care."""
    words = ("gp", OrganisationKind.GENERAL_PRACTICE, Purpose.TREAT)
    return CompiledPolicy(version, {}, 0, {length_prefixed(words): seen})


@dataclass
class OnePolicy:
    policy: CompiledPolicy = field(default_factory=lambda: compiled(levels()))

    async def active(self):
        return self.policy


@dataclass
class NoRows:
    async def relationships(self, _patient):
        return ()

    async def objections(self, _patient):
        return ()

    async def holds(self, _patient):
        return ()

    async def teams(self, _organisation, _user_id):
        return ()


def found(*people: Demographics) -> Trace:
    return Trace(TraceOutcome.FOUND, people, tuple(1.0 for _ in people))


@dataclass
class Pds:
    """PDS that gives one answer to everything, and remembers what it was asked."""

    trace: Trace = field(default_factory=lambda: found(person()))
    asked: list[object] = field(default_factory=list)

    async def read(self, nhs_number):
        self.asked.append(nhs_number)
        return self.trace

    async def find(self, request):
        self.asked.append(request)
        return self.trace


@dataclass
class Source:
    """A source that gives one answer, when it may."""

    answer: SourceAnswer
    may_answer: Callable[[], object] = lambda: asyncio.sleep(0)
    asked: int = 0
    reports: int = 0

    async def ask(self, _request):
        self.asked += 1
        await self.may_answer()
        return self.answer

    def report_wrong_patient(self):
        self.reports += 1

    @property
    def known(self):
        return known_source(self.answer.source_id, adapter_for=lambda _practice: self)


def default_sources():
    given = answer(resource("Condition"), resource("Encounter"), source="gp")
    return {"gp": Source(given), "hospital": Source(SourceAnswer("hospital", Outcome.EMPTY))}


class NobodySuspended:
    async def is_suspended(self, _user_id, _role_profile_id):
        return False


@dataclass
class Deployment:
    log: AuditLog
    sources: Mapping[str, Source] = field(default_factory=default_sources)
    policies: OnePolicy = field(default_factory=OnePolicy)
    pds: Pds = field(default_factory=Pds)
    ids_made: int = 0
    offered: list[tuple[SourceAnswer, ...]] = field(default_factory=list)

    def new_id(self):
        self.ids_made += 1
        return UUID(int=self.ids_made)

    @property
    def access(self):
        return AccessControl(
            Agreed(),
            self.policies,
            NoRows(),
            self.pds,
            {},
            clock,
            self.new_id,
            NobodySuspended(),
        )

    @property
    def records(self):
        directory = SourceDirectory(tuple(each.known for each in self.sources.values()))
        return Records(
            access=self.access,
            gatherer=Gatherer(directory),
            joiner=joiner(directory),
            log=self.log,
            suspicions=Suspicions(self.log, clock, self.new_id, partial(patient_key, b"r" * 64)),
            clock=clock,
            new_id=self.new_id,
            hash_key=b"k" * 64,
            judge=self,
            alerts=PrivacyAlerts(self.log, clock, self.new_id, frozenset({"RRV"})),
        )

    def offer(self, answers):
        """Stand for whoever judges what sources sent."""
        self.offered.append(tuple(answers))

    @asynccontextmanager
    async def viewing(self, asks=None, answers=None, records=None):
        """Open a view and show all of it."""
        async with (records or self.records).open(inquiry(asks, answers)) as opened:
            opened.will_show(opened.view.items)
            yield opened

    async def rows(self):
        """Every audit row so far."""
        rows = await self.log._store.read(entries_between, 1, 1000)
        return [orjson.loads(row.body) for row in rows]


def inquiry(asks=None, answers=None):
    question = Question(asks or principal(), Purpose.TREAT, NUMBER, PATIENT_ID)
    return Inquiry(question, AskedAct.VIEW, "request-1", answers)
