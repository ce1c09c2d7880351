"""What the gateway records of the traffic that it is sent over HTTP is what stands on paper, and its radar tells the same."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain
from uuid import UUID, uuid4

import orjson
import pytest

from adapters.simulators.traffic.plan import Traffic
from gateway.audit.entries import entries_between
from gateway.audit.radar.accesses import OPENING, Access
from gateway.audit.radar.suspicions import suspicions_in
from gateway.audit.radar.window import accesses_since
from gateway.audit.words import AskedAct, AuditAction
from gateway.patient.radar import LOOKS_BACK, Radar
from gateway.store.privacy_alerts import open_privacy_alerts
from gateway.store.words import AlertKind
from tests.radar.judged import Judged
from tests.radar.paper import accesses_on_paper
from tests.radar.test_promise import PRECISION, RECALL
from tests.radar.town import Size, Town, cohort_of, running_town, traffic_of
from tests.run_seed import SWITCH

DAYS = int(os.environ.get("SCR_PROVE_DAYS", "0"))  # noqa: TID251 - a switch of the test run
SEED = 200_000 + int(os.environ[SWITCH])  # noqa: TID251 - as above
HONEST_VISITS = 50
"""Of a day, in the slice of every run; all of its snooping besides."""

LATE = 0.1
"""Of all requests, those that a busy machine may keep from being decided in time."""


@dataclass
class Sent:
    """A town after its traffic, what stands on paper of it, and by which request each decision was asked for.

    `failed` is of requests that a busy machine kept from being decided in time.
    """

    town: Town
    traffic: Traffic
    paper: dict[UUID, Access]
    audited: dict[UUID, Access]
    failed: int


def sliced(traffic: Traffic) -> Traffic:
    honest = [each for each in traffic.visits if each.snooping is None][:HONEST_VISITS]
    snooping = [each for each in traffic.visits if each.snooping is not None]
    return replace(traffic, visits=tuple(honest + snooping))


@pytest.fixture(scope="module")
def sent(tmp_path_factory) -> Iterator[Sent]:
    size = Size(days=DAYS) if DAYS else Size(people=60, days=2, snooping=0.1)
    cohort = cohort_of(SEED, size)
    staff, traffic = traffic_of(cohort, SEED, size)
    if not DAYS:
        traffic = sliced(traffic)
    with running_town(tmp_path_factory.mktemp("town"), cohort, staff) as town:
        town.send(traffic)
        audited = audited_in(town)
        paper = {each.decision_id: each for each in accesses_on_paper(cohort, traffic)}
        decided = {name: each for name, each in audited.items() if each.reason != "check-failed"}
        yield Sent(town, traffic, paper, decided, len(audited) - len(decided))


def everything(store):
    """Read the whole audit as a command does: a request's few seconds are not enough for it."""
    with store.checking() as reading:
        return entries_between(reading, 1, 10**9)


def audited_in(town: Town) -> dict[UUID, Access]:
    """Read every access back, by the id of its request."""
    rows = everything(town.services.store)
    asked = [orjson.loads(row.body) for row in rows if row.action is AuditAction.ASKED]
    asks = {UUID(row["decision_id"]): UUID(row["request_id"]) for row in asked}
    since = town.clock() - LOOKS_BACK * 2
    accesses = town.do_patiently(lambda: accesses_since(town.services.store, since))
    return {asks[each.decision_id]: each for each in accesses}


def said(town: Town, access: Access) -> tuple[object, ...]:
    number = None if access.patient is None else town.services.ids.open(access.patient)
    who = (access.user_id, access.user_name, access.organisation)
    about = None if number is None else number.digits
    return (*who, access.act, access.at, about, access.is_allowed, access.reason, access.marks)


def said_on_paper(access: Access) -> tuple[object, ...]:
    who = (access.user_id, access.user_name, access.organisation)
    about = access.patient
    return (*who, access.act, access.at, about, access.is_allowed, access.reason, access.marks)


def test_each_request_is_recorded_as_it_stands_on_paper(sent: Sent, record_property):
    record_property("requests", len(sent.audited))
    record_property("not decided in time", sent.failed)

    assert sent.failed <= LATE * len(sent.paper)
    assert len(sent.audited) + sent.failed == len(sent.paper)
    recorded = {name: said(sent.town, each) for name, each in sent.audited.items()}
    assert recorded == {name: said_on_paper(sent.paper[name]) for name in recorded}


def test_the_traffic_marks_and_refuses(sent: Sent):
    acts = {each.act for each in sent.audited.values()}

    assert acts <= {*OPENING, AskedAct.FIND}
    assert any(each.marks for each in sent.audited.values())
    assert any(not each.is_allowed for each in sent.audited.values())
    assert set(chain.from_iterable(each.marks for each in sent.audited.values())) >= {
        "own-record",
        "same-household",
    }


def test_the_sweep_tells_of_the_same_people_as_stand_on_paper(sent: Sent, record_property):
    # Two weeks of traffic end some hours after the day that the sweep looks back to.
    since = sent.town.clock() - LOOKS_BACK
    lately = [each for each in sent.paper.values() if each.at >= since]
    told = suspicions_in(sorted(lately, key=lambda each: (each.at, each.decision_id)))
    judged = Judged()
    judged.add(sent.traffic, len(sent.paper), told)
    for name in ("visits", "recall", "precision"):
        record_property(name, getattr(judged, name))

    services, clock = sent.town.services, sent.town.clock
    radar = Radar(services.store, services.log, clock, uuid4)
    count = sent.town.do_patiently(radar.sweep)

    alerts = [
        each
        for each in sent.town.do_patiently(lambda: services.store.read(open_privacy_alerts, 10_000))
        if each.kind is AlertKind.RADAR
    ]
    # One that was begun anew has counted only what it raised itself.
    assert 0 < count <= len(alerts)
    if not sent.failed:
        assert {(each.user_id, number_of(sent, each.patient)) for each in alerts} == {
            (each.user_id, each.patient) for each in told
        }


def number_of(sent: Sent, patient: str | None) -> str | None:
    number = None if patient is None else sent.town.services.ids.open(patient)
    return None if number is None else number.digits


if DAYS:  # of a slice no share means anything

    def test_over_http_most_snooping_is_found_and_most_alerts_are_right(sent: Sent):
        judged = Judged()
        judged.add(sent.traffic, len(sent.audited), suspicions_in(by_request(sent.audited)))

        deviation = 3 * (RECALL * (1 - RECALL) / judged.found.total()) ** 0.5
        assert judged.recall >= RECALL - deviation
        assert judged.precision >= PRECISION - deviation


def by_request(audited: dict[UUID, Access]) -> list[Access]:
    named = [replace(each, decision_id=name) for name, each in audited.items()]
    return sorted(named, key=lambda each: (each.at, each.decision_id))
