"""Read which counts may be asked for: each by the table of a declared dataset that it is answered from.

Counts nothing. The files are `fhir_profiles/measures/*.toml`, for a governance lead to read: what is in none of them is not
counted. By which people, rules and agreement, the dataset says. A word that is not known stops the start.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

import msgspec

from gateway.population.datasets import Dataset, TableRule, Unit

_FOLDER = files("fhir_profiles") / "measures"


class MeasureError(ValueError):
    """Say what is wrong with a declared measure, and with which."""


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    title: str
    dataset: str
    table: str
    why: str


@dataclass(frozen=True, slots=True)
class Measure:
    """One declared measure; its questions may name the dimensions of its table, and nothing else."""

    name: str
    title: str
    why: str
    dataset: Dataset
    table: TableRule


def load_measures(datasets: Mapping[str, Dataset]) -> Mapping[str, Measure]:
    """Read every declared measure, by name.

    Raises MeasureError.
    """
    texts = [
        path.read_text("utf-8")
        for path in sorted(_FOLDER.iterdir(), key=lambda path: path.name)
        if path.name.endswith(".toml")
    ]
    return {found.name: found for found in (read_measure(each, datasets) for each in texts)}


def read_measure(text: str, datasets: Mapping[str, Dataset]) -> Measure:
    """Read one declaration.

    Raises MeasureError when it cannot be read, or is of no table of counts.
    """
    try:
        found = msgspec.convert(tomllib.loads(text), _File)
        return Measure(found.name, found.title, found.why, *_counted(found, datasets))
    except (tomllib.TOMLDecodeError, ValueError) as fault:
        raise MeasureError(f"A measure cannot be read: {fault}.") from fault


def _counted(found: _File, datasets: Mapping[str, Dataset]) -> tuple[Dataset, TableRule]:
    if not all(map(str.strip, (found.name, found.title, found.why))):
        raise ValueError(f"{found.title!r} does not say all that it must")
    dataset = datasets.get(found.dataset)
    rules = () if dataset is None else dataset.tables
    rule = next((each for each in rules if each.name == found.table), None)
    if dataset is None or rule is None:
        raise ValueError(f"{found.title!r} is of a table that no dataset declares")
    if rule.unit is Unit.POUNDS:
        # Sums of costs over groups have no answer that is safe by their published form alone.
        raise ValueError(f"{found.title!r} is of costs, which are told as tables alone")
    return dataset, rule
