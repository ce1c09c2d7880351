"""Do what one would write first: read every line into objects, walk it, group rows in a dictionary, count anew for each question.

The baseline of `bench/population.py`; frozen by its SHA-256. It is spared much: no code is looked up, no id renamed, no date checked.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

_TEXTS = ("display", "text")


class NaiveWalk:
    """Keep the names that are listed at the top, cut the dates and drop the wordings below."""

    def __init__(self, names: Mapping[str, set[str]]) -> None:
        """Take the names that each type keeps."""
        self._names = names

    def __call__(self, lines: bytes) -> bytes:
        """Walk every line."""
        return b"".join(self._line(json.loads(line)) for line in lines.splitlines())

    def _line(self, resource: dict[str, Any]) -> bytes:
        names = self._names.get(resource["resourceType"])
        if names is None:
            return b""
        kept = {name: _walked(value) for name, value in resource.items() if name in names}
        return json.dumps(kept, separators=(",", ":")).encode() + b"\n"


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


def naive_table(lines: Path, paths: Sequence[tuple[str, ...]], target: Path) -> None:
    """Write one column for each path, the first of every list on the way, as Parquet."""
    columns: list[list[str | None]] = [[] for _path in paths]
    with lines.open("rb") as read:
        for line in read:
            resource = json.loads(line)
            for column, path in zip(columns, paths, strict=True):
                column.append(_at(resource, path))
    names = ["_".join(path) for path in paths]
    pq.write_table(pa.table([pa.array(each, pa.string()) for each in columns], names), target)


def _at(resource: dict[str, Any], path: Iterable[str]) -> str | None:
    value: object = resource
    for name in path:
        value = value[0] if isinstance(value, list) and value else value
        value = value.get(name) if isinstance(value, dict) else None
    value = value[0] if isinstance(value, list) and value else value
    return None if value is None else str(value)


def naive_gate(rows: Iterable[tuple[str, ...]]) -> tuple[int, int, float]:
    """Give k, l and t of rows of a person, four things known of them, and one secret."""
    people: dict[tuple[str, ...], set[str]] = defaultdict(set)
    secrets: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
    whole: Counter[str] = Counter()
    for person, *known, secret in rows:
        people[tuple(known)].add(person)
        secrets[tuple(known)][secret] += 1
        whole[secret] += 1
    total = sum(whole.values())
    shares = {each: count / total for each, count in whole.items()}
    return (
        min(map(len, people.values())),
        min(map(len, secrets.values())),
        max(_distance(each, shares) for each in secrets.values()),
    )


def _distance(counts: Counter[str], shares: Mapping[str, float]) -> float:
    total = sum(counts.values())
    return sum(max(counts[each] / total - share, 0) for each, share in shares.items())


def naive_count(
    database: duckdb.DuckDBPyConnection, group: Mapping[str, Iterable[str]]
) -> int | str:
    """Count people of a group anew, and round: no memory, no totals, and so no protection."""
    where = " AND ".join(f"{name} IN {(*values, '')}" for name, values in group.items())
    found = database.execute(f"SELECT count(DISTINCT person) FROM people WHERE {where}").fetchone()
    count = found[0] if found else 0
    return "*" if 0 < count < 8 else 5 * round(count / 5)
