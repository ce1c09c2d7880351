"""Put the probes of T1 to T4 through cumulus-etl and through our own de-identification, and say what comes out of each, by place.

Run as `python -m tests.population.deidentification.beside_cumulus CUMULUS_ETL [--of-each 700] [--philter] [--into docs/probes.md]`, where
CUMULUS_ETL is that command in an environment of its own. Each probe has a number and a name of its own, so that what comes out tells
which it was.
"""

import argparse
import json
import re
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from adapters.simulators.invention import nhs_numbers
from bench.report import between
from gateway.population.deidentify import deidentify
from tests.population.deidentification.grounds import GROUND, PATIENT, ndjson
from tests.population.deidentification.planting import SPELLINGS, cases, planted
from tests.population.deidentification.r4_paths import Place
from tests.population.deidentification.test_t03_t04_smuggling import PLACES, TEXTS, with_code
from tests.population.deidentification.whole import whole

BEGIN, END = "<!-- probes:begin -->", "<!-- probes:end -->"
Resource = dict[str, Any]
_CONSONANTS = "bcdfghjkmnpqrstvwxz"
_NAME = re.compile(rf"Zq[{_CONSONANTS}]{{7}}")
_NUMBER = re.compile(r"(?<![0-9])[0-9]{10}(?![0-9])")


@dataclass(frozen=True)
class Probe:
    """A resource with a number and a name in one place, under a heading of the table."""

    heading: str
    number: str
    name: str
    spelt: str
    resource: Resource


def main() -> None:
    """Probe, and print or write the table."""
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("command", type=Path, help="cumulus-etl, in its own environment")
    parser.add_argument("--of-each", type=int, default=700, help="probes of each row of the table")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--philter", action="store_true", help="try it with Philter as well")
    parser.add_argument("--into", type=Path, help="document to put the table into")
    given = parser.parse_args()
    probes = [*every_probe(given.of_each, given.seed)]
    left = {"this service": [*ours(probes)], "cumulus-etl": [*theirs(given.command, (), probes)]}
    if given.philter:
        left["cumulus-etl --philter"] = [*theirs(given.command, ("--philter",), probes)]
    out = {way: found_in(lines, probes) for way, lines in left.items()}
    kept = {way: sum(line.startswith("{") for line in lines) for way, lines in left.items()}
    told = f"{_measured(given, len(probes))}\n\n{as_table(probes, out, kept)}"
    sys.stdout.write(f"{told}\n")
    if given.into:
        text = given.into.read_text("utf-8")
        given.into.write_text(between(text, BEGIN, END, told), "utf-8")


def every_probe(of_each: int, seed: int, of_cases: int | None = None) -> Iterator[Probe]:
    """Make the probes of T1 and T2, chosen of so many cases or of all, of T3 and of T4."""
    tokens = zip((each.digits for each in nhs_numbers(seed)), map(_name, count()), strict=False)
    tried: Counter[str] = Counter()
    for place, spelling in islice(cases(seed), of_cases):
        heading = heading_of(place)
        tried[heading] += 1
        if tried[heading] > of_each:
            continue
        number, name = next(tokens)
        spelt = SPELLINGS[spelling](f"{number} {name}")
        resource = planted(place, spelling, number, name)
        _name_extensions(resource)
        yield Probe(heading, number, name, spelt, resource)
    for resource_type, kept in PLACES:
        number, name = next(tokens)
        resource = with_code(resource_type, kept, number)
        yield Probe("T3: an NHS number as a code", number, name, number, resource)
    for resource_type, element in TEXTS:
        for where in ("text", "display", "value", "end"):
            number, name = next(tokens)
            story = f"seen with {name} of 1 High Street"
            resource = {
                **(good := whole(resource_type)),
                element: _telling(good[element], where, story),
            }
            yield Probe("T4: a story in what is kept", number, name, story, resource)


def ours(probes: Sequence[Probe]) -> Iterator[str]:
    """Give the lines that our de-identification leaves."""
    done = deidentify(ndjson(*(each.resource for each in probes)), GROUND)
    yield from done.ndjson.decode().splitlines()
    yield str(done.report)


def theirs(command: Path, words: Iterable[str], probes: Sequence[Probe]) -> Iterator[str]:
    """Give the lines that cumulus-etl leaves in its output; its folder of secrets is not looked at."""
    with TemporaryDirectory(prefix="cumulus-") as name:
        folder = Path(name)
        write_export(folder / "in", probes)
        run_cumulus(command, folder, words)
        # Its tables `etl__…` say which exports were complete, and hold no resource.
        for path in sorted((folder / "out").glob("[!e]*/*.ndjson")) + sorted(
            (folder / "out").glob("encounter/*.ndjson")
        ):
            yield from path.read_text("utf-8").splitlines()


def write_export(folder: Path, probes: Iterable[Probe]) -> None:
    """Write what a bulk export is: a file for each type, each resource with an id of its own."""
    folder.mkdir()
    lines: dict[str, list[str]] = defaultdict(list)
    lines["Patient"].append(json.dumps(PATIENT))
    for number, each in enumerate(probes):
        own = {"id": f"r{number}"} if each.resource["id"] in ("r1", "p1") else {}
        lines[str(each.resource["resourceType"])].append(json.dumps({**each.resource, **own}))
    for kind, found in lines.items():
        (folder / f"{kind}.ndjson").write_text("\n".join(found) + "\n", "utf-8")


