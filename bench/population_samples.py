"""Read the published synthetic bundles as a bulk export has them, and make a ground on which as much as possible is kept."""

import bz2
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import orjson

from adapters.simulators.invention import nhs_numbers
from fhir_profiles.systems import NHS_NUMBER
from gateway.population.allow_list import AllowList
from gateway.population.ground import Ground
from gateway.population.ladders import Places
from gateway.population.people import people_of
from gateway.population.released_codes import load_code_lists

Resource = dict[str, Any]

SAMPLES = Path(os.environ.get("SCR_SAMPLE_DATA", "../shared/data")) / "synthea_r4_bundles"
_KEY = bytes(range(32))
_URN = re.compile(r"urn:uuid:[0-9a-f-]{36}")


def sampled(most: int | None = None) -> Iterator[Resource]:
    """Give resources of the bundles, `Type/id` for `urn:uuid:`, each person with an NHS number of the test range."""
    numbers = nhs_numbers(seed=1)
    for resource in islice(_resources(), most):
        if resource["resourceType"] == "Patient":
            number = {"system": NHS_NUMBER, "value": next(numbers).digits}
            resource["identifier"].append(number)
        yield resource


def _resources() -> Iterator[Resource]:
    for path in sorted(SAMPLES.rglob("*.bz2")):
        text = bz2.decompress(path.read_bytes()).decode()
        named = {one["fullUrl"]: one["resource"] for one in orjson.loads(text)["entry"]}
        for entry in orjson.loads(_URN.sub(partial(_local, named), text))["entry"]:
            yield entry["resource"]


def _local(named: Mapping[str, Resource], urn: re.Match[str]) -> str:
    resource = named.get(urn[0])
    return f"{resource['resourceType']}/{resource['id']}" if resource else urn[0]


def ndjson(resources: Iterable[Resource]) -> bytes:
    """Write one resource a line, sorted by type as exports are."""
    ordered = sorted(resources, key=lambda each: each["resourceType"])
    return b"".join(orjson.dumps(each) + b"\n" for each in ordered)


def of_type(lines: bytes, resource_type: str) -> bytes:
    """Give the lines of one type."""
    mark = f'"{resource_type}"'.encode()
    return b"".join(line for line in lines.splitlines(keepends=True) if mark in line[:40])


def ground_for(lines: bytes, lists: tuple[AllowList, ...]) -> Ground:
    """Make a ground on which all the people are known and all the codes released."""
    worded = dict.fromkeys(_codings_in(lines), "as the sample words it")
    codes = {
        name: replace(one, wording={**worded, **one.wording})
        for name, one in load_code_lists().items()
    }
    people = people_of(of_type(lines, "Patient"), _KEY).by_id
    return Ground("sample", _KEY, people, Places({}, {}, {}), {}, lists, codes)


def _codings_in(lines: bytes) -> Iterator[tuple[str, str]]:
    """Give every system and code that stand together."""
    waiting = [orjson.loads(line) for line in lines.splitlines()]
    while waiting:
        match waiting.pop():
            case {"system": str(system), "code": str(code)}:
                yield system, code
            case dict() as some:
                waiting += some.values()
            case list() as some:
                waiting += some
            case _:
                pass
