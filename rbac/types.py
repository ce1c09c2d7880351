"""Name the parts of the role policy: rules, purposes, acts, levels.

Knows no patient, no request and no storage.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from fhir_profiles.vocabulary import Category, Label


class Purpose(StrEnum):
    """Purpose of use, as v3 ActReason codes."""

    TREAT = "TREAT"
    ETREAT = "ETREAT"
    BTG = "BTG"
    PUBHLTH = "PUBHLTH"
    HOPERAT = "HOPERAT"
    HRESCH = "HRESCH"
    HSYSADMIN = "HSYSADMIN"


class Act(StrEnum):
    """What is done with an item or with the policy."""

    VIEW = "view"
    SEARCH = "search"
    OPEN_DOCUMENT = "open-document"
    EXPORT = "export"
    EDIT_POLICY = "edit-policy"
    READ_AUDIT = "read-audit"
    BREAK_GLASS = "break-glass"


class Level(StrEnum):
    """How much of an item is shown."""

    ALL = "all"
    SUMMARY = "summary"
    MASK = "mask"
    NONE = "none"

    @property
    def rank(self) -> int:
        """Order levels: 0 shows nothing, 3 everything."""
        return _RANK[self]


_RANK = {Level.NONE: 0, Level.MASK: 1, Level.SUMMARY: 2, Level.ALL: 3}


class Effect(StrEnum):
    """What a matching rule does."""

    ALLOW = "allow"
    DENY = "deny"


class OrganisationKind(StrEnum):
    """Kinds of organisation that roles belong to."""

    GENERAL_PRACTICE = "general-practice"
    TRUST = "trust"
    AMBULANCE = "ambulance"
    NHS_111 = "111"
    MENTAL_HEALTH_TRUST = "mental-health-trust"
    COUNCIL = "council"
    CARE_HOME = "care-home"
    CSP = "csp"
    UNIVERSITY = "university"
    ICB = "icb"


@dataclass(frozen=True, slots=True)
class Rule:
    """One policy row; every field is one exact word, there are no wildcards and no patterns."""

    role: str
    organisation_kind: OrganisationKind
    category: Category
    label: Label
    purpose: Purpose
    act: Act
    level: Level
    effect: Effect


@dataclass(frozen=True, slots=True)
class Policy:
    """An immutable set of rules; `version` is the hash of its canonical form."""

    version: str
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Levels:
    """What one (role, organisation kind, purpose) may see, for the act `view`, and which acts it may do.

    `view` holds a level for every (category, label); a pair that is missing means none. `digest` is their hash,
    by which a later replay knows that it decides by the same levels; empty for levels that no policy gave.
    """

    view: Mapping[tuple[Category, Label], Level]
    acts: frozenset[tuple[Act, Category]]
    digest: str = field(default="", compare=False)

    def level_of(self, category: Category, labels: frozenset[Label]) -> Level:
        """Give the lowest level over the category's normal row and each of the item's labels.

        `OWN` among the labels replaces the item's sexual-health label and nothing else.
        """
        counted = labels - {Label.SEXUAL_HEALTH} if Label.OWN in labels else labels
        pairs = ((category, label) for label in counted | {Label.NORMAL})
        return min(
            (self.view.get(pair, Level.NONE) for pair in pairs), key=lambda level: level.rank
        )
