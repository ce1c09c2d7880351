"""Compare each resource of a view with its source's, value for value."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from fhir_profiles.nhs_number import NhsNumber
from gateway.patient.narrow import Kept
from gateway.patient.shown import ShownItem
from tests.patient.factories import IDS
from tests.safety.unsplice import Object, Views, differences, read

Pairs = Sequence[tuple[Kept, ShownItem]]
"""What was kept of an answer, each with what is shown of it."""

_BY_WORDS = frozenset({"display", "identifier", "type"})
_STUBS = (["extension"], ["reference"])


@dataclass
class Compared:
    """What comparing found: differences by place, and references without an address, which no view tells."""

    differing: list[str] = field(default_factory=list)
    untold: int = 0


def compared(source_id: str, pairs: Pairs, number: NhsNumber) -> Compared:
    """Compare a whole view of one source."""
    views = Views(source_id, dict(_targets(pairs, number)))
    result = Compared()
    for kept, shown in pairs:
        served = read(b"".join(shown.render()))
        source = _as_told(read(kept.item.worked.body), served, result)
        own = differences(source, served, shown.id, views)
        result.differing += [f"{kept.item.worked.type}{path}" for path in own]
    return result


def _as_told(source: Any, served: Any, result: Compared) -> Any:
    """Put what is served in the place of references by words or number alone, counting them."""
    if isinstance(source, Object) and isinstance(served, Object):
        if served.keys in _STUBS and source.keys and set(source.keys) <= _BY_WORDS:
            result.untold += 1
            return served
        shown = {name: value for name, value in served}  # noqa: C416 - its `keys` make it look a mapping
        return Object((name, _as_told(one, shown.get(name), result)) for name, one in source)
    if isinstance(source, list) and isinstance(served, list) and len(source) == len(served):
        return [_as_told(*pair, result) for pair in zip(source, served, strict=True)]
    return source


def _targets(pairs: Pairs, number: NhsNumber) -> Iterator[tuple[str, str]]:
    # A name that two resources bear names neither.
    bearers = Counter(name for kept, _shown in pairs for name in kept.item.worked.names)
    person = f"Patient/{IDS.seal(number)}"
    yield person, person
    for kept, shown in pairs:
        is_person = kept.item.worked.type == "Patient"
        own = person if is_person else f"{shown.resource_type}/{shown.id}"
        yield from ((name, own) for name in kept.item.worked.names if bearers[name] == 1)
