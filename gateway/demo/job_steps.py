"""Do what several of the check's jobs do: sign in, run a command, and say what was met instead of what should have been."""

import subprocess
import sys
from collections.abc import Sequence

from gateway.demo.running import Demo
from gateway.demo.simulators import Simulated
from gateway.demo.visitor import Answer, Visitor

_MOST_TOLD = 200
"""Characters of what a command said last: enough for a sentence."""


class UnexpectedError(Exception):
    """Say what a job met instead of what it should have met."""


def signed_in(demo: Demo, username: str) -> Visitor:
    """Sign one of the demo's users in, and give them the gateway to ask."""
    form = {"grant_type": "password", "username": username, "password": demo.password}
    answer = answered(Visitor(demo.addresses[Simulated.IDENTITY]).post_form("/token", form))
    return Visitor(demo.gateway, answer.json()["access_token"])


def answered(answer: Answer) -> Answer:
    """Give an answer that is one.

    Raises UnexpectedError.
    """
    expect(answer.status == 200, f"status {answer.status}")
    return answer


def refused(demo: Demo, *words: str, token: str, why: str) -> None:
    """Run a command that must be refused to this person, for this reason and no other.

    Raises UnexpectedError.
    """
    must_be_refused(_run(demo, words, token), why)


def must_be_refused(ended: subprocess.CompletedProcess[bytes], why: str) -> None:
    """See that a command ended because it was refused.

    Raises UnexpectedError with what it said instead.
    """
    told = ended.stderr.decode(errors="replace").strip()
    is_refused = ended.returncode == 1 and told.endswith(f"Reason: {why}.")
    expect(is_refused, f"exit code {ended.returncode}: {told[-_MOST_TOLD:]}")


def command(demo: Demo, *words: str, token: str = "") -> bytes:
    """Run a command of the demo's own deployment, as the person whose token it reads; give what it printed.

    Raises UnexpectedError when it fails.
    """
    ended = _run(demo, words, token)
    expect(ended.returncode == 0, f"exit code {ended.returncode}")
    return ended.stdout


def _run(demo: Demo, words: Sequence[str], token: str) -> subprocess.CompletedProcess[bytes]:
    whole = [sys.executable, "-m", "gateway.cli", *words, "--config", str(demo.folder.settings)]
    return subprocess.run(  # noqa: S603 - ourselves
        whole, input=token.encode(), capture_output=True, check=False
    )


def expect(is_as_expected: object, seen: str) -> None:
    """Go on, or say what was seen.

    Raises UnexpectedError.
    """
    if not is_as_expected:
        raise UnexpectedError(seen)
