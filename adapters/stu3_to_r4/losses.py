"""Keep account of every scalar of an original that does not stand in the mapped resource.

Decides nothing: the mapping says what it left out, this says where it stood.
"""

from enum import StrEnum
from functools import cache
from typing import Any, TypeAlias

from adapters.contract import Listed

Node: TypeAlias = dict[str, Any]
"""One JSON object as decoded: decimals are `msgspec.Raw`, so their digits survive."""

Value: TypeAlias = Any
"""Any JSON value as decoded."""


class LossReason(StrEnum):
    """Closed list of causes why a scalar of the original is not in the result."""

    VALUE_TRANSLATED = "value-translated"
    MOVED = "moved"
    NO_PLACE_IN_R4 = "no-place-in-r4"
    RETIRED_MEANINGLESS = "retired-meaningless"
    UNKNOWN_ELEMENT = "unknown-element"
    UNREADABLE = "unreadable"
    REPEATED = "repeated"


# The places are those of the mapping tables and of unknown elements, a few hundred in all.
@cache
def _listed(resource_type: str, path: str, reason: LossReason) -> Listed:
    return Listed(resource_type, path, reason.value)


class Losses:
    """The account of one bundle: one entry for each scalar, in the order met.

    Shape: `path` is dotted, without the type and without positions: `code.coding.system`.
    """

    __slots__ = ("entries",)

    def __init__(self) -> None:
        self.entries: list[Listed] = []

    def note(self, resource_type: str, path: str, reason: LossReason) -> None:
        """List one scalar."""
        self.entries.append(_listed(resource_type, path, reason))

    def note_all(self, resource_type: str, path: str, value: Value, reason: LossReason) -> None:
        """List every scalar under a value."""
        if isinstance(value, dict):
            for name, part in value.items():
                self.note_all(resource_type, f"{path}.{name}" if path else name, part, reason)
        elif isinstance(value, list):
            for part in value:
                self.note_all(resource_type, path, part, reason)
        else:
            self.note(resource_type, path, reason)


def items_of(value: Value) -> list[Value]:
    """Give the items of a list, or the one value that stands where a list may."""
    return value if isinstance(value, list) else [value]
