"""Read what contacts are taken to cost, and which national code stands for which local one: data files of the project.

Decides nothing. Prices are illustrative until whoever runs the service puts its own in the file.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files

import msgspec

from gateway.population.release_order import SourceKind

_PROFILES = files("fhir_profiles")
_TARIFF = _PROFILES / "tariffs" / "illustrative.toml"
_NATIONAL = _PROFILES / "national_codes" / "dcb1594.toml"


class _Kind(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    source: SourceKind
    classes: tuple[str, ...]
    pounds: int
    pounds_a_night: int = 0


class _Band(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    from_pounds: int


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    note: str
    kind: tuple[_Kind, ...]
    band: tuple[_Band, ...]


class _Codes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    note: str
    assault_method: dict[str, str]
    assault_location_type: dict[str, str]


@dataclass(frozen=True, slots=True)
class Tariff:
    """What a contact costs: (kind, source, class, pounds, pounds a night), and bands by the pounds that they begin with."""

    note: str
    kinds: tuple[tuple[str, str, str, int, int], ...]
    bands: tuple[tuple[str, int], ...]


def load_tariff() -> Tariff:
    """Read the tariff. Raises msgspec.ValidationError."""
    found = msgspec.convert(tomllib.loads(_TARIFF.read_text("utf-8")), _File)
    kinds = (
        (kind.name, kind.source.value, each, kind.pounds, kind.pounds_a_night)
        for kind in found.kind
        for each in kind.classes
    )
    return Tariff(
        found.note, tuple(kinds), tuple((each.name, each.from_pounds) for each in found.band)
    )


def load_national_codes() -> tuple[tuple[str, str, str], ...]:
    """Give (item, local code, code to be given): the local one itself where none is mapped.

    Raises msgspec.ValidationError.
    """
    found = msgspec.convert(tomllib.loads(_NATIONAL.read_text("utf-8")), _Codes)
    return tuple(_given(found))


def _given(found: _Codes) -> Iterator[tuple[str, str, str]]:
    items = {
        "assault_method": found.assault_method,
        "assault_location_type": found.assault_location_type,
    }
    for item, codes in items.items():
        yield from ((item, local, national or local) for local, national in codes.items())
