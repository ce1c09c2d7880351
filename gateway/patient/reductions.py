"""Read the table of what is kept of an item at the level summary, for hidden whereabouts, and when masked.

Applies nothing (`projection` does). The table is `summary_elements.json`, beside this file, for people who
decide such things to read.
"""

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from importlib.resources import files

import msgspec
from msgspec import Struct

from fhir_profiles.vocabulary import Category, Label
from rbac.roles import Role


class Filter(StrEnum):
    """What an item must meet to be in a summary at all."""

    ACTIVE = "active"
    NOT_MINOR = "not-minor"
    CURRENT_OR_LAST_6_MONTHS = "current-or-last-6-months"
    LAST_6_MONTHS = "last-6-months"
    LAST_12_MONTHS = "last-12-months"


class Summary(Struct, frozen=True, forbid_unknown_fields=True):
    """What a summary keeps of one type, and of which of its items.

    `absent` are elements that the type must have and that are not told. With `says`, our words stand in the
    item's place, and only the elements beside them are the source's.
    """

    elements: frozenset[str]
    filters: frozenset[Filter] = frozenset()
    absent: tuple[str, ...] = ()
    says: str | None = None


Rows = Mapping[Category, Mapping[str, Summary]]


class LabelForm(Struct, frozen=True, forbid_unknown_fields=True):
    """What is kept where a label, not the category, leaves a reader a summary.

    Shape: `unchanged` categories keep their own summary; of the types listed in `categories` those elements
    are kept; of any other our words `says`, and beside them the `contacts` of its type.
    """

    source: str
    says: str
    unchanged: frozenset[Category]
    categories: Rows
    contacts: Mapping[str, frozenset[str]]


class RoleForm(Struct, frozen=True, forbid_unknown_fields=True):
    """What one role is left of the summaries of some categories; a type that is not listed has none."""

    source: str
    categories: Rows


class Narrower(Struct, frozen=True, forbid_unknown_fields=True):
    """The summaries that a role or a label has instead of the category's."""

    note: str
    roles: Mapping[Role, RoleForm]
    labels: Mapping[Label, LabelForm]


class Whereabouts(Struct, frozen=True, forbid_unknown_fields=True):
    """What is kept, by type, of a person whose whereabouts may not be told."""

    note: str
    kept: Mapping[str, frozenset[str]]


class Mask(Struct, frozen=True, forbid_unknown_fields=True):
    """What a stub of one type has: where its subject and our words stand, and what its type must have."""

    subject: str
    concept: str | None = None
    text: str | None = None
    fixed: Mapping[str, object] = {}
    absent: tuple[str, ...] = ()


class Masks(Struct, frozen=True, forbid_unknown_fields=True):
    """The stubs by type, and what stands for an element that is not told."""

    note: str
    absent: Mapping[str, object]
    types: Mapping[str, Mask]


class Reductions(Struct, frozen=True, forbid_unknown_fields=True):
    """The whole table."""

    note: str
    source: str
    categories: Rows
    narrower: Narrower
    whereabouts: Whereabouts
    masks: Masks


@cache
def reductions() -> Reductions:
    """Read the table once."""
    text = (files("gateway.patient") / "summary_elements.json").read_bytes()
    return msgspec.json.decode(text, type=Reductions)
