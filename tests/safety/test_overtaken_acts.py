"""What is decided while the policy changes is decided again, and not for ever; and nothing is ended twice."""

from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from gateway.access.permissions import EVERY_ROLE, StoredPermissions
from gateway.audit.log import AuditLog
from gateway.patient.disclosure import DECISIONS_AT_MOST
from tests.races.deployment import Clock, Town, open_worker, prepare
from tests.races.lives import BEGINNING
from tests.races.pleas import break_glass, claim, end_emergency, record_answer
from tests.races.sights import SIGHTS
from tests.safety.failing_parts import with_access
from tests.tokens import GP, NURSE, token

ALWAYS = 1_000


def signed_in(profile):
    held = ["TREAT", "ETREAT"]
    role, reads = profile["person_roleid"], "user/*.rs"
    return token(sid="one", selected_roleid=role, purpose_of_use=held, scope=reads)


@pytest.fixture
async def worker(tmp_path):
    clock = Clock(BEGINNING)
    opened = open_worker(await prepare(tmp_path, SIGHTS[0], clock), Town(), clock)
    yield opened
    await opened.services.aclose()


class Older:
    """The active policy, called by an older name for this many times."""

    def __init__(self, policies, times):
        self.policies, self.times = policies, times

    async def active(self):
        self.times -= 1
        found = await self.policies.active()
        return replace(found, version="older") if self.times >= 0 else found


def resting_on(worker, policies):
    """The same worker, whose decisions rest on these policies; people there are asked before a view."""
    registry = worker.services.records.access.registry
    asked = StoredPermissions(registry, {"F84004": (EVERY_ROLE,)})
    services = with_access(worker.services, policies=policies, permissions=asked)
    return replace(worker, services=services)


async def breaks(worker):
    return await break_glass(worker, signed_in(NURSE), "ETREAT")


async def claims(worker):
    return await claim(worker, signed_in(NURSE))


async def answers(worker):
    return await record_answer(worker, signed_in(GP))


every_act = pytest.mark.parametrize("act", [breaks, claims, answers])


@every_act
async def test_what_an_older_policy_allowed_is_decided_again(worker, act):
    policies = Older(worker.services.policies, DECISIONS_AT_MOST - 1)

    assert (await act(resting_on(worker, policies))).left is not None


@every_act
async def test_under_a_policy_that_keeps_changing_nobody_is_let_in(worker, act):
    policies = Older(worker.services.policies, ALWAYS)

    done = await act(resting_on(worker, policies))

    assert (done.outcome, done.left) == ("unavailable", None)


class Overtaken(AuditLog):
    """The audit of a worker, before whose next transaction something else happens."""

    def __init__(self, log, first):
        self.log, self.first = log, [first]

    async def append(self, event):
        return await self.log.append(event)

    @asynccontextmanager
    async def recorded(self, event):
        while self.first:
            await self.first.pop()()
        async with self.log.recorded(event) as session:
            yield session


async def test_an_emergency_ends_once(worker):
    grant = (await breaks(worker)).left

    async def ends(at):
        return await end_emergency(at, signed_in(NURSE), grant.id)

    emergencies = worker.services.emergencies
    late = Overtaken(emergencies.log, lambda: ends(worker))
    services = replace(worker.services, emergencies=replace(emergencies, log=late))

    assert (await ends(replace(worker, services=services))).outcome == "not-found"
    assert not late.first


async def test_a_second_step_is_not_taken_whose_first_is_ended_meanwhile(worker):
    first = (await break_glass(worker, signed_in(GP), "ETREAT")).left
    emergencies = worker.services.emergencies
    late = Overtaken(emergencies.log, lambda: end_emergency(worker, signed_in(GP), first.id))
    alerts = replace(emergencies.alerts, log=late)
    services = replace(worker.services, emergencies=replace(emergencies, alerts=alerts))

    done = await break_glass(replace(worker, services=services), signed_in(GP), "BTG")

    assert (done.outcome, done.left) == ("break-glass-required", None)
    assert not late.first


async def test_an_emergency_that_founded_no_relationship_ends(worker):
    grant = (await break_glass(worker, signed_in(GP), "ETREAT")).left

    assert grant.relationship is None
    assert (await end_emergency(worker, signed_in(GP), grant.id)).outcome == "ended"
    assert (await end_emergency(worker, signed_in(GP), grant.id)).outcome == "not-found"
