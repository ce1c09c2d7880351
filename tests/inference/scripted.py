"""Let a source say the same whichever way it is asked: for everything at once, or for one kind after the other."""

import json
from collections.abc import Sequence

from tests.safety.hostile_source import KINDS, Hostile, Json, searchset

# Kinds that nobody asks for by themselves stand on this page, as servers send what goes with a match.
_BESIDE = "Encounter"


def says(source: Hostile, resources: Sequence[Json]) -> None:
    """Let it hold these resources, a Patient among them, or nothing."""
    own = {kind: [each for each in resources if each["resourceType"] == kind] for kind in KINDS}
    own[_BESIDE] += [each for each in resources if each["resourceType"] not in KINDS]
    whole = {f"Patient/{each['id']}/$everything": resources for each in own["Patient"]}
    source.holds(*resources)
    source.pages = {
        kind: json.dumps(searchset(found)).encode() for kind, found in {**own, **whole}.items()
    }
