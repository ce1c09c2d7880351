"""Measure what one decision costs under a policy of 10,000 rules, beside Casbin asked rule by rule.

Real access rooms, real SQLite store and registry; what PDS would take is left out, for it is a network's time
and not a decision's. Rounds are interleaved; activation is measured once each way.

Run as `python bench/authorisation.py [--json] [--rules 10000] [--rounds 20] [--into docs/performance.md …]`.
"""

import argparse
import asyncio
import json
import random
import sys
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import uvloop

# Run as a file, Python looks beside the file only.
sys.path.insert(0, str(Path(__file__).parent.parent))

from adapters.contract import AddressUse, Demographics, Trace, TraceOutcome
from bench.frozen import refuse_changed
from bench.linear_casbin import allows, linear_enforcer
from bench.recording import PDS, RECORDS
from bench.report import between, latency_of, machine
from bench.serving import read_settings, write_deployment
from fhir_profiles.nhs_number import NhsNumber
from fhir_profiles.vocabulary import Category, Label
from gateway.access.decision import AccessControl, Question
from gateway.access.permit import Permit, Refusal
from gateway.access.role_ground import Ground, role_ground
from gateway.identity import Principal
from gateway.policy.active import activate
from gateway.store.migrate import upgrade
from gateway.wiring import Services, now, open_services
from rbac.decide import CompiledPolicy, Scope, compile_policy
from rbac.policy import as_json, load_default, parse, policy_of
from rbac.types import Act, OrganisationKind, Policy, Purpose

Answer = TypeVar("Answer")

REACH_P99_MS = 1.0
"""What a decision may take at 10,000 rules (safety promise P21)."""

NUMBER = NhsNumber("9990000018")
PRACTICE = "F84004"
_OF_A_ROUND = {"levels": 2_000, "decision": 100, "linear": 2}
_NO_LABELS: frozenset[Label] = frozenset()
BEGIN, END = "<!-- bench:authorisation:begin -->", "<!-- bench:authorisation:end -->"

_SYSTEMS = {
    "levels": "all levels of a role, looked up in what was worked out at activation",
    "ground": "the role's part of a decision: the active version read in SQLite, levels looked up",
    "decision": "a whole decision: that, relationships, objections and holds read in SQLite",
    "linear": "Casbin over every rule, one question",
}


@dataclass(slots=True)
class Measured:
    """Seconds of every answer, by what was asked, and of every activation."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    activation: dict[str, float] = field(default_factory=dict)

    def add(self, name: str, seconds: float) -> None:
        """Keep one answer."""
        self.seconds.setdefault(name, []).append(seconds)


@dataclass(frozen=True, slots=True)
class AtOnce:
    """PDS, answering at once: one person of the caller's own practice."""

    trace: Trace

    async def read(self, _number: NhsNumber) -> Trace:
        """Give the person."""
        return self.trace


def large_policy(count: int) -> Policy:
    """Give the default policy, and the rules of its roles at further kinds of organisation, `count` in all."""
    own = load_default().rules
    known = set(own)
    further = (
        replace(rule, organisation_kind=kind)
        for kind in OrganisationKind
        for rule in own
        if rule.act not in {Act.EDIT_POLICY, Act.READ_AUDIT}
    )
    fresh = dict.fromkeys(rule for rule in further if rule not in known)
    # Own items first: wherever the count cuts, nobody is left less of these than of others.
    ordered = sorted(fresh, key=lambda rule: rule.label is not Label.OWN)
    return policy_of([*own, *islice(ordered, count - len(own))])


def measure(rules: int, rounds: int) -> Measured:
    """Measure activation, then rounds of every kind of question."""
    refuse_changed()
    policy, measured = large_policy(rules), Measured()
    if len(policy.rules) != rules:
        raise ValueError(f"There is no policy of {rules} rules: at most {len(policy.rules)}.")
    compiled = _activations(policy, measured)
    with TemporaryDirectory(prefix="scr-bench-") as folder:
        uvloop.run(_rounds(Path(folder), policy, compiled, rounds, measured))
    return measured


def _activations(policy: Policy, measured: Measured) -> CompiledPolicy:
    body = as_json(policy)
    measured.activation["read_and_hash"], _read = _timed(lambda: parse(body))
    measured.activation["all_levels"], compiled = _timed(lambda: compile_policy(policy))
    changed = policy_of(policy.rules[:-1])
    took, _after = _timed(lambda: compile_policy(changed, before=compiled))
    measured.activation["all_levels_after_a_change_of_one_rule"] = took
    return compiled


def _timed(call: Callable[[], Answer]) -> tuple[float, Answer]:
    began = time.perf_counter()
    answer = call()
    return time.perf_counter() - began, answer


async def _rounds(
    folder: Path, policy: Policy, compiled: CompiledPolicy, rounds: int, measured: Measured
) -> None:
    """Ask every kind of question in every round, each of another role of the policy."""
    services = await _deployment(folder, policy, measured)
    access = replace(services.records.access, demographics=AtOnce(_found()), contact_sources={})
    linear, chance = linear_enforcer(policy.rules), random.Random(1)
    scopes = sorted(each for each in compiled.levels if each.purpose is Purpose.TREAT)
    for _round in range(rounds):
        for scope in chance.choices(scopes, k=_OF_A_ROUND["levels"]):
            measured.add("levels", _timed(lambda scope=scope: _every_level(compiled, scope))[0])
        for scope in chance.choices(scopes, k=_OF_A_ROUND["decision"]):
            asks = _caller(scope)
            await _measure(measured, "ground", lambda asks=asks: _ground(access, asks))
            await _measure(measured, "decision", lambda asks=asks: _decision(access, asks))
        for rule in chance.choices(policy.rules, k=_OF_A_ROUND["linear"]):
            measured.add("linear", _timed(lambda rule=rule: allows(linear, rule))[0])
    await services.aclose()


