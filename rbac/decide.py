"""Decide what a role may see, by Casbin, for every role, organisation kind and purpose of a policy at once.

Knows no patient, and answers requests from what it worked out beforehand: Casbin is asked when a policy is compiled,
never while a request waits. Casbin can only narrow: the bars that no policy lifts are kept here as well.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Protocol

import casbin

from fhir_profiles.vocabulary import Category, Label
from rbac.bars import is_barred
from rbac.canonical import digest_of_levels, fields_of, length_prefixed, version_of
from rbac.model import MODEL
from rbac.policy import faults_of_shape
from rbac.types import Act, Effect, Level, Levels, OrganisationKind, Policy, Purpose, Rule


class UnusablePolicyError(ValueError):
    """Say that a policy cannot be served: empty, altered since it was hashed, or with rows that mean nothing."""


class Enforcer(Protocol):
    """The one call that is made of Casbin; its answer counts only if it is exactly True."""

    def enforce(self, *words: str) -> object:
        """Answer for the words of the model's request definition, in order."""


EnforcerFactory = Callable[[Sequence[Rule]], Enforcer]


@dataclass(frozen=True, slots=True, order=True)
class Scope:
    """One role at one kind of organisation, for one purpose."""

    role: str
    organisation_kind: OrganisationKind
    purpose: Purpose


@dataclass(frozen=True, slots=True)
class CompiledPolicy:
    """All that a policy allows, worked out. A policy with `unanswered` questions must not be activated."""

    version: str
    levels: Mapping[Scope, Levels]
    unanswered: int
    _by_key: Mapping[bytes, Levels]
    _rules: Mapping[Scope, tuple[Rule, ...]] = field(default_factory=dict, repr=False)

    def levels_for(
        self, role: str, organisation_kind: OrganisationKind, purpose: Purpose
    ) -> Levels | None:
        """Look up what a role may see; None when the policy does not speak of it."""
        words = (role, organisation_kind, purpose)
        if not all(isinstance(word, str) for word in words):
            return None
        return self._by_key.get(length_prefixed(words))

    def knows(self, scope: Scope, rules: tuple[Rule, ...]) -> bool:
        """Say whether the same rules, in the same order, were worked out for a scope without doubt."""
        return self.unanswered == 0 and self._rules.get(scope) == rules


def compile_policy(
    policy: Policy,
    enforcer_for: EnforcerFactory | None = None,
    before: CompiledPolicy | None = None,
) -> CompiledPolicy:
    """Work out everything that a policy allows. What has the same rules as `before` is taken from there.

    Raises UnusablePolicyError when the policy is empty, does not match its version, or has rows that
    mean nothing. Units: about a second for the default policy; meant for activation.
    """
    _refuse_unusable(policy)
    levels: dict[Scope, Levels] = {}
    unanswered = 0
    scopes = {scope: tuple(rules) for scope, rules in sorted(_by_scope(policy.rules).items())}
    for scope, rules in scopes.items():
        if before is not None and before.knows(scope, rules):
            levels[scope] = before.levels[scope]
            continue
        allowed, unclear = _ask(rules, enforcer_for or casbin_enforcer)
        levels[scope] = _levels(allowed)
        unanswered += unclear
    by_key = {
        length_prefixed((scope.role, scope.organisation_kind, scope.purpose)): found
        for scope, found in levels.items()
    }
    return CompiledPolicy(
        policy.version,
        MappingProxyType(levels),
        unanswered,
        MappingProxyType(by_key),
        MappingProxyType(scopes),
    )


def casbin_enforcer(rules: Sequence[Rule]) -> Enforcer:
    """Make a fresh enforcer over these rules alone.

    Raises UnusablePolicyError when Casbin does not take every rule.
    """
    # Left at its default, Casbin's own logging is switched off: it would write every denied question.
    enforcer = casbin.Enforcer(casbin.Enforcer.new_model(text=MODEL))
    rows = [list(fields_of(rule)) for rule in rules]
    enforcer.add_policies(rows)
    # Casbin drops repeated rows without a word, and without any rows it would match empty questions.
    if not rows or enforcer.get_policy() != rows:
        raise UnusablePolicyError("Casbin does not hold exactly the rules of the policy.")
    fresh: Enforcer = enforcer
    return fresh


def _refuse_unusable(policy: Policy) -> None:
    if not policy.rules:
        raise UnusablePolicyError("The policy is empty; a policy must have at least one rule.")
    if version_of(policy.rules) != policy.version:
        raise UnusablePolicyError("The policy's rules do not match its version.")
    if len(set(policy.rules)) != len(policy.rules) or faults_of_shape(policy.rules):
        raise UnusablePolicyError("The policy has repeated or meaningless rules; lint it.")


def _by_scope(rules: Iterable[Rule]) -> dict[Scope, list[Rule]]:
    scopes: dict[Scope, list[Rule]] = {}
    for rule in rules:
        scope = Scope(rule.role, rule.organisation_kind, rule.purpose)
        scopes.setdefault(scope, []).append(rule)
    return scopes


def _ask(rules: Sequence[Rule], enforcer_for: EnforcerFactory) -> tuple[list[Rule], int]:
    questions = _questions(rules)
    try:
        enforcer = enforcer_for(rules)
    except Exception:  # noqa: BLE001 - whatever Casbin raises while loading, nothing is allowed
        return [], len(questions)
    answers = [(rule, _answer(enforcer, rule)) for rule in questions]
    allowed = [rule for rule, answer in answers if answer is True]
    return allowed, sum(answer is None for _rule, answer in answers)


def _questions(rules: Iterable[Rule]) -> list[Rule]:
    """Give, for each (category, label, act) that is allowed at all, the allow rule of the lowest level."""
    lowest: dict[tuple[Category, Label, Act], Rule] = {}
    for rule in rules:
        if rule.effect is Effect.ALLOW and not is_barred(rule):
            cell = (rule.category, rule.label, rule.act)
            lowest[cell] = min(lowest.get(cell, rule), rule, key=lambda each: each.level.rank)
    return [rule for rule in lowest.values() if rule.level is not Level.NONE]


def _answer(enforcer: Enforcer, rule: Rule) -> bool | None:
    *question, _effect = fields_of(rule)
    try:
        answer = enforcer.enforce(*question)
    except Exception:  # noqa: BLE001 - whatever Casbin raises, the answer is not yes
        return None
    return answer if isinstance(answer, bool) else None


def _levels(allowed: Iterable[Rule]) -> Levels:
    rules = tuple(allowed)
    view = {(rule.category, rule.label): rule.level for rule in rules if rule.act is Act.VIEW}
    acts = frozenset((rule.act, rule.category) for rule in rules if rule.label is Label.NORMAL)
    return Levels(MappingProxyType(view), acts, digest_of_levels(view, acts))
