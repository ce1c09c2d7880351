"""Remember verdicts by the hash of what they are about, and have new ones found off the request's path.

Judges nothing itself and keeps no content: a SHA-256, and where faults were.
"""

from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Executor, Future
from hashlib import sha256
from threading import Lock

from fhir_profiles.validate import Verdict

Judge = Callable[[bytes], Verdict]


class Verdicts:
    """Verdicts on recent content, the least recently asked for dropped first.

    `judge` must be a plain function, so that the executor may be a pool of processes.
    """

    def __init__(self, executor: Executor, judge: Judge, capacity: int = 20_000) -> None:
        self._executor = executor
        self._judge = judge
        self._capacity = capacity
        self._found: OrderedDict[bytes, Verdict] = OrderedDict()
        self._asked: set[bytes] = set()
        self._lock = Lock()

    def known(self, digest: bytes) -> Verdict | None:
        """Give the verdict on the content with this SHA-256, or None when there is none yet."""
        with self._lock:
            if digest in self._found:
                self._found.move_to_end(digest)
            return self._found.get(digest)

    def submit(self, resource: bytes) -> bytes:
        """Have a resource judged unless it was or is being, and give its SHA-256; never waits.

        When as many as `capacity` wait already, or the executor is closed, nothing is asked for:
        the resource is judged when it comes again.
        """
        digest = sha256(resource).digest()
        if self._claim(digest):
            try:
                judging = self._executor.submit(self._judge, resource)
            except RuntimeError:
                self._release(digest)
            else:
                judging.add_done_callback(lambda future: self._keep(digest, future))
        return digest

    def _claim(self, digest: bytes) -> bool:
        with self._lock:
            if digest in self._found or digest in self._asked or len(self._asked) >= self._capacity:
                return False
            self._asked.add(digest)
            return True

    def _release(self, digest: bytes) -> None:
        with self._lock:
            self._asked.discard(digest)

    def _keep(self, digest: bytes, judging: Future[Verdict]) -> None:
        self._release(digest)
        if judging.cancelled() or judging.exception() is not None:
            return
        with self._lock:
            self._found[digest] = judging.result()
            while len(self._found) > self._capacity:
                self._found.popitem(last=False)
