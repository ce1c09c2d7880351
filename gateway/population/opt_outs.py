"""Decide whose rows a release may have: by the national list, by objections, by flags and labels.

Pure, over subjects of the store; asks nobody, and keeps no status of anyone: a list says who may be used, for a while, and
whoever is not on it may not. Whatever is unknown excludes. National Data Opt-out policy; Read code 9Nu0 (type 1).
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from fhir_profiles.vocabulary import HARD_BARRED, Label

LONGEST_LIFE = timedelta(days=7)
"""Judgement: how long a list may be used; the period that NHS England sets may be shorter, never longer than this."""

_PLAIN = frozenset({Label.NORMAL, Label.OWN})


class LeftOut(StrEnum):
    """Why a row is in no release; told as counts alone, and inside alone."""

    SENSITIVE_PERSON = "sensitive-person"
    LOCAL_OBJECTION = "local-objection"
    TYPE_1 = "type-1-objection"
    NATIONAL_OPT_OUT = "not-on-the-national-list"
    DEAD = "dead"
    CONFIDENTIAL = "confidential-row"
    DELETED = "deleted-row"
    LABEL = "sensitive-label"


class Exemption(StrEnum):
    """Why the national opt-out does not apply to a dataset: a governance lead's finding, never a default."""

    CONSENT = "explicit-consent"
    LAW = "required-by-law"
    PUBLIC_INTEREST = "overriding-public-interest"
    COMMUNICABLE_DISEASE = "communicable-disease"
    ANONYMOUS = "anonymous"
    APPROVED = "approved-exemption"


class Refused(StrEnum):
    """Why there is no release at all."""

    NO_LIST = "no-national-list"
    EXPIRED_LIST = "expired-national-list"


@dataclass(frozen=True, slots=True)
class CheckList:
    """Who may be used, as one check said; `made_at` is when it was asked.

    Raises ValueError when it would live longer than a list may.
    """

    run: str
    made_at: datetime
    expires_at: datetime
    usable: frozenset[str] = field(repr=False)

    def __post_init__(self) -> None:
        if not self.made_at < self.expires_at <= self.made_at + LONGEST_LIFE:
            raise ValueError("A list lives for more than no time and at most seven days.")

    def is_current(self, now: datetime) -> bool:
        """Say whether it may be used; one from the future may not."""
        return self.made_at <= now < self.expires_at


@dataclass(frozen=True, slots=True)
class OptOutRule:
    """What a dataset declares: whether it has the dead, which labels it bars, and why not the national opt-out, if so."""

    exemption: Exemption | None = None
    barred_labels: frozenset[Label] = field(default_factory=lambda: frozenset(Label) - _PLAIN)
    has_the_dead: bool = False

    def bars(self, labels: Iterable[str]) -> bool:
        """Say whether one of the labels is barred here or everywhere, or is none of ours."""
        allowed = frozenset(Label) - self.barred_labels - HARD_BARRED
        return not allowed.issuperset(labels)


@dataclass(frozen=True, slots=True)
class Objections:
    """Who objected, and whose record is marked sensitive (S-flag): a subject that is not in `is_sensitive` is unknown."""

    type_1: frozenset[str] = field(repr=False)
    local: frozenset[str] = field(repr=False)
    is_sensitive: Mapping[str, bool | None] = field(repr=False)


@dataclass(frozen=True, slots=True)
class RowFacts:
    """What of a row decides; None is unknown, and so is a label that is not one of ours."""

    subject: str = field(repr=False)
    is_from_gp: bool | None
    is_dead: bool | None
    is_confidential: bool | None
    is_deleted: bool | None
    labels: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Population:
    """Whose rows one release may have, settled at the moment that it is made."""

    rule: OptOutRule
    objections: Objections
    usable: frozenset[str] | None = field(repr=False)

    def kept(self, rows: Iterable[RowFacts]) -> tuple[list[RowFacts], Mapping[LeftOut, int]]:
        """Give the rows that may be released, in their order, and how many may not, by the first reason."""
        found: list[RowFacts] = []
        left_out: Counter[LeftOut] = Counter()
        for row in rows:
            why = self.why_left_out(row)
            if why is None:
                found.append(row)
            else:
                left_out[why] += 1
        return found, dict(left_out)

    def why_left_out(self, row: RowFacts) -> LeftOut | None:
        """Say why a row may not be released; None when it may."""
        return self._of_the_person(row) or self._of_the_row(row)

    def _of_the_person(self, row: RowFacts) -> LeftOut | None:
        said = self.objections
        # `is False`, not falsehood: what is not known excludes.
        if said.is_sensitive.get(row.subject) is not False:
            return LeftOut.SENSITIVE_PERSON
        if row.subject in said.local:
            return LeftOut.LOCAL_OBJECTION
        if row.subject in said.type_1 and row.is_from_gp is not False:
            return LeftOut.TYPE_1
        if self.usable is not None and row.subject not in self.usable:
            return LeftOut.NATIONAL_OPT_OUT
        return LeftOut.DEAD if self._is_dead_and_barred(row) else None

    def _is_dead_and_barred(self, row: RowFacts) -> bool:
        return not self.rule.has_the_dead and row.is_dead is not False

    def _of_the_row(self, row: RowFacts) -> LeftOut | None:
        if row.is_confidential is not False:
            return LeftOut.CONFIDENTIAL
        if row.is_deleted is not False:
            return LeftOut.DELETED
        is_barred = row.labels is None or self.rule.bars(row.labels)
        return LeftOut.LABEL if is_barred else None


def population(
    rule: OptOutRule, objections: Objections, found: CheckList | None, now: datetime
) -> Population | Refused:
    """Settle whose rows a release may have, or refuse the release."""
    if rule.exemption is not None:
        return Population(rule, objections, None)
    if found is None:
        return Refused.NO_LIST
    if not found.is_current(now):
        return Refused.EXPIRED_LIST
    return Population(rule, objections, found.usable)