def run_cumulus(command: Path, folder: Path, words: Iterable[str]) -> None:
    """Run it as its documentation says, into NDJSON; whatever it could not take is in `errors`."""
    places = [str(folder / each) for each in ("in", "out", "phi")]
    fixed = [
        "--output-format=ndjson",
        f"--errors-to={folder / 'errors'}",
        "--allow-missing-resources",
    ]
    export = ["--export-group=probes", "--export-timestamp=2026-01-01T00:00:00Z"]
    subprocess.run(
        [str(command), "etl", *places, *fixed, *export, *words], check=True, capture_output=True
    )


def found_in(lines: Iterable[str], probes: Sequence[Probe]) -> set[int]:
    """Say which probes come out: their number, their name or the whole as it was spelt."""
    whose = {
        text: number
        for number, each in enumerate(probes)
        for text in (each.spelt, each.number, each.name)
    }
    found: set[int] = set()
    for line in lines:
        texts = [*scalars(json.loads(line))] if line.startswith("{") else [line]
        for text in texts:
            pieces = {text, *_NAME.findall(text), *_NUMBER.findall(text)}
            found |= {whose[each] for each in pieces & whose.keys()}
    return found


def scalars(value: object) -> Iterator[str]:
    """Give every text and number in a JSON value, and every name of a member."""
    match value:
        case dict():
            for name, inner in value.items():
                yield name
                yield from scalars(inner)
        case list():
            for inner in value:
                yield from scalars(inner)
        case _:
            yield str(value)


_HEADINGS: tuple[tuple[str, Callable[[Place], bool]], ...] = (
    ("bytes, addresses and titles of attachments", lambda at: at.primitive in {"base64Binary", "url"}),
    ("extensions of single values (`_name`)", lambda at: any(each[0] == "_" for each in at.names)),
    ("extensions", lambda at: bool({"extension", "modifierExtension"} & {*at.names})),
    ("resources inside resources", lambda at: "contained" in at.names),
    ("identifiers", lambda at: "identifier" in at.names),
    ("narrative", lambda at: at.names[0] == "text"),
    ("names, telephones, addresses, contacts", lambda at: bool({"name", "telecom", "address", "contact", "alias"} & {*at.names})),
    ("notes and comments", lambda at: bool({"note", "comment", "patientInstruction", "description"} & {*at.names})),
    ("ids of resources and elements", lambda at: at.names[-1] == "id"),
    ("references", lambda at: at.names[-1] == "reference"),
    ("wordings beside codes and references", lambda at: at.names[-1] in {"display", "text"}),
    ("codes, code systems and versions", lambda at: at.names[-1] in {"code", "system", "version"}),
    ("dates and times", lambda at: at.primitive in {"date", "dateTime", "instant", "time"}),
    ("numbers and truth values", lambda at: at.primitive in {"decimal", "integer", "positiveInt", "unsignedInt", "boolean"}),
    ("all other texts", lambda _at: True),
)  # fmt: skip


def heading_of(place: Place) -> str:
    """Say under which heading of the table a place is told."""
    return next(heading for heading, is_one in _HEADINGS if is_one(place))


def as_table(probes: Sequence[Probe], out: Mapping[str, set[int]], kept: Mapping[str, int]) -> str:
    """Write how many of the probes came out of each, by heading."""
    tried = Counter(each.heading for each in probes)
    came = {way: Counter(probes[each].heading for each in found) for way, found in out.items()}
    rows = [
        f"| where the token stands | probes | {' | '.join(f'out of {way}' for way in out)} |",
        f"|---|--:|{'--:|' * len(out)}",
    ]
    for heading in sorted(tried):
        cells = " | ".join(f"{came[way][heading]:,}" for way in out)
        rows.append(f"| {heading} | {tried[heading]:,} | {cells} |")
    totals = " | ".join(f"{len(found):,}" for found in out.values())
    lines = " | ".join(f"{count:,}" for count in kept.values())
    return "\n".join(
        [
            *rows,
            f"| **all** | {len(probes):,} | {totals} |",
            f"| resources that were left in part | | {lines} |",
        ]
    )


def _measured(given: argparse.Namespace, probes: int) -> str:
    told = subprocess.run(
        [str(given.command), "--version"], check=True, capture_output=True, text=True
    )
    return f"{probes:,} probes, seed {given.seed}, beside {told.stdout.strip()}."


def _name_extensions(value: object) -> None:
    """Give every extension an address: without one it is no extension, and cumulus-etl 4.3.6 ends on it."""
    match value:
        case dict():
            for name, inner in value.items():
                for each in inner if isinstance(inner, list) else [inner]:
                    if name in {"extension", "modifierExtension"} and isinstance(each, dict):
                        each.setdefault("url", "https://extension.example/probe")
                    _name_extensions(each)
        case _:
            pass


def _name(number: int) -> str:
    letters = []
    for _place in range(7):
        number, digit = divmod(number, len(_CONSONANTS))
        letters.append(_CONSONANTS[digit])
    return "Zq" + "".join(letters)


def _telling(value: object, where: str, story: str) -> object:
    match value:
        case list():
            return [_telling(one, where, story) for one in value]
        case dict():
            return {where: story} | {
                name: _telling(one, where, story) for name, one in value.items()
            }
        case _:
            return story


if __name__ == "__main__":
    main()
