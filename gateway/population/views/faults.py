"""Name what is wrong with a view definition, all of it at once.

Does not say how a caller is told. A fault speaks of the definition, never of a resource.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from gateway.errors import BadRequestError, SharedCareRecordError


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, and where: the path into the definition, such as `select[0].column[1].path`."""

    place: str
    says: str


class UnusableViewError(BadRequestError):
    """Say that a definition cannot be compiled; `faults` has each reason."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(f"{fault.place}: {fault.says}" for fault in self.faults))


class UnfitResourcesError(SharedCareRecordError):
    """Say that resources are not such as a view can read; the message holds nothing of theirs."""


class PathError(ValueError):
    """Say why one path cannot be used; becomes a fault of the definition that holds it."""