async def _deployment(folder: Path, policy: Policy, measured: Measured) -> Services:
    """Open a gateway whose policy this is; the first request after an activation compiles nothing."""
    write_deployment(folder, 0, dict.fromkeys((PDS, *RECORDS, "identity"), 1), "bench")
    settings = read_settings(folder)
    await asyncio.to_thread(upgrade, settings.database_url)
    services = open_services(settings)
    await activate(policy, "bench", services.log, services.store, now)
    began = time.perf_counter()
    await services.policies.active()
    measured.activation["a_worker_that_meets_the_version"] = time.perf_counter() - began
    return services


async def _measure(
    measured: Measured, name: str, ask: Callable[[], Coroutine[None, None, None]]
) -> None:
    began = time.perf_counter()
    await ask()
    measured.add(name, time.perf_counter() - began)


async def _ground(access: AccessControl, asks: Principal) -> None:
    found = await role_ground(access, asks, Purpose.TREAT)
    assert isinstance(found, Ground)


async def _decision(access: AccessControl, asks: Principal) -> None:
    decision = await access.decide(Question(asks, Purpose.TREAT, NUMBER, "p"))
    # Roles that may see nobody are refused, all others have their own practice's patient.
    assert isinstance(decision, Permit | Refusal)


def _every_level(compiled: CompiledPolicy, scope: Scope) -> None:
    levels = compiled.levels_for(scope.role, scope.organisation_kind, scope.purpose)
    assert levels is not None
    for category in Category:
        levels.level_of(category, _NO_LABELS)


def _caller(scope: Scope) -> Principal:
    return Principal(
        user_id="u1",
        family_name="Example",
        given_name="Kim",
        role=scope.role,
        role_code="R0260",
        role_profile_id="p1",
        organisation=PRACTICE,
        organisation_kind=scope.organisation_kind,
        organisation_name="Practice",
        purposes=frozenset({Purpose.TREAT}),
        token_hash="a" * 64,
        expires_at=now() + timedelta(hours=1),
    )


def _found() -> Trace:
    person = Demographics(
        nhs_number=NUMBER,
        family_name="Okafor",
        given_names=("Ada",),
        prefix=None,
        gender="female",
        born_on="1980-02-03",
        died_at=None,
        practice=PRACTICE,
        address_lines=(),
        postcode=None,
        address_use=AddressUse.UNRESTRICTED,
        body=b"{}",
    )
    return Trace(TraceOutcome.FOUND, (person,), (1.0,))


def figures_of(measured: Measured, rules: int) -> dict[str, Any]:
    """Give everything that is reported, ready for JSON."""
    asked = {name: latency_of([each]) for name, each in measured.seconds.items()}
    return {
        "rules": rules,
        "measurements": asked,
        "activation_seconds": measured.activation,
        "ratios": {
            f"linear_over_{name}_p50": asked["linear"]["p50_ms"] / asked[name]["p50_ms"]
            for name in ("levels", "ground", "decision")
        },
        "reach": {"p99_ms": f"≤ {REACH_P99_MS:g}"},
        "machine": machine(),
    }


def as_table(figures: dict[str, Any]) -> str:
    """Write the figures as Markdown."""
    rows = [
        "| what is asked | p50 ms | p99 ms | p99 meant | reached | asked |",
        "|---|--:|--:|--:|---|--:|",
        *(_row(name, figures["measurements"][name]) for name in _SYSTEMS),
        "",
        "| before a version decides | seconds |",
        "|---|--:|",
        *(
            f"| {name.replace('_', ' ')} | {seconds:.2f} |"
            for name, seconds in figures["activation_seconds"].items()
        ),
    ]
    return "\n".join(rows)


def _row(name: str, measured: dict[str, float]) -> str:
    p50, p99 = measured["p50_ms"], measured["p99_ms"]
    is_reached = "yes" if p99 <= REACH_P99_MS else "no"
    meant = "| |" if name == "linear" else f"≤ {REACH_P99_MS:g} | {is_reached} |"
    return f"| {_SYSTEMS[name]} | {p50:.3f} | {p99:.3f} | {meant} {measured['samples']:,} |"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure what one decision costs.")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--rules", type=int, default=10_000, help="size of the policy")
    parser.add_argument("--rounds", type=int, default=20, help="how often each is asked")
    parser.add_argument(
        "--into", type=Path, nargs="*", default=[], help="documents to put the table into"
    )
    given = parser.parse_args()
    figures = figures_of(measure(given.rules, given.rounds), given.rules)
    table = as_table(figures)
    print(json.dumps(figures, indent=1) if given.json else table)
    for document in given.into:
        text = document.read_text(encoding="utf-8")
        told = f"{_measured_on(figures)}\n\n{table}"
        document.write_text(between(text, BEGIN, END, told), encoding="utf-8")


def _measured_on(figures: dict[str, Any]) -> str:
    cores, python = figures["machine"]["cores"], figures["machine"]["python"]
    return f"A policy of {figures['rules']:,} rules, on {cores} shared virtual cores with Python {python}."


if __name__ == "__main__":
    main()
