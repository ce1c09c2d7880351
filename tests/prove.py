"""Run the full count of a named promise and keep what came of it, bound to the code that it is true of.

`python -m tests.prove P01` runs one, `--stale` runs every one whose evidence is older than the code it names,
`--list-stale` names those. Evidence: `docs/evidence/NAME.json` (docs/decisions/0008, section 8).
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from secrets import randbelow
from xml.etree import ElementTree

import pytest

from gateway.wiring import now
from tests.mutation.copied_tree import environment
from tests.promised import PROMISES, Promise

ROOT = Path(__file__).parents[1]
EVIDENCE = ROOT / "docs" / "evidence"
_OF_THE_MACHINE = ("SCR_SAMPLE_DATA", "SCR_REQUIRE")
_CAME_TO_ITS_END = (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED)


@dataclass(frozen=True)
class Evidence:
    """What one full run gave; `commit` is the one that the code was at, `digest` what the code itself was.

    A history that is written anew loses the commit; the digest is of `code` and of the tests that tried it.
    """

    promise: str
    says: str
    seed: int
    count: int
    tests: int
    failures: int
    commit: str
    digest: str
    code: tuple[str, ...]
    switches: Mapping[str, str]
    date: str
    counted: Mapping[str, Mapping[str, str]]
    """By test, what it recorded of itself: how much it tried, and what of."""


def main(arguments: list[str]) -> int:
    """Do what the command line says; the exit status is the number of promises that did not hold."""
    parser = argparse.ArgumentParser(prog="python -m tests.prove")
    parser.add_argument("name", nargs="?", choices=sorted(PROMISES))
    parser.add_argument("--stale", action="store_true", help="renew what is stale")
    parser.add_argument("--list-stale", action="store_true", help="name what is stale")
    chosen = parser.parse_args(arguments)
    if chosen.list_stale:
        _say("".join(f"{name}: {why}\n" for name, why in stale().items()))
        return 0
    names = list(stale()) if chosen.stale else [chosen.name] if chosen.name else []
    if not names and not chosen.stale:
        parser.print_help()
        return 2
    return sum(not prove(name) for name in names)


def prove(name: str) -> bool:
    """Run one promise in full and keep the evidence; say whether it held.

    Raises SystemExit when the code it names is not committed, is not there, or changed while it was tried: evidence must
    be of a commit.
    """
    promise = PROMISES[name]
    commit, digest = _git("rev-parse", "HEAD"), _committed(name, promise)
    seed = randbelow(10**6)
    run = _run(promise, seed)
    if _committed(name, promise) != digest:
        raise SystemExit(f"{name}: the code changed while it was tried; try it again.")
    evidence = Evidence(
        name,
        promise.says,
        seed,
        promise.count,
        run.tests,
        run.failures,
        commit,
        digest,
        promise.code,
        promise.switches,
        now().date().isoformat(),
        run.counted,
    )
    EVIDENCE.mkdir(parents=True, exist_ok=True)
    (EVIDENCE / f"{name}.json").write_text(json.dumps(asdict(evidence), indent=2) + "\n")
    _say(
        f"{name}: {promise.count} tried, {run.failures} of {run.tests} tests failed, seed {seed}\n"
    )
    _say("".join(f"  {test}: {dict(told)}\n" for test, told in run.counted.items()))
    return run.tests > 0 and run.failures == 0


def _committed(name: str, promise: Promise) -> str:
    """Give the digest of the code; SystemExit if there is none of some name, or other than what is committed."""
    bound = _bound(promise)
    if _changes(bound):
        raise SystemExit(f"{name}: commit the code first; evidence is bound to a commit.")
    missing = [each for each in bound if not _git("ls-tree", "HEAD", "--", each)]
    if missing:
        raise SystemExit(
            f"{name}: there is no {', '.join(missing)} any more: say which code it is of."
        )
    return _digest("HEAD", bound)


def _bound(promise: Promise) -> Sequence[str]:
    return sorted({*promise.code, *promise.tests})


def stale() -> dict[str, str]:
    """Name the promises whose evidence is missing, failed, or older than the code it names, and say why."""
    found = {name: _why_stale(name, promise) for name, promise in PROMISES.items()}
    return {name: why for name, why in found.items() if why is not None}


def _why_stale(name: str, promise: Promise) -> str | None:
    path = EVIDENCE / f"{name}.json"
    if not path.exists():
        return "there is no evidence"
    kept = json.loads(path.read_text())
    is_full = (
        kept["count"] >= promise.count
        and kept.get("switches", promise.switches) == promise.switches
    )
    if (
        kept["failures"]
        or not kept.get("tests")
        or not is_full
        or kept["code"] != list(promise.code)
    ):
        return "the evidence is not of what is promised now"
    bound = _bound(promise)
    if _changes(bound):
        return "the code has changes that are not committed"
    was = kept.get("digest") or _digest(kept["commit"], bound)
    if not was:
        return "its commit is not in this history"
    return None if was == _digest("HEAD", bound) else "the code has changed since"


def _changes(code: Sequence[str]) -> str:
    return _git("status", "--porcelain", "--untracked-files=all", "--", *code)


def _digest(commit: str, code: Sequence[str]) -> str:
    """Give the SHA-256 of the names and contents of the code at a commit; nothing for a commit that is not here."""
    if not _is_here(commit):
        return ""
    return sha256(_git("ls-tree", "-r", commit, "--", *code).encode()).hexdigest()


def _is_here(commit: str) -> bool:
    command = ["git", "cat-file", "-e", f"{commit}^{{commit}}"]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True)
    return done.returncode == 0


@dataclass(frozen=True)
class _Run:
    tests: int
    failures: int
    counted: Mapping[str, Mapping[str, str]]


_FAILED = _Run(0, 1, {})


def _run(promise: Promise, seed: int) -> _Run:
    if promise.shares == 1:
        return _run_share(promise, seed, "0/1")
    shares = [f"{share}/{promise.shares}" for share in range(promise.shares)]
    with ThreadPoolExecutor(promise.shares) as threads:
        runs = list(threads.map(lambda share: _run_share(promise, seed, share), shares))
    return _Run(
        sum(each.tests for each in runs),
        sum(each.failures for each in runs),
        {
            f"{test}, share {share}": told
            for share, each in zip(shares, runs, strict=True)
            for test, told in each.counted.items()
        },
    )


def _run_share(promise: Promise, seed: int, share: str) -> _Run:
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
        # The younger format of report has no place for what a test records of itself, nor for its file.
        command += ["-o", "junit_family=xunit1"]
        done = subprocess.run(
            [*command, f"--junitxml={report}", *promise.tests],
            cwd=ROOT,
            env={
                **_inherited(),
                **promise.switches,
                "SCR_PROVE_SEED": str(seed),
                "SCR_PROVE_SHARE": share,
            },
            check=False,
        )
        if done.returncode not in _CAME_TO_ITS_END or not report.exists():
            return _FAILED
        return _what_came(promise, done.returncode, ElementTree.parse(report).getroot())


def _what_came(promise: Promise, status: int, report: ElementTree.Element) -> _Run:
    found = _read(report)
    # A run can end badly with no test to blame, as by what fails when all of them are over.
    is_told = found.failures > 0 or status == pytest.ExitCode.OK
    return found if is_told and _tried_all(promise, report) else _FAILED


def _inherited() -> Mapping[str, str]:
    """Give the environment without what steers a run: a promise's switches alone say how much is tried, and how."""
    outer = os.environ  # noqa: TID251 - handed on to the test run
    return {**environment(), **{name: outer[name] for name in _OF_THE_MACHINE if name in outer}}


def _tried_all(promise: Promise, report: ElementTree.Element) -> bool:
    tried = {Path(case.attrib["file"]) for case in report.iter("testcase")}
    return all(any(file.is_relative_to(each) for file in tried) for each in promise.tests)


def _read(report: ElementTree.Element) -> _Run:
    suites = [each.attrib for each in report.iter("testsuite")]
    counted = {
        case.attrib["name"]: {
            each.attrib["name"]: each.attrib["value"] for each in case.iter("property")
        }
        for case in report.iter("testcase")
    }
    return _Run(
        sum(int(each["tests"]) for each in suites),
        sum(_failed(each) for each in suites),
        {test: told for test, told in counted.items() if told},
    )


def _failed(counted: Mapping[str, str]) -> int:
    # A skipped test shows nothing, so it counts against the promise.
    return sum(int(counted[name]) for name in ("failures", "errors", "skipped"))


def _git(*words: str) -> str:
    done = subprocess.run(["git", *words], cwd=ROOT, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def _say(text: str) -> None:
    sys.stdout.write(text)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
