"""Time the disclosure gate: rows by k, l and t, the attacks on them, and a table with totals.

Run: `python -m bench.disclosure_gate [--rounds 3] [--rows 1000000]`. Invented people in 60 areas, 18 age bands, two sexes and four
quarters, with one of six things that happened to them; one thread of DuckDB; processor seconds, the best of some rounds.
"""

import argparse
import time
from collections.abc import Callable
from random import Random

import duckdb

from gateway.population.anonymity import measured
from gateway.population.attacks import attacks_on_rows
from gateway.population.profile import DisclosureProfile, SensitiveColumn
from gateway.population.suppression import Counted, Total, protected_counts

AREAS, MONTHS = 300, 12
PROFILE = DisclosureProfile(
    "bench", ("person",), ("area", "band", "sex", "quarter"), (SensitiveColumn.highly("kind"),)
)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.disclosure_gate")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rows", type=int, default=1_000_000)
    told = parser.parse_args()
    database = duckdb.connect(config={"threads": 1})
    database.execute(f"CREATE TABLE people AS {people(told.rows)}")
    took = best(told.rounds, lambda: measured(database, "people", PROFILE))
    print(f"k, l and t, 4 quasi-identifiers        {told.rows / took:>12,.0f} rows/s")
    took = best(told.rounds, lambda: attacks_on_rows(database, "people", PROFILE))
    print(f"T7, T8 on all 15 subsets, and T17      {told.rows / took:>12,.0f} rows/s")
    counts, totals = table()
    took = best(told.rounds, lambda: protected_counts(counts, totals))
    print(f"{AREAS} areas by {MONTHS} months with totals    {took:>12.2f} s")


def best(rounds: int, work: Callable[[], object]) -> float:
    """Give the processor seconds of the fastest round."""
    took = []
    for _ in range(rounds):
        begun = time.process_time()
        work()
        took.append(time.process_time() - begun)
    return min(took)


def people(rows: int) -> str:
    """Give SQL for people in order of their pseudonym, spread by hash."""
    return f"""
        SELECT lpad(i::VARCHAR, 10, '0') AS person, 'E' || hash(i, 1) % 60 AS area,
            'band ' || hash(i, 2) % 18 AS band, 'sex ' || hash(i, 3) % 2 AS sex,
            'quarter ' || hash(i, 4) % 4 AS quarter, 'kind ' || hash(i, 5) % 6 AS kind
        FROM range({rows}) AS numbers(i)"""


def table() -> tuple[dict[tuple[int, int], Counted], tuple[Total[tuple[int, int]], ...]]:
    """Give a table of mostly small counts; the last row and column are the totals."""
    random = Random(1)
    cells = {
        (area, month): random.choice([0, 0, 1, 2, 3, 5, 9, 14, 30])
        for area in range(AREAS)
        for month in range(MONTHS)
    }
    rows = [
        Total((area, MONTHS), tuple((area, each) for each in range(MONTHS)))
        for area in range(AREAS)
    ]
    columns = [
        Total((AREAS, month), tuple((each, month) for each in range(AREAS)))
        for month in range(MONTHS)
    ]
    totals = (*rows, *columns, Total((AREAS, MONTHS), tuple(cells)))
    sums = {each.total: sum(cells[part] for part in each.parts) for each in totals}
    return {name: Counted.of_people(count) for name, count in {**cells, **sums}.items()}, totals


if __name__ == "__main__":
    main()
