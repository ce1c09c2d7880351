"""Account for every published file, and keep the accounts in tables beside this file.

`python -m tests.published.table` rewrites the tables; the tests compare with them on each run.
"""

import asyncio
import csv
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from pathlib import Path

from adapters.simulators.published.bundles import resources_in
from adapters.simulators.published.patients import with_number_everywhere
from adapters.simulators.published.people import World
from adapters.simulators.published.table import HOSPITAL_FOLDERS, Row
from tests.london import London
from tests.published.account import (
    Account,
    Why,
    account_of_answer,
    account_of_mapped,
    read_answer,
)
from tests.published.asking import asked
from tests.published.examples import NUMBER, PERSON, Example, examples, running_examples
from tests.published.samples import SAMPLES, running_published, world

GP_TABLE = Path(__file__).with_name("gp.csv")
R4_TABLE = Path(__file__).with_name("r4.csv")

_COUNTS = [each.name for each in fields(Account) if each.name not in {"file", "outcome", "listed"}]
_COLUMNS = ["file", "outcome", "given", "shown", *Why, *_COUNTS[2:]]


def write_table(path: Path, accounts: Iterable[Account]) -> None:
    with path.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, _COLUMNS, lineterminator="\n")
        writer.writeheader()
        for each in accounts:
            counts = {name: getattr(each, name) for name in _COUNTS}
            reasons = {str(why): each.listed[why] for why in Why}
            writer.writerow({"file": each.file, "outcome": each.outcome, **counts, **reasons})


def read_tables(*paths: Path) -> Mapping[str, Account]:
    """Read the accounts as they were agreed, by file."""
    found: dict[str, Account] = {}
    for path in paths:
        with path.open(encoding="utf-8", newline="") as opened:
            for row in csv.DictReader(opened):
                counts = {name: int(row[name]) for name in _COUNTS}
                listed = Counter({str(why): int(row[why]) for why in Why})
                found[row["file"]] = Account(row["file"], row["outcome"], listed=+listed, **counts)
    return found


def grown(now: Account, agreed: Account) -> dict[str, tuple[int, int]]:
    """Give each count that got worse: agreed, and now."""
    worse = {
        name: (getattr(agreed, name), getattr(now, name))
        for name in ("untold", "differing", "faulty", "ours", "scalars_listed", "scalars_lost")
        if getattr(now, name) > getattr(agreed, name)
    }
    worse |= {
        str(why): (agreed.listed[why], now.listed[why])
        for why in Why
        if now.listed[why] > agreed.listed[why]
    }
    if now.shown < agreed.shown or now.given != agreed.given:
        worse["shown"] = (agreed.shown, now.shown)
    return worse


async def of_gp(london: London, world: World, row: Row) -> Account:
    """Account for one GP record, asked for with its test number."""
    assert row.gp is not None
    served = with_number_everywhere(SAMPLES.read(row.gp), row.number)
    found = read_answer(await asked(london, "gp", row.number), world.cohort.people[row.number])
    return account_of_mapped(row.gp, served, found, row.number)


async def of_hospital(london: London, world: World, row: Row) -> Account:
    """Account for one hospital record."""
    assert row.hospital is not None
    names = [
        (each.resource_type, f"{each.resource_type}/{each.id}")
        for each in resources_in(SAMPLES.read(row.hospital))
    ]
    return await _of_r4(london, world, row, "hospital", names)


async def of_ambulance(london: London, world: World, row: Row) -> Account:
    """Account for one ambulance message."""
    assert row.ambulance is not None
    names = [
        (each.resource_type, str(each.full_url))
        for each in resources_in(SAMPLES.read(row.ambulance))
    ]
    return await _of_r4(london, world, row, "ambulance", names)


async def _of_r4(
    london: London, world: World, row: Row, source: str, names: Sequence[tuple[str, str]]
) -> Account:
    found = read_answer(await asked(london, source, row.number), world.cohort.people[row.number])
    return account_of_answer(str(getattr(row, source)), found, names, row.number)


async def of_example(london: London, example: Example, place: int) -> Account:
    """Account for one published example."""
    found = read_answer(await asked(london, "hospital", NUMBER, f"/{place}"), PERSON)
    return account_of_answer(example.file, found, example.names, NUMBER)


def small_first(rows: Iterable[Row]) -> list[Row]:
    """Give the people that a hospital holds, those of the second folder first, then by size of file."""
    held = [row for row in rows if row.hospital]
    return sorted(
        held,
        key=lambda row: (
            str(row.hospital).startswith(HOSPITAL_FOLDERS[0]),
            (SAMPLES.folder / str(row.hospital)).stat().st_size,
        ),
    )


async def _all_of(london: London, world: World) -> tuple[list[Account], list[Account]]:
    rows = list(world.rows.values())
    of_practice = [await of_gp(london, world, row) for row in rows if row.gp]
    of_others = [await of_hospital(london, world, row) for row in rows if row.hospital]
    of_others += [await of_ambulance(london, world, row) for row in rows if row.ambulance]
    return of_practice, of_others


async def _all_examples(london: London, served: Sequence[Example]) -> list[Account]:
    return [await of_example(london, each, place) for place, each in enumerate(served)]


def main() -> None:
    published = world()
    with running_published(published) as london:
        of_practice, of_others = asyncio.run(_all_of(london, published))
    write_table(GP_TABLE, of_practice)
    served = examples()
    with running_examples(served) as london:
        of_others += asyncio.run(_all_examples(london, served))
    write_table(R4_TABLE, of_others)


if __name__ == "__main__":
    main()
