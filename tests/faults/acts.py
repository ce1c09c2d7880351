"""Say what an act with effects is, for the lists of them."""

from dataclasses import dataclass
from typing import Any, TypeAlias

from gateway.audit.acts import AuditEvent

Step: TypeAlias = tuple[Any, ...]
"""A writing function of the store, and what it is given besides the session."""


@dataclass(frozen=True, slots=True)
class Act:
    """An event and its effects, all of one transaction, as these functions of the gateway record them."""

    functions: tuple[str, ...]
    event: AuditEvent
    steps: tuple[Step, ...]
