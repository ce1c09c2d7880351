"""Try a view that somebody wrote on the synthetic sample, and on nothing else.

Reads nothing of the store and of no release. Runs in a process of its own, whose parent ends it when it takes too long
(`gateway/view_trials.py`), and which keeps bounds by itself (`gateway/view_trial_process.py`).
"""

import json
from decimal import Decimal
from pathlib import Path
from typing import IO

import duckdb
import msgspec

import fhir_profiles
from gateway.population.engine import Engine, open_engine
from gateway.population.trial import BYTES_AT_MOST, ROWS_AT_MOST, Trial, Tried
from gateway.population.views.bounds import must_be_of_a_size_to_try
from gateway.population.views.compiled import CompiledView, compile_view
from gateway.population.views.faults import UnfitResourcesError, UnusableViewError
from gateway.population.views.running import Some, write_some_on_any

SAMPLE = Path(fhir_profiles.__file__).parent / "sample"
"""Invented people, as NDJSON by type."""

_MEMORY_MIB = 256
_FAULTS_AT_MOST = 100
_UNFIT = (
    "the view cannot be run as it is written: a number, a path or a union in it is out of reach"
)
_COMPLAINT = (
    "the view needs more than is lent for a trial: ask for fewer rows, or for fewer columns"
)


def tried(trial: Trial, folder: Path, sample: Path = SAMPLE) -> Tried:
    """Compile a view and run it, within bounds; `folder` is empty, and removed by whoever lends it."""
    try:
        definition = json.loads(bytes(trial.definition), parse_float=Decimal)
        must_be_of_a_size_to_try(definition)
        return _run(compile_view(definition), trial, folder, sample)
    except UnusableViewError as fault:
        told = fault.faults[:_FAULTS_AT_MOST]
        return Tried(faults=tuple(f"{each.place}: {each.says}" for each in told))
    except UnfitResourcesError as fault:
        return Tried(faults=(str(fault),))
    except (RecursionError, MemoryError):
        return Tried(faults=(_COMPLAINT,))
    except (ValueError, ArithmeticError, duckdb.Error):
        # What they say quotes the view.
        return Tried(faults=(_UNFIT,))


def _run(compiled: CompiledView, trial: Trial, folder: Path, sample: Path) -> Tried:
    target = folder / "table"
    rows = max(0, min(trial.rows, ROWS_AT_MOST))
    engine = Engine(threads=1, memory_mib=_MEMORY_MIB)
    with open_engine(engine, [folder, sample]) as connection:
        people = sample / f"{compiled.resource}.ndjson"
        files = [people] if people.is_file() else []
        write_some_on_any(connection, compiled, files, target, Some(rows, trial.form))
    if target.stat().st_size > BYTES_AT_MOST:
        return Tried(faults=(_COMPLAINT,))
    return Tried(target.read_bytes())


def try_one(asked: IO[bytes], answered: IO[bytes], folder: Path) -> None:
    """Read one trial and write what came of it."""
    trial = msgspec.json.decode(asked.read(), type=Trial)
    answered.write(msgspec.json.encode(tried(trial, folder)))
