"""Read SMART scopes, and say which types of resource they leave to the holder of a token.

Scopes only narrow what the role policy gives: this knows no policy, no patient and no record. What is not
understood grants nothing. SMART App Launch 2.2, "Scopes and launch context"; version 1 scopes alike.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType

from fhir_profiles.classify import CATEGORY_OF_TYPE, REFINABLE
from fhir_profiles.vocabulary import Category
from rbac.types import Levels

EVERY_TYPE = "*"

_CLINICAL = re.compile(r"(?:patient|user|system)/", re.IGNORECASE)
_SCOPE = re.compile(
    r"(?P<context>patient|user|system)/(?P<type>\*|[A-Z][A-Za-z]*)\."
    r"(?P<letters>read|write|\*|(?=.)c?r?u?d?s?)"
)
_LETTERS_OF_VERSION_1 = MappingProxyType({"read": "rs", "write": "cud", "*": "cruds"})

_TEXTS_REMEMBERED = 1024
"""Tokens of one application carry the same text; far fewer applications than this are ever registered."""


class Interaction(StrEnum):
    """What an application does with a type: read one item by its id, or look for items."""

    READ = "read"
    SEARCH = "search"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a request wants to do with which types; no type at all means whichever are left."""

    interaction: Interaction
    types: frozenset[str] = frozenset()


WHATEVER_IS_LEFT = Wanted(Interaction.SEARCH)


@dataclass(frozen=True, slots=True)
class Granted:
    """Types that may be read by id, and types that may be searched for; `*` among them means every type."""

    read: frozenset[str]
    searched: frozenset[str]

    def may_read(self, resource_type: str) -> bool:
        """Say whether items of a type may be read by their id."""
        return _has(self.read, resource_type)

    def may_search(self, resource_type: str) -> bool:
        """Say whether items of a type may be looked for, and listed."""
        return _has(self.searched, resource_type)

    def shows(self, resource_type: str) -> bool:
        """Say whether items of a type may be told of at all."""
        return self.may_read(resource_type) or self.may_search(resource_type)

    def covers(self, wanted: Wanted) -> bool:
        """Say whether a request wants no more than this."""
        held = self.read if wanted.interaction is Interaction.READ else self.searched
        return bool(held) and all(_has(held, each) for each in wanted.types)

    def and_also(self, other: "Granted") -> "Granted":
        """Put two grants together."""
        return Granted(self.read | other.read, self.searched | other.searched)

    def narrowed(self, levels: Levels) -> Levels:
        """Leave of levels those of categories that some type told of can have.

        The digest stays: it names what the policy gives.
        """
        if EVERY_TYPE in self.read | self.searched:
            return levels
        told = self.categories
        kept = {pair: level for pair, level in levels.view.items() if pair[0] in told}
        return Levels(MappingProxyType(kept), levels.acts, levels.digest)

    @property
    def categories(self) -> frozenset[Category]:
        """Give the categories that items of the types told of can have."""
        return frozenset(
            category
            for category, types in _TYPES_OF.items()
            if not types.isdisjoint(self.read | self.searched)
        )


EVERYTHING = Granted(frozenset({EVERY_TYPE}), frozenset({EVERY_TYPE}))
NOTHING = Granted(frozenset(), frozenset())


@dataclass(frozen=True, slots=True)
class Scopes:
    """What a token's scopes grant: to its user for anybody, and for the person it was launched for.

    `are_clinical` when any of them is about records, understood or not. Scopes of context `system` are about no
    user, and nobody stands in a relationship with a person without one: they grant nothing of a record.
    """

    are_clinical: bool
    for_user: Granted
    for_patient: Granted


@lru_cache(_TEXTS_REMEMBERED)
def scopes_in(text: str) -> Scopes:
    """Read a token's scopes."""
    named = [each for each in text.split() if _CLINICAL.match(each)]
    # A query ("?category=…") would narrow a type further than is done here: such a scope matches nothing.
    read = [match for each in named if (match := _SCOPE.fullmatch(each)) is not None]
    return Scopes(bool(named), _granted(read, "user"), _granted(read, "patient"))


def _granted(scopes: Iterable[re.Match[str]], context: str) -> Granted:
    mine = [
        (each["type"], _LETTERS_OF_VERSION_1.get(each["letters"], each["letters"]))
        for each in scopes
        if each["context"] == context
    ]
    return Granted(
        frozenset(name for name, letters in mine if "r" in letters),
        frozenset(name for name, letters in mine if "s" in letters),
    )


def _has(types: frozenset[str], resource_type: str) -> bool:
    return resource_type in types or EVERY_TYPE in types


def _types_by_category() -> Mapping[Category, frozenset[str]]:
    refined = {Category.END_OF_LIFE: REFINABLE, Category.SOCIAL_CARE: REFINABLE}
    return MappingProxyType(
        {
            category: refined.get(category, frozenset())
            | {name for name, each in CATEGORY_OF_TYPE.items() if each is category}
            for category in Category
        }
    )


_TYPES_OF = _types_by_category()
