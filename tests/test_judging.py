"""What sources sent is judged off every request's path, once, and never at the price of a request."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from threading import Event
from typing import Any

import pytest
from prometheus_client import Counter

from adapters.contract import Outcome, SourceAnswer
from fhir_profiles.page_verdicts import PageVerdict, page_verdict
from gateway.judge_process import judge_all, read_frame, read_verdict, write_frame
from gateway.judging import PAGE_BYTES_AT_MOST, REMEMBERED_PAGES, JudgeProcess, Judging
from gateway.metrics import Metrics
from tests.patient.factories import bundle, coded, patient, resource

GOOD = resource("Condition", "good", code=coded("1"))
BAD = resource("Condition", "bad", code="not a concept")
PAGE = bundle(patient(), GOOD, BAD)
FOUND = PageVerdict(2, 1, {"structure": 1}, ("Condition/bad",))


@dataclass
class Judge:
    """Judges when it may, and remembers what it was given."""

    verdict: PageVerdict | None = FOUND
    may_judge: Event = field(default_factory=Event)
    given: list[bytes] = field(default_factory=list)
    has_begun: Event = field(default_factory=Event)

    def judge(self, page: bytes) -> PageVerdict | None:
        self.given.append(page)
        self.has_begun.set()
        self.may_judge.wait(5)
        return self.verdict

    def close(self) -> None:
        self.may_judge.set()


def from_gp(*pages: bytes) -> SourceAnswer:
    return SourceAnswer("gp", Outcome.DATA, bodies=pages)


def counted(counter: Counter) -> dict[str, float]:
    samples = [each for metric in counter.collect() for each in metric.samples]
    return {
        next(iter(each.labels.values())): each.value
        for each in samples
        if each.name.endswith("_total") and each.value
    }


@pytest.fixture
def made() -> Iterator[Any]:
    opened: list[Judging] = []

    def make(judge: Any, most_waiting: int = 8) -> tuple[Judging, Metrics]:
        metrics = Metrics()
        opened.append(Judging(judge, metrics, most_waiting))
        return opened[-1], metrics

    yield make
    for each in opened:
        each.close()


def done(judging: Judging) -> None:
    """Wait for all that was offered."""
    judging._thread.submit(lambda: None).result(10)


def free(**changes: Any) -> Judge:
    judge = Judge(**changes)
    judge.may_judge.set()
    return judge


def test_a_page_is_judged_and_its_faulty_resources_are_named(made: Any) -> None:
    judging, metrics = made(free())
    assert judging.faulty([from_gp(b"page")]) == frozenset()

    judging.offer([from_gp(b"page")])
    done(judging)

    assert judging.faulty([from_gp(b"page", b"other")]) == {("gp", "Condition/bad")}
    assert judging.faulty([from_gp(b"other")]) == frozenset()
    assert counted(metrics.judged) == {"clean": 1.0, "faulty": 1.0}
    assert counted(metrics.faults) == {"structure": 1.0}


def test_the_same_page_is_judged_once(made: Any) -> None:
    judge = free()
    judging, _metrics = made(judge)

    judging.offer([from_gp(b"page"), from_gp(b"page")])
    judging.offer([from_gp(b"page")])
    done(judging)

    assert judge.given == [b"page"]


def test_nobody_waits_for_a_judge_who_is_slow_and_what_is_too_much_is_counted(made: Any) -> None:
    judge = Judge()
    judging, metrics = made(judge, 1)
    judging.offer([from_gp(b"one")])
    judge.has_begun.wait(5)
    judging.offer([from_gp(b"two")])

    judging.offer([from_gp(b"three", b"four")])

    assert counted(metrics.not_judged) == {"queue-full": 2.0}
    judge.may_judge.set()
    done(judging)
    assert judge.given == [b"one", b"two"]


def test_a_page_that_is_too_large_or_that_fails_is_counted_and_the_next_is_judged(
    made: Any,
) -> None:
    judge = free(verdict=None)
    judging, metrics = made(judge)

    judging.offer([from_gp(b" " * (PAGE_BYTES_AT_MOST + 1), b"page")])
    done(judging)
    judge.verdict = FOUND
    judging.offer([from_gp(b"page")])
    done(judging)

    assert counted(metrics.not_judged) == {"too-large": 1.0, "failed": 1.0}
    assert judge.given == [b"page", b"page"]


def test_nothing_is_judged_where_none_may_wait_nor_where_nothing_was_sent(made: Any) -> None:
    judge = free()
    made(judge, 0)[0].offer([from_gp(b"page")])
    judging, _metrics = made(judge)

    judging.offer([from_gp()])
    done(judging)

    assert judge.given == []


def test_a_judging_that_is_closed_takes_nothing_and_fails_nobody(made: Any) -> None:
    judging, metrics = made(free())
    judging.close()

    judging.offer([from_gp(b"page")])

    assert counted(metrics.not_judged) == {"closed": 1.0}


def test_only_so_much_is_remembered(made: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert REMEMBERED_PAGES >= 1_000
    monkeypatch.setattr("gateway.judging.REMEMBERED_PAGES", 1)
    judging, _metrics = made(free())

    judging.offer([from_gp(b"one", b"two")])
    done(judging)

    assert judging.faulty([from_gp(b"one")]) == frozenset()
    assert judging.faulty([from_gp(b"two")]) == {("gp", "Condition/bad")}


def test_the_process_judges_page_after_page_and_ends_with_its_input() -> None:
    asked, told = BytesIO(), BytesIO()
    for page in (PAGE, b"not a page"):
        write_frame(asked, page)
    asked.seek(0)

    judge_all(asked, told)

    told.seek(0)
    first, second = read_frame(told), read_frame(told)
    assert read_verdict(first or b"") == page_verdict(PAGE)
    assert read_verdict(second or b"") == PageVerdict(0, 0, {"unreadable": 1}, ())
    assert read_frame(told) is None


def test_a_frame_that_is_cut_off_is_none() -> None:
    whole = BytesIO()
    write_frame(whole, b"content")

    assert read_frame(BytesIO(whole.getvalue()[:-1])) is None


def test_a_page_tells_which_of_its_resources_have_another_form() -> None:
    verdict = page_verdict(PAGE)

    assert (verdict.judged, verdict.faulty) == (3, ("Condition/bad",))
    assert verdict.kinds["structure"] >= 1


def test_a_real_process_judges_and_is_started_again_after_it_died() -> None:
    process = JudgeProcess()
    try:
        first = process.judge(PAGE)
        assert process._running is not None
        process._running.kill()
        process._running.wait()
        again = process.judge(PAGE)
    finally:
        process.close()

    assert first == again == page_verdict(PAGE)
    assert process.judge(PAGE) is None


@pytest.mark.parametrize(
    "program",
    ["pass", "import sys; sys.stdin.buffer.read(9); sys.stdout.buffer.write(b'\\0\\0\\0\\1x')"],
)
def test_a_process_that_dies_or_talks_nonsense_judges_nothing(program: str) -> None:
    process = JudgeProcess((sys.executable, "-c", program))

    assert process.judge(PAGE) is None

    process.close()
