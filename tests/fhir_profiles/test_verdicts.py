"""Verdicts are found off the request's path, once per content."""

from concurrent.futures import Executor, Future, ThreadPoolExecutor
from hashlib import sha256
from typing import Any

import pytest
from typing_extensions import override

from fhir_profiles.issues import Issue, IssueKind
from fhir_profiles.validate import Verdict, verdict_r4
from fhir_profiles.verdicts import Verdicts

CLEAN = Verdict(())


class HeldExecutor(Executor):
    """An executor that works only when told to."""

    def __init__(self) -> None:
        self.held: list[tuple[Future[Any], Any, tuple[Any, ...]]] = []

    @override
    def submit(self, fn: Any, /, *args: Any, **_: Any) -> Future[Any]:
        future: Future[Any] = Future()
        self.held.append((future, fn, args))
        return future

    def work(self) -> None:
        while self.held:
            future, function, args = self.held.pop(0)
            try:
                future.set_result(function(*args))
            except OSError as fault:
                future.set_exception(fault)


@pytest.fixture
def executor() -> HeldExecutor:
    return HeldExecutor()


def test_a_verdict_is_unknown_until_it_is_found(executor: HeldExecutor) -> None:
    verdicts = Verdicts(executor, lambda _: CLEAN)

    digest = verdicts.submit(b"one")

    assert digest == sha256(b"one").digest()
    assert verdicts.known(digest) is None
    executor.work()
    assert verdicts.known(digest) is CLEAN


def test_the_same_content_is_judged_once(executor: HeldExecutor) -> None:
    verdicts = Verdicts(executor, lambda _: CLEAN)

    verdicts.submit(b"one")
    verdicts.submit(b"one")
    assert len(executor.held) == 1

    executor.work()
    verdicts.submit(b"one")
    assert executor.held == []


def test_the_longest_unasked_for_verdict_is_dropped_first(executor: HeldExecutor) -> None:
    verdicts = Verdicts(executor, lambda _: CLEAN, capacity=2)
    first, second = verdicts.submit(b"one"), verdicts.submit(b"two")
    executor.work()

    verdicts.known(first)
    third = verdicts.submit(b"three")
    executor.work()

    assert [verdicts.known(digest) for digest in (first, second, third)] == [CLEAN, None, CLEAN]


def test_more_than_can_be_kept_does_not_queue(executor: HeldExecutor) -> None:
    verdicts = Verdicts(executor, lambda _: CLEAN, capacity=2)

    for body in (b"one", b"two", b"three"):
        verdicts.submit(body)

    assert len(executor.held) == 2


def test_a_judge_that_fails_leaves_no_verdict_and_may_be_asked_again(
    executor: HeldExecutor,
) -> None:
    def fail(_: bytes) -> Verdict:
        raise OSError

    verdicts = Verdicts(executor, fail)
    digest = verdicts.submit(b"one")
    executor.work()

    assert verdicts.known(digest) is None
    verdicts.submit(b"one")
    assert len(executor.held) == 1


def test_work_that_is_cancelled_leaves_no_verdict(executor: HeldExecutor) -> None:
    verdicts = Verdicts(executor, lambda _: CLEAN)
    digest = verdicts.submit(b"one")

    executor.held[0][0].cancel()

    assert verdicts.known(digest) is None


def test_a_closed_executor_is_no_fault_of_the_reader() -> None:
    executor = ThreadPoolExecutor(1)
    executor.shutdown()
    verdicts = Verdicts(executor, lambda _: CLEAN)

    assert verdicts.known(verdicts.submit(b"one")) is None


def test_the_real_judge_works_in_a_thread() -> None:
    with ThreadPoolExecutor(1) as executor:
        verdicts = Verdicts(executor, verdict_r4)
        digest = verdicts.submit(b"{")

    assert verdicts.known(digest) == Verdict((Issue(IssueKind.UNREADABLE, ""),))
