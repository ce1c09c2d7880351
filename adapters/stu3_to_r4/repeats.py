"""Tell which resources of a second answer of one practice system only repeat the first's.

Judges no identity and leaves out nothing that could tell more: when in doubt, a resource is kept, and both
copies are seen.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from adapters.stu3_to_r4.catalogue import RULES
from adapters.stu3_to_r4.envelope import Entry, decode
from adapters.stu3_to_r4.losses import Node

NOTHING_KNOWN: Final[Mapping[tuple[str, str], bytes]] = MappingProxyType({})

# People and places are worded a little otherwise by each interface of one system.
_OF_NOBODY = frozenset(
    {"HealthcareService", "Location", "Organization", "Practitioner", "PractitionerRole"}
)
# What says whose a record is, and who may see it.
_IDENTITY = ("identifier", "name", "birthDate", "gender", "link", "contained")
_OF_THE_COPY = frozenset({"versionId", "lastUpdated", "profile"})


def repeats(entry: Entry, known: Mapping[tuple[str, str], bytes]) -> bool:
    """Say whether an entry tells nothing that the known resource of its type and id does not tell."""
    rules = RULES.get(entry.stu3_type)
    held = None if rules is None else known.get((rules.r4_type, str(entry.stated_id)))
    if held is None:
        return False
    one, other = decode(held), decode(entry.raw)
    if _marks(one) != _marks(other):
        return False
    if entry.stu3_type in _OF_NOBODY:
        return True
    if entry.stu3_type == "Patient":
        return all(one.get(name) == other.get(name) for name in _IDENTITY)
    return _told(one) == _told(other)


def _marks(resource: Node) -> object:
    meta = resource.get("meta", {})
    return meta.get("security") if isinstance(meta, dict) else meta


def _told(resource: Node) -> Node:
    told = {name: value for name, value in resource.items() if name != "text"}
    meta = told.pop("meta", {})
    if isinstance(meta, dict):
        meta = {name: value for name, value in meta.items() if name not in _OF_THE_COPY}
    return {**told, **({"meta": meta} if meta else {})}
