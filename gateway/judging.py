"""Have what sources sent judged, once per content and off every request's path, and remember what was found.

Withholds and changes nothing: a verdict flags (docs/decisions/0001). Holds hashes, counts and the sources' own
names of faulty resources, in memory only. What cannot be judged in time is dropped and counted.
"""

import subprocess
import sys
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from hashlib import sha256
from threading import Lock, Timer
from typing import Protocol

from adapters.contract import SourceAnswer
from fhir_profiles.page_verdicts import PageVerdict
from gateway.judge_process import read_frame, read_verdict, write_frame
from gateway.metrics import Metrics

PAGE_BYTES_AT_MOST = 4 * 1024 * 1024
"""Twice the longest record known; with the longest queue, what waits stays far below the sources' own caps."""

REMEMBERED_PAGES = 2_000

_SECONDS_AT_MOST = 60.0
"""Of one page, at the lowest priority: longer is a page that was made to take long."""


class Judge(Protocol):
    """Whoever judges a page; None when that failed."""

    def judge(self, page: bytes) -> PageVerdict | None: ...
    def close(self) -> None: ...


class JudgeProcess:
    """The judging process, started when it is first needed, and again after it died."""

    def __init__(self, command: Sequence[str] = ()) -> None:
        self._command = tuple(command) or (sys.executable, "-m", "gateway.judge_process")
        self._running: subprocess.Popen[bytes] | None = None
        self._is_closed = False

    def judge(self, page: bytes) -> PageVerdict | None:
        """Have one page judged; None when the process died over it or took too long."""
        process = self._process()
        if process is None:
            return None
        assert process.stdin is not None
        assert process.stdout is not None
        too_late = Timer(_SECONDS_AT_MOST, process.kill)
        too_late.start()
        try:
            write_frame(process.stdin, page)
            answer = read_frame(process.stdout)
            return None if answer is None else read_verdict(answer)
        except (OSError, ValueError):
            return None
        finally:
            too_late.cancel()

    def close(self) -> None:
        """End the process; none is started any more."""
        self._is_closed = True
        self._end()

    def _process(self) -> subprocess.Popen[bytes] | None:
        if self._is_closed:
            return None
        if self._running is not None and self._running.poll() is not None:
            self._end()
        if self._running is None:
            # What it might write of a page must reach no log.
            self._running = subprocess.Popen(  # noqa: S603 - this very program
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        return self._running

    def _end(self) -> None:
        process, self._running = self._running, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            assert pipe is not None
            with suppress(OSError):
                pipe.close()


class Judging:
    """The queue before the judge, and the memory behind it. `most_waiting` views wait at most; 0 judges nothing."""

    def __init__(self, judge: Judge, metrics: Metrics, most_waiting: int) -> None:
        self._judge = judge
        self._metrics = metrics
        self._most_waiting = most_waiting
        self._waiting = 0
        self._found: OrderedDict[bytes, frozenset[str]] = OrderedDict()
        self._lock = Lock()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="judging")

    def offer(self, answers: Iterable[SourceAnswer]) -> None:
        """Leave a view's answers to be judged; never waits and never fails."""
        pages = [body for answer in answers for body in answer.bodies]
        if not pages or self._most_waiting == 0:
            return
        with self._lock:
            is_full = self._waiting >= self._most_waiting
            self._waiting += not is_full
        if is_full:
            self._drop("queue-full", len(pages))
            return
        try:
            self._thread.submit(self._judge_all, pages)
        except RuntimeError:
            self._drop("closed", len(pages))

    def faulty(self, answers: Iterable[SourceAnswer]) -> frozenset[tuple[str, str]]:
        """Name the resources of these answers that were found faulty, as (source, `Type/id`), so far as is known."""
        if not self._found:
            return frozenset()
        return frozenset(
            (answer.source_id, name)
            for answer in answers
            for body in answer.bodies
            for name in self._found.get(sha256(body).digest(), ())
        )

    def close(self) -> None:
        """Leave what waits unjudged, and end the judge."""
        self._thread.shutdown(wait=False, cancel_futures=True)
        # Once so that the thread waits for it no longer, once for one that it was just starting.
        self._judge.close()
        self._thread.shutdown()
        self._judge.close()

    def _judge_all(self, pages: Sequence[bytes]) -> None:
        with self._lock:
            self._waiting -= 1
        for page in pages:
            self._judge_one(page)

    def _judge_one(self, page: bytes) -> None:
        if len(page) > PAGE_BYTES_AT_MOST:
            self._drop("too-large", 1)
            return
        digest = sha256(page).digest()
        if digest in self._found:
            return
        verdict = self._judge.judge(page)
        if verdict is None:
            self._drop("failed", 1)
            return
        self._keep(digest, frozenset(verdict.faulty))
        self._metrics.judged.labels("clean").inc(verdict.clean)
        self._metrics.judged.labels("faulty").inc(verdict.judged - verdict.clean)
        for kind, count in verdict.kinds.items():
            self._metrics.faults.labels(kind).inc(count)

    def _keep(self, digest: bytes, faulty: frozenset[str]) -> None:
        # Only this thread changes it, one key at a time, which readers may look on at.
        self._found[digest] = faulty
        while len(self._found) > REMEMBERED_PAGES:
            self._found.popitem(last=False)

    def _drop(self, reason: str, pages: int) -> None:
        self._metrics.not_judged.labels(reason).inc(pages)
