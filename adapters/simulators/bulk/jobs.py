"""Carry exports out: what each holds, how far it is, how long its files are kept.

Answers no request. A job is ready after so many polls, so that no test waits for a clock.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from adapters.simulators.bulk.orders import Order
from adapters.simulators.bulk.outcomes import RefusedError, outcome
from adapters.simulators.bulk.shelf import Deletion, Shelf, Window
from adapters.simulators.rendering import write

# After so many polls that came too soon the source gives an export up, as it may.
MOST_EARLY_POLLS = 10


@dataclass(frozen=True, slots=True)
class Pace:
    """How an export goes. Polls that come sooner than `seconds_between_polls` are turned away."""

    polls_until_ready: int = 2
    seconds_between_polls: int = 1
    resources_a_file: int = 10_000
    exports_at_once: int = 2
    kept: timedelta = timedelta(hours=1)
    # A part of every export that the source itself could not write, to be told of in an error file.
    unwritable: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class File:
    """One file of an export."""

    resource_type: str
    lines: tuple[bytes, ...] = field(repr=False)

    def body(self) -> bytes:
        """Give the file's bytes: one resource a line."""
        return b"".join(line + b"\n" for line in self.lines)


@dataclass(slots=True)
class Job:
    """One export under way or done."""

    id: str
    client_id: str
    request: str
    transaction_time: datetime
    output: tuple[File, ...]
    deleted: tuple[File, ...]
    error: tuple[File, ...]
    polls_left: int
    next_poll_at: datetime
    early_polls: int = 0
    ends_at: datetime | None = None

    @property
    def is_ready(self) -> bool:
        """Say whether its files can be had."""
        return self.ends_at is not None

    @property
    def files(self) -> tuple[File, ...]:
        """Give all files, in the order of their numbers."""
        return (*self.output, *self.deleted, *self.error)


@dataclass(slots=True)
class Jobs:
    """Every export of one source."""

    shelf: Shelf
    pace: Pace
    now: Callable[[], datetime]
    new_secret: Callable[[], str]
    _jobs: dict[str, Job] = field(default_factory=dict)

    def begin(self, order: Order, client_id: str, request: str) -> Job:
        """Begin an export.

        Raises RefusedError when the client has too many under way.
        """
        now = self.now()
        under_way = [job for job in self._jobs.values() if job.client_id == client_id]
        if sum(not job.is_ready for job in under_way) >= self.pace.exports_at_once:
            raise self._too_many("Too many exports are under way.")
        window = Window(order.since, now)
        job = Job(
            id=self.new_secret(),
            client_id=client_id,
            request=request,
            transaction_time=now,
            output=tuple(self._output(order, window)),
            deleted=tuple(self._deleted(order, window)),
            error=tuple(self._unwritten(order)),
            polls_left=self.pace.polls_until_ready,
            next_poll_at=now,
        )
        self._jobs[job.id] = job
        return job

    def poll(self, job_id: str, client_id: str) -> Job:
        """Look at an export, which goes on meanwhile.

        Raises RefusedError when it is not there or not this client's, or when this is too soon.
        """
        job, now = self.job_of(job_id, client_id), self.now()
        if job.is_ready:
            return job
        if now < job.next_poll_at:
            self._note_early_poll(job)
            raise self._too_many("Poll less often.")
        job.next_poll_at = now + timedelta(seconds=self.pace.seconds_between_polls)
        if job.polls_left == 0:
            job.ends_at = now + self.pace.kept
        job.polls_left = max(0, job.polls_left - 1)
        return job

    def job_of(self, job_id: str, client_id: str) -> Job:
        """Find an export.

        Raises RefusedError when it is not there, over, or not this client's: the three look alike.
        """
        job = self._jobs.get(job_id)
        is_over = job is not None and job.ends_at is not None and job.ends_at <= self.now()
        if job is None or is_over or job.client_id != client_id:
            raise RefusedError(404, "not-found", "No such export.")
        return job

    def end(self, job_id: str, client_id: str) -> None:
        """Give an export up, and its files.

        Raises RefusedError when it is not there or not this client's.
        """
        del self._jobs[self.job_of(job_id, client_id).id]

    def _note_early_poll(self, job: Job) -> None:
        job.early_polls += 1
        if job.early_polls > MOST_EARLY_POLLS:
            del self._jobs[job.id]

    def _too_many(self, diagnostics: str) -> RefusedError:
        return RefusedError(429, "throttled", diagnostics, self.pace.seconds_between_polls)

    def _output(self, order: Order, window: Window) -> Iterator[File]:
        for resource_type in order.types:
            if resource_type not in self.pace.unwritable:
                found = self.shelf.changed(resource_type, window)
                bodies = [line.body for line in found]
                yield from _files(resource_type, bodies, self.pace.resources_a_file)

    def _deleted(self, order: Order, window: Window) -> Iterator[File]:
        # Bulk Data 2.0.0: only an export of changes tells what is gone.
        if order.since is None:
            return
        gone = [
            each
            for each in self.shelf.deletions
            if each.resource_type in order.types and window.has(each.deleted_at)
        ]
        yield from _files("Bundle", [_deletion(each) for each in gone], self.pace.resources_a_file)

    def _unwritten(self, order: Order) -> Iterator[File]:
        for resource_type in self.pace.unwritable & set(order.types):
            body = outcome("exception", f"{resource_type} could not be written.")
            yield File("OperationOutcome", (body,))


def _files(resource_type: str, bodies: Sequence[bytes], size: int) -> Iterator[File]:
    for first in range(0, len(bodies), size):
        yield File(resource_type, tuple(bodies[first : first + size]))


def _deletion(gone: Deletion) -> bytes:
    request = {"method": "DELETE", "url": f"{gone.resource_type}/{gone.id}"}
    return write({"resourceType": "Bundle", "type": "transaction", "entry": [{"request": request}]})
