"""Read which areas of London lie in which, from the published boundary files.

Reads no boundaries, only the names on them. ONS Open Geography Portal, 2021 areas, Open Government Licence v3.0.
An LSOA is named for its MSOA and a letter: `Camden 001A` lies in `Camden 001`.
"""

import gzip
from collections.abc import Mapping
from pathlib import Path

import msgspec

from gateway.population.ladders import Places


class _Area(msgspec.Struct, frozen=True):
    borough: str = msgspec.field(name="LADCD_ACTIVE")
    lsoa: str = msgspec.field(name="LSOA21CD", default="")
    lsoa_called: str = msgspec.field(name="LSOA21NM", default="")
    msoa: str = msgspec.field(name="MSOA21CD", default="")
    msoa_called: str = msgspec.field(name="MSOA21NM", default="")


class _Feature(msgspec.Struct, frozen=True):
    properties: _Area


class _Collection(msgspec.Struct, frozen=True):
    features: tuple[_Feature, ...]


def read_london(folder: Path, lsoa_of: Mapping[str, str]) -> Places:
    """Read the areas from a folder of boundary files, beside a look-up of LSOA by postcode.

    Raises KeyError when an LSOA bears the name of no MSOA.
    """
    msoas = {area.msoa_called: area.msoa for area in _areas_in(folder / "london_msoa21.geojson.gz")}
    lsoas = [area for path in sorted((folder / "lsoa21").glob("*.gz")) for area in _areas_in(path)]
    return Places(
        lsoa_of,
        {area.lsoa: msoas[area.lsoa_called[:-1]] for area in lsoas},
        {area.lsoa: area.borough for area in lsoas},
    )


def _areas_in(path: Path) -> list[_Area]:
    found = msgspec.json.decode(gzip.decompress(path.read_bytes()), type=_Collection)
    return [feature.properties for feature in found.features]
