"""Hold what a path is evaluated on and what its names stand for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from gateway.population.views.constants import Constant
from gateway.population.views.fhirpath import Path
from gateway.population.views.typed import Typed


@dataclass(slots=True)
class Noted:
    """What was seen on the way through a view's paths.

    `unknown` are elements that FHIR R4 does not have; `needs_digits` that numbers must be read as they are written.
    """

    unknown: frozenset[str] = frozenset()
    needs_digits: bool = False

    def lacks(self, element: str) -> None:
        """Note an element that FHIR R4 does not have."""
        self.unknown |= {element}


@dataclass(frozen=True, slots=True)
class Scope:
    """The context of a path, what its names stand for, and where to note what is seen."""

    context: Typed
    constants: Mapping[str, Constant]
    noted: Noted
    row_index: str | None = None
    depth: int = 0

    def on(self, context: Typed) -> "Scope":
        """Give the scope of a criterion, evaluated on each item."""
        return replace(self, context=context, depth=self.depth + 1)


Resolve = Callable[[Path, Scope], Typed]
