"""Hold everything that de-identifying one source's resources depends on, and nothing that it changes.

Reads nothing: whoever begins a pull brings it together. It can be handed to another process as it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from gateway.population.allow_list import AllowList
from gateway.population.ladders import Places
from gateway.population.people import Person
from gateway.population.released_codes import CodeList


@dataclass(frozen=True, slots=True)
class Ground:
    """One source, its people, the store's key, and the lists of what may be kept.

    Shape: `base` is the source's own address without a slash at its end, empty when it has none; `register` has
    the names of organisations by ODS code; `people` is what `people_of` finds in the source's Patients.
    """

    source: str
    store_key: bytes = field(repr=False)
    people: Mapping[str, Person] = field(repr=False)
    places: Places = field(repr=False)
    register: Mapping[str, str] = field(repr=False)
    allow_lists: tuple[AllowList, ...] = field(repr=False)
    code_lists: Mapping[str, CodeList] = field(repr=False)
    base: str = ""
