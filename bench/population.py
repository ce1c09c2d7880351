"""Time the planning side of the service: how fast resources are made fit for the planning store.

Run: `python -m bench.population [--rounds 5]`. Reads published synthetic bundles in place (SCR_SAMPLE_DATA), gives
each person an NHS number of the test range, and releases every code that stands in them, so that as much as
possible is kept and nothing is gained by dropping it. Beside it: one thread of orjson that walks every object.
"""

import argparse
import bz2
import json
import os
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
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
from gateway.population.released_codes import CodeList, load_code_lists

KEY = bytes(range(32))
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
    resources = list(sampled())
    lists = load_allow_lists()
    listed = {one.resource_type for one in lists}
    mixed = ndjson(each for each in resources if each["resourceType"] in listed)
    encounters = ndjson(each for each in resources if each["resourceType"] == "Encounter")
    ground = ground_for(mixed, lists)
    clean, walk = Deidentifier(ground), NaiveWalk(lists)
    for name, lines in (("mixed", mixed), ("encounters alone", encounters)):
        print(measure(f"de-identify, {name}", lines, lambda it: clean(it).ndjson, rounds))
        print(measure(f"naive orjson walk, {name}", lines, walk, rounds))


def measure(name: str, lines: bytes, work: Callable[[bytes], bytes], rounds: int) -> Measured:
    """Time the best of some rounds."""
    took = []
    for _ in range(rounds):
        begun = time.process_time()
        written = work(lines)
        took.append(time.process_time() - begun)
    return Measured(name, min(took), lines.count(b"\n"), len(lines), len(written))


def sampled() -> Iterator[dict[str, Any]]:
    """Give the resources of the published bundles as a bulk export has them: `Type/id` for `urn:uuid:`."""
    numbers = nhs_numbers(seed=1)
    for path in sorted((SAMPLES / "synthea_r4_bundles").rglob("*.bz2")):
        text = bz2.decompress(path.read_bytes()).decode()
        entries = json.loads(text)["entry"]
        for entry in entries:
            own = entry["resource"]
            text = text.replace(entry["fullUrl"], f"{own['resourceType']}/{own['id']}")
        for entry in json.loads(text)["entry"]:
            resource = entry["resource"]
            if resource["resourceType"] == "Patient":
                number = {"system": NHS_NUMBER, "value": next(numbers).digits}
                resource["identifier"].append(number)
            yield resource


def ndjson(resources: Iterable[dict[str, Any]]) -> bytes:
    """Write one resource a line, sorted by type as exports are."""
    ordered = sorted(resources, key=lambda each: each["resourceType"])
    return b"".join(orjson.dumps(each) + b"\n" for each in ordered)


def ground_for(lines: bytes, lists: tuple[AllowList, ...]) -> Ground:
    """Make a ground on which all the people are known and all the codes released."""
    patients = b"\n".join(line for line in lines.split(b"\n") if b'"Patient"' in line[:30])
    pairs = {pair for line in lines.split() for pair in ()} | set(codings_in(lines))
    codes = {name: released(one, pairs) for name, one in load_code_lists().items()}
    return Ground("sample", KEY, people_of(patients, KEY).by_id, Places({}, {}, {}), {}, lists, codes)


def released(one: CodeList, pairs: set[tuple[str, str]]) -> CodeList:
    """Give a list of ours that releases every code of the sample too; FHIR's own lists are as they are."""
    added = {pair: "as the sample words it" for pair in pairs}
    return one if not one.note.count(" ") > 12 else replace(one, wording={**added, **one.wording})


def codings_in(lines: bytes) -> Iterator[tuple[str, str]]:
    """Give every system and code that stand together."""
    waiting = [orjson.loads(line) for line in lines.splitlines()]
    while waiting:
        match waiting.pop():
            case {"system": str(system), "code": str(code), **rest}:
                yield system, code
                waiting += rest.values()
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
        self._names = {one.resource_type: {kept.path for kept in one.kept} for one in lists}

    def __call__(self, lines: bytes) -> bytes:
        """Walk every line."""
        return b"".join(self._line(orjson.loads(line)) for line in lines.splitlines())

    def _line(self, resource: dict[str, Any]) -> bytes:
        names = self._names[resource["resourceType"]] | {"resourceType"}
        kept = {name: self._walk(value) for name, value in resource.items() if name in names}
        return orjson.dumps(kept) + b"\n"

    def _walk(self, value: Any) -> Any:
        match value:
            case dict():
                return {k: self._walk(v) for k, v in value.items() if k not in ("display", "text")}
            case list():
                return [self._walk(each) for each in value]
            case str() if len(value) > 18 and value[4:5] == "-" and value[10:11] == "T":
                return value[:13] + ":00:00" + value[19:][-6:]
            case _:
                return value


if __name__ == "__main__":
    main()
