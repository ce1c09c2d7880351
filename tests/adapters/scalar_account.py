"""Account for every scalar of a mapped record, independently of the mapping's own decoder."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from adapters.stu3_to_r4 import MappedRecord


def leaves_of(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every scalar with its path, read by the standard library and not by the mapping's decoder."""
    if isinstance(value, dict):
        for name, part in value.items():
            yield from leaves_of(part, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for part in value:
            yield from leaves_of(part, path)
    else:
        yield path, json.dumps(value)


def unaccounted(body: bytes, record: MappedRecord) -> Counter:
    """Scalars of the source that are neither in the result nor listed where they stood."""
    # Numbers are compared as written: 1.50 is not 1.5.
    source = json.loads(body, parse_float=str, parse_int=str)
    mapped = json.loads(record.body, parse_float=str, parse_int=str)
    missing = Counter(leaf for _, leaf in leaves_of(source))
    missing.subtract(leaf for _, leaf in leaves_of(mapped))
    listed = Counter((item.resource_type, item.path) for item in record.listed)
    for kind, path, leaf in _placed_leaves(source):
        if missing[leaf] > 0 and listed[(kind, path)] > 0:
            missing[leaf] -= 1
            listed[(kind, path)] -= 1
    return Counter({leaf: count for leaf, count in missing.items() if count > 0})


def _placed_leaves(bundle):
    for path, leaf in leaves_of({**bundle, "entry": []}):
        yield "Bundle", path, leaf
    for entry in bundle.get("entry", []):
        resource = entry["resource"]
        for path, leaf in leaves_of({**entry, "resource": []}, "entry"):
            yield "Bundle", path, leaf
        for path, leaf in leaves_of(resource):
            yield resource["resourceType"], path, leaf
        for contained in _contained_in(resource):
            for path, leaf in leaves_of(contained):
                yield contained.get("resourceType"), path, leaf


def _contained_in(resource):
    held = resource.get("contained", [])
    return [one for one in held if isinstance(one, dict)] if isinstance(held, list) else []
