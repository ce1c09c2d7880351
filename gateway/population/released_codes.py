"""Read the code lists whose members may stand in the planning store, each with its own wording.

A code is released by standing on a list, never by its look: a valid NHS number has the look of a SNOMED CT id.
The lists are FHIR's required bindings (`fhir_profiles/definitions`) and `fhir_profiles/code_lists/released/*.toml`.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files

import msgspec

from fhir_profiles.topics import sensitive_topics, topics_of
from fhir_profiles.vocabulary import HARD_BARRED, Label

_PROFILES = files("fhir_profiles")
_BOUND = _PROFILES / "definitions" / "r4.json"
_RELEASED = _PROFILES / "code_lists" / "released"

SystemAndCode = tuple[str, str]


class CodeListError(ValueError):
    """Say what is wrong with a released code list, and in which."""


@dataclass(frozen=True, slots=True)
class CodeList:
    """What may be released under one name.

    Shape: the wording of each system and code, empty where the list has none. `alone`: a code of it that stands beside one of
    no list is not released either, for the other may take back what it says.
    """

    name: str
    note: str
    wording: Mapping[SystemAndCode, str]
    alone: bool = False


class _System(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    url: str
    codes: dict[str, str]


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    note: str
    system: tuple[_System, ...]
    alone: bool = False


class _Definitions(msgspec.Struct, frozen=True):
    codes: dict[str, list[SystemAndCode]]
    source: str


def load_code_lists() -> Mapping[str, CodeList]:
    """Read every released list, by name.

    Raises CodeListError, also when two have one name.
    """
    paths = sorted(_RELEASED.iterdir(), key=lambda path: path.name)
    ours = [
        read_code_list(path.name.removesuffix(".toml"), path.read_text("utf-8")) for path in paths
    ]
    return by_name([*_bound_lists(), *ours])


def read_code_list(name: str, text: str) -> CodeList:
    """Read one list.

    Raises CodeListError: nothing is released that nobody may see.
    """
    try:
        found = msgspec.convert(tomllib.loads(text), _File)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as fault:
        raise CodeListError(f"The code list {name!r} cannot be read: {fault}.") from fault
    wording = {
        (system.url, code): words for system in found.system for code, words in system.codes.items()
    }
    barred = [code for system, code in wording if _is_barred(system, code)]
    if barred:
        raise CodeListError(
            f"The code list {name!r} holds what nobody may see: {', '.join(barred)}."
        )
    return CodeList(name, found.note, wording, found.alone)


def by_name(lists: Iterable[CodeList]) -> Mapping[str, CodeList]:
    """Give the lists by name.

    Raises CodeListError when two have one name.
    """
    named: dict[str, CodeList] = {}
    for one in lists:
        if one.name in named:
            raise CodeListError(f"Two code lists are called {one.name!r}.")
        named[one.name] = one
    return named


def _bound_lists() -> list[CodeList]:
    found = msgspec.json.decode(_BOUND.read_bytes(), type=_Definitions)
    return [
        CodeList(name, found.source, dict.fromkeys(pairs, ""))
        for name, pairs in found.codes.items()
    ]


def _is_barred(system: str, code: str) -> bool:
    topics: frozenset[Label] = topics_of(sensitive_topics(), (system, code))
    return not topics.isdisjoint(HARD_BARRED)
