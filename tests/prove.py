"""Run the full count of a named promise and keep what came of it, bound to the commit that it is true of.

`python -m tests.prove P01` runs one, `--stale` runs every one whose evidence is older than the code it names,
`--list-stale` names those. Evidence: `docs/evidence/NAME.json` (docs/decisions/0008, section 8).
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from secrets import randbelow
from xml.etree import ElementTree

from gateway.wiring import now

ROOT = Path(__file__).parents[1]
EVIDENCE = ROOT / "docs" / "evidence"


@dataclass(frozen=True)
class Promise:
    """What is promised, how often it is tried in full, by which tests, and which code it speaks of.

    `switches` are the environment variables by which the tests learn the full count.
    """

    says: str
    count: int
    switches: Mapping[str, str]
    tests: tuple[str, ...]
    code: tuple[str, ...]


PROMISES: Mapping[str, Promise] = {
    "P01": Promise(
        "No resource of another person is proven or joined, of generated answers with mix-ups.",
        100_000,
        {"SCR_PROVE_COUNT": "100000"},
        ("tests/safety/test_p01_mixups.py",),
        (
            "adapters/fhir_r4.py",
            "fhir_profiles/contained.py",
            "fhir_profiles/headers.py",
            "fhir_profiles/references.py",
            "fhir_profiles/spans.py",
            "fhir_profiles/uk_core.py",
            "gateway/patient/join.py",
            "gateway/patient/narrow.py",
            "gateway/patient/people.py",
            "gateway/patient/splice.py",
            "gateway/patient/verify.py",
            "gateway/patient/work.py",
            "tests/safety/mixups.py",
            "tests/safety/test_p01_mixups.py",
        ),
    ),
    "P03": Promise(
        "Every part that a decision rests on may fail in five ways, and nothing is disclosed.",
        45,
        {},
        ("tests/safety/test_p03_fail_closed.py", "tests/safety/test_p03_storage.py"),
        (
            "gateway/access",
            "gateway/patient/disclosure.py",
            "gateway/patient/find.py",
            "gateway/policy/active.py",
            "rbac/decide.py",
            "tests/safety/failing_parts.py",
        ),
    ),
    "P04": Promise(
        "Every decision that a worker served before a kill has its durable row B.",
        2_000,
        {"SCR_PROVE_KILLS": "2000"},
        ("tests/audit/test_kill.py",),
        ("gateway/audit", "gateway/store/engine.py", "tests/audit/test_kill.py"),
    ),
    "P08": Promise(
        "After a change of policy is acknowledged, no worker allows anything under the one before.",
        10_000,
        {"SCR_PROVE_TRIALS": "10000", "SCR_PROVE_WORKERS": "4"},
        ("tests/safety/test_p08_live_everywhere.py",),
        (
            "gateway/access/role_ground.py",
            "gateway/audit/entries.py",
            "gateway/policy",
            "gateway/store/policies.py",
            "tests/safety/test_p08_live_everywhere.py",
        ),
    ),
    "PA-05": Promise(
        "Of two who activate a change at once, one does and the other is told.",
        1_000,
        {"SCR_PROVE_RACES": "1000"},
        ("tests/safety/test_pa_05_at_once.py",),
        ("gateway/policy", "gateway/store/policies.py", "gateway/store/policy_drafts.py"),
    ),
    "PA-07": Promise(
        "Killed in the middle of a change of policy, the old one decides or the new one.",
        200,
        {"SCR_PROVE_KILLS": "200"},
        ("tests/safety/test_pa_07_killed_while_saving.py",),
        ("gateway/audit", "gateway/policy", "gateway/store", "tests/safety/changing_policy.py"),
    ),
    "FIDELITY": Promise(
        "Every resource shown whole, to every role, is its source's own value for value; "
        "every scalar of a mapped one is in the result or listed with its reason.",
        200,
        {"SCR_PROVE_PEOPLE": "200"},
        ("tests/safety/test_fidelity.py",),
        (
            "adapters/ambulance.py",
            "adapters/fhir_r4.py",
            "adapters/gp_connect.py",
            "adapters/hospital.py",
            "adapters/simulators",
            "adapters/stu3_to_r4",
            "fhir_profiles",
            "gateway/api",
            "gateway/patient",
            "tests/adapters/scalar_account.py",
            "tests/safety/fidelity.py",
            "tests/safety/test_fidelity.py",
            "tests/safety/unsplice.py",
        ),
    ),
    "KILL": Promise(
        "Every answer of which a caller got a byte before the gateway was killed has its row B.",
        200,
        {"SCR_PROVE_KILLS": "200"},
        ("tests/safety/test_p04_kill_while_serving.py",),
        (
            "gateway/api",
            "gateway/audit",
            "gateway/patient/disclosure.py",
            "gateway/store/engine.py",
            "tests/safety/serving_gateway.py",
            "tests/safety/test_p04_kill_while_serving.py",
        ),
    ),
}


@dataclass(frozen=True)
class Evidence:
    """What one full run gave; `commit` is the one that the code was at."""

    promise: str
    says: str
    seed: int
    count: int
    tests: int
    failures: int
    commit: str
    code: tuple[str, ...]
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

    Raises SystemExit when the code it names is not committed: evidence must be of a commit.
    """
    promise = PROMISES[name]
    if _git("status", "--porcelain", "--", *promise.code):
        raise SystemExit(f"{name}: commit the code first; evidence is bound to a commit.")
    seed = randbelow(10**6)
    run = _run(promise, seed)
    evidence = Evidence(
        name,
        promise.says,
        seed,
        promise.count,
        run.tests,
        run.failures,
        _git("rev-parse", "HEAD"),
        promise.code,
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


def stale() -> dict[str, str]:
    """Name the promises whose evidence is missing, failed, or older than the code it names, and say why."""
    found = {name: _why_stale(name, promise) for name, promise in PROMISES.items()}
    return {name: why for name, why in found.items() if why is not None}


def _why_stale(name: str, promise: Promise) -> str | None:
    path = EVIDENCE / f"{name}.json"
    if not path.exists():
        return "there is no evidence"
    kept = json.loads(path.read_text())
    if kept["failures"] or kept["count"] < promise.count or kept["code"] != list(promise.code):
        return "the evidence is not of what is promised now"
    if _git("status", "--porcelain", "--", *promise.code):
        return "the code has changes that are not committed"
    last = _git("log", "-1", "--format=%H", "--", *promise.code)
    return None if _is_ancestor(last, kept["commit"]) else "the code has changed since"


@dataclass(frozen=True)
class _Run:
    tests: int
    failures: int
    counted: Mapping[str, Mapping[str, str]]


def _run(promise: Promise, seed: int) -> _Run:
    inherited = dict(os.environ)  # noqa: TID251 - handed on to the test run as it is
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
        # The younger format of report has no place for what a test records of itself.
        command += ["-o", "junit_family=xunit1"]
        subprocess.run(
            [*command, f"--junitxml={report}", *promise.tests],
            cwd=ROOT,
            env={**inherited, **promise.switches, "SCR_PROVE_SEED": str(seed)},
            check=False,
        )
        if not report.exists():
            return _Run(0, 1, {})
        return _read(ElementTree.parse(report).getroot())


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


def _is_ancestor(one: str, other: str) -> bool:
    done = subprocess.run(["git", "merge-base", "--is-ancestor", one, other], cwd=ROOT, check=False)
    return done.returncode == 0


def _git(*words: str) -> str:
    done = subprocess.run(["git", *words], cwd=ROOT, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def _say(text: str) -> None:
    sys.stdout.write(text)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
