"""Time the planning side of the service: how fast resources are made fit for the planning store.

Run: `python -m bench.population [--rounds 5]`. Reads published synthetic bundles in place (SCR_SAMPLE_DATA), gives
each person an NHS number of the test range, and releases every code that stands in them, so that as much as
possible is kept and nothing is gained by dropping it. Beside it: one thread of orjson that walks every object.
"""

import argparse
import bz2
import os
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import orjson

from adapters.simulators.invention import nhs_numbers
from fhir_profiles.systems import NHS_NUMBER
from gateway.population.allow_list import AllowList, load_allow_lists
from gateway.population.deidentify import Deidentifier
from gateway.population.ground import Ground
from gateway.population.ladders import Places
from gateway.population.people import people_of
from gateway.population.released_codes import load_code_lists

Resource = dict[str, Any]

KEY = bytes(range(32))
_URN = re.compile(r"urn:uuid:[0-9a-f-]{36}")
_TEXTS = ("display", "text")
SAMPLES = Path(os.environ.get("SCR_SAMPLE_DATA", "../shared/data"))


@dataclass(frozen=True)
class Measured:
    """What one way of doing it took, at best, and how much it left."""

    name: str
    seconds: float
    resources: int
    read_bytes: int
    written_bytes: int

    def __str__(self) -> str:
        """Say it in the words of docs/performance.md."""
        per_second = self.resources / self.seconds
        megabytes = self.read_bytes / self.seconds / 1e6
        ratio = self.written_bytes / self.read_bytes
        return f"{self.name:<42} {per_second:>9,.0f} resources/s {megabytes:>6.0f} MB/s   out/in {ratio:.2f}"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.population")
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    resources, lists = list(sampled()), load_allow_lists()
    listed = {one.resource_type for one in lists}
    mixed = ndjson(each for each in resources if each["resourceType"] in listed)
    clean, walk = Deidentifier(ground_for(mixed, lists)), NaiveWalk(lists)
    samples = {
        "listed types": mixed,
        "every type": ndjson(resources),
        "encounters": ndjson(each for each in resources if each["resourceType"] == "Encounter"),
    }
    for name, lines in samples.items():
        print(measure(f"de-identify, {name}", lines, lambda it: clean(it).ndjson, rounds))
        print(measure(f"naive orjson walk, {name}", lines, walk, rounds))
        print(measure(f"orjson alone, {name}", lines, read_and_write, rounds))


def read_and_write(lines: bytes) -> bytes:
    """Read and write everything: as fast as anything can be that makes objects of it."""
    return b"".join(orjson.dumps(orjson.loads(line)) + b"\n" for line in lines.splitlines())


def measure(name: str, lines: bytes, work: Callable[[bytes], bytes], rounds: int) -> Measured:
    """Time the best of some rounds."""
    took = []
    for _ in range(rounds):
        begun = time.process_time()
        written = work(lines)
        took.append(time.process_time() - begun)
    return Measured(name, min(took), lines.count(b"\n"), len(lines), len(written))


def sampled() -> Iterator[Resource]:
    """Give the resources of the published bundles as a bulk export has them: `Type/id` for `urn:uuid:`."""
    numbers = nhs_numbers(seed=1)
    for path in sorted((SAMPLES / "synthea_r4_bundles").rglob("*.bz2")):
        text = bz2.decompress(path.read_bytes()).decode()
        entries = orjson.loads(text)["entry"]
        named = {one["fullUrl"]: one["resource"] for one in entries}
        for entry in orjson.loads(_URN.sub(partial(_local, named), text))["entry"]:
            resource = entry["resource"]
            if resource["resourceType"] == "Patient":
                number = {"system": NHS_NUMBER, "value": next(numbers).digits}
                resource["identifier"].append(number)
            yield resource


def _local(named: Mapping[str, Resource], urn: re.Match[str]) -> str:
    resource = named.get(urn[0])
    return f"{resource['resourceType']}/{resource['id']}" if resource else urn[0]


def ndjson(resources: Iterable[Resource]) -> bytes:
    """Write one resource a line, sorted by type as exports are."""
    ordered = sorted(resources, key=lambda each: each["resourceType"])
    return b"".join(orjson.dumps(each) + b"\n" for each in ordered)


def ground_for(lines: bytes, lists: tuple[AllowList, ...]) -> Ground:
    """Make a ground on which all the people are known and all the codes released."""
    patients = b"\n".join(line for line in lines.split(b"\n") if b'"Patient"' in line[:30])
    worded = dict.fromkeys(codings_in(lines), "as the sample words it")
    codes = {
        name: replace(one, wording={**worded, **one.wording})
        for name, one in load_code_lists().items()
    }
    people = people_of(patients, KEY).by_id
    return Ground("sample", KEY, people, Places({}, {}, {}), {}, lists, codes)


def codings_in(lines: bytes) -> Iterator[tuple[str, str]]:
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


class NaiveWalk:
    """Do what one would write first: read everything, walk it, keep the names that are listed, cut the dates."""

    def __init__(self, lists: tuple[AllowList, ...]) -> None:
        """Take the top-level names; below them everything is kept."""
        self._names = {
            one.resource_type: {"resourceType", *(kept.path for kept in one.kept)} for one in lists
        }

    def __call__(self, lines: bytes) -> bytes:
        """Walk every line."""
        return b"".join(self._line(orjson.loads(line)) for line in lines.splitlines())

    def _line(self, resource: Resource) -> bytes:
        names = self._names.get(resource["resourceType"])
        if names is None:
            return b""
        kept = {name: _walked(value) for name, value in resource.items() if name in names}
        return orjson.dumps(kept) + b"\n"


def _walked(value: object) -> object:
    match value:
        case dict():
            return {name: _walked(one) for name, one in value.items() if name not in _TEXTS}
        case list():
            return [_walked(each) for each in value]
        case str() if len(value) > 18 and value[4:5] == "-" and value[10:11] == "T":
            return value[:13] + ":00:00" + value[19:][-6:]
        case _:
            return value


if __name__ == "__main__":
    main()
