"""The invented traffic: a stated share of snooping among honest work that looks odd now and then."""

import subprocess
import sys
from collections import Counter
from datetime import timedelta
from hashlib import sha256

import pytest

from adapters.simulators.traffic.plan import Wanted, make_traffic
from adapters.simulators.traffic.shifts import LONDON, shifts_of
from adapters.simulators.traffic.snooping import SHARES
from adapters.simulators.traffic.staff import JOBS, Pattern, make_staff
from adapters.simulators.traffic.visits import SnoopingKind, StepKind, truth_of
from tests.prove import ROOT
from tests.radar.town import BEGINS, Size, cohort_of, traffic_of

SIZE = Size()


@pytest.fixture(scope="module")
def cohort():
    return cohort_of(1, SIZE)


@pytest.fixture(scope="module")
def traffic(cohort):
    return traffic_of(cohort, 1, SIZE)[1]


def honest(traffic):
    return [each for each in traffic.visits if each.snooping is None]


def snooping(traffic):
    return [each for each in traffic.visits if each.snooping is not None]


def test_the_same_seed_gives_the_same_requests(cohort, traffic):
    again, other = traffic_of(cohort, 1, SIZE)[1], traffic_of(cohort, 2, SIZE)[1]

    assert again == traffic
    assert set(truth_of(other.visits)).isdisjoint(truth_of(traffic.visits))


@pytest.mark.parametrize("hash_seed", ["1", "2"])
def test_every_process_lays_out_the_same_requests(cohort, traffic, hash_seed):
    # Sets are in another order in each process, and numbers show themselves alike.
    laid = "from tests.radar.test_traffic import *; print(digest(traffic_of(cohort_of(1, SIZE), 1, SIZE)[1]))"
    environment = {"PYTHONPATH": str(ROOT), "PYTHONHASHSEED": hash_seed}
    done = subprocess.run(
        [sys.executable, "-c", laid], env=environment, check=True, capture_output=True, text=True
    )

    assert done.stdout.strip() == digest(traffic)


def digest(traffic):
    told = [f"{at} {step.request_id} {step.about.digits}" for at, _visit, step in traffic.steps()]
    return sha256("\n".join(told).encode()).hexdigest()


@pytest.mark.parametrize("share", [0.0, 0.02, 0.2])
def test_the_share_of_snooping_is_as_stated(cohort, share):
    made = make_traffic(cohort, make_staff(cohort, 1), Wanted(1, BEGINS, 3, share))

    assert len(snooping(made)) / len(made.visits) == pytest.approx(share, abs=0.002)


@pytest.mark.parametrize(("days", "share"), [(0, 0.02), (1, 1.0), (1, -0.1)])
def test_traffic_that_cannot_be_is_refused(cohort, days, share):
    with pytest.raises(ValueError, match="share of snooping"):
        make_traffic(cohort, make_staff(cohort, 1), Wanted(1, BEGINS, days, share))


def test_every_kind_of_snooping_is_met_about_as_often_as_stated(cohort):
    staff = make_staff(cohort, 1)
    made = make_traffic(cohort, staff, Wanted(1, BEGINS, 28, 0.3))
    counted = Counter(each.snooping for each in snooping(made))

    for kind in SnoopingKind:
        assert counted[kind] / counted.total() == pytest.approx(SHARES[kind], rel=0.25)


def test_requests_come_in_order_of_time_each_with_an_id_of_its_own(traffic):
    steps = list(traffic.steps())
    times = [at for at, _visit, _step in steps]

    assert times == sorted(times)
    assert len({step.request_id for _at, _visit, step in steps}) == len(steps) > 5_000
    assert len(truth_of(traffic.visits)) == len(steps)


def test_nobody_honest_opens_their_own_record(traffic):
    assert all(each.about != each.member.own_number for each in honest(traffic) if each.about)


def test_honest_work_looks_odd_now_and_then(cohort, traffic):
    made = honest(traffic)
    looks = [each for each in made if [step.kind for step in each.steps] == [StepKind.VIEW]]
    claims = [each for each in made if any(step.kind == StepKind.CLAIM for step in each.steps)]
    late = [each for each in made if each.at.astimezone(LONDON).hour in {22, 23, 0, 1, 2, 3}]
    names = [each for each in made if each.about and is_namesake(cohort, each)]

    assert 0.1 < len(looks) / len(made) < 0.3
    assert min(map(len, (claims, late, names))) > 5


def is_namesake(cohort, visit):
    return cohort.people[visit.about].family_name == visit.member.user.family_name


@pytest.mark.parametrize(
    ("kind", "of"),
    [
        (SnoopingKind.OWN_RECORD, lambda each: each.about == each.member.own_number),
        (SnoopingKind.FAMILY_AT_HOME, lambda each: each.about in each.member.lives_with),
        (SnoopingKind.FISHING, lambda each: each.about is None and len(each.steps) >= 6),
    ],
)
def test_each_snooping_is_of_its_kind(traffic, kind, of):
    found = [each for each in snooping(traffic) if each.snooping is kind]

    assert found
    assert all(map(of, found))


def test_staff_are_as_many_as_there_are_jobs_and_each_one_person(cohort):
    staff = make_staff(cohort, 3)

    jobs = sum(job.count for jobs in JOBS.values() for job in jobs)
    assert len({each.user.user_id for each in staff}) == len(staff) == jobs
    own = [each.own_number for each in staff if each.own_number]
    assert len(set(own)) == len(own) > 5
    assert any(each.lives_with for each in staff)
    assert all(each.own_number not in each.lives_with for each in staff)


@pytest.mark.parametrize("pattern", Pattern)
def test_shifts_follow_the_pattern(cohort, pattern):
    [member, *_more] = [each for each in make_staff(cohort, 3) if each.job.pattern is pattern]
    shifts = list(shifts_of(member, BEGINS.date(), 28, 1))
    begins = {each.begins.astimezone(LONDON).hour for each in shifts}

    assert (
        begins <= {Pattern.OFFICE: {8}, Pattern.ROTA: {7, 19}, Pattern.EVENINGS: {10, 17}}[pattern]
    )
    assert 8 <= len(shifts) <= 26
    assert all(each.ends - each.begins < timedelta(hours=13) for each in shifts)
    works_weekends = any(each.begins.weekday() > 4 for each in shifts)
    assert works_weekends is (pattern is not Pattern.OFFICE)
