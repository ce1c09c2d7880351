"""Learn something of somebody without finding them: of whom those who are alike have what few others have, or all the same (T8).

Reckons for itself, as a reader would who has the rows and nothing else: it shares neither SQL nor a rule with the gate's own
measures (gateway/population/anonymity.py), and decides nothing of what is done about it.
"""

from collections.abc import Sequence
from typing import cast

from gateway.population.anonymity import Database, listed
from gateway.population.profile import UNKNOWN, DisclosureProfile, SensitiveColumn
from gateway.population.views.quoting import identifier, text_literal

_ROUNDING = 1e-9
"""Shares are compared in floating point."""


def secrets_told(database: Database, table: str, profile: DisclosureProfile) -> int:
    """Count the sets of people, by every set of columns that may be known of them, of whom something is told."""
    return sum(
        _sets_told(database, table, profile, columns, each)
        for columns in profile.known_subsets()
        for each in profile.sensitive
    )


def _sets_told(
    database: Database,
    table: str,
    profile: DisclosureProfile,
    columns: Sequence[str],
    sensitive: SensitiveColumn,
) -> int:
    reader = _reader(table, profile.person, columns, sensitive.name)
    few = sensitive.fewest_values
    alike = f"SELECT set_of FROM had_by GROUP BY set_of HAVING count(said) < {few}"  # noqa: S608 - a number
    but_for_one = f"SELECT set_of FROM left_over WHERE values_left < {few - 1}"  # noqa: S608 - a number
    surer = f"SELECT set_of FROM likelier WHERE now > before + {profile.furthest + _ROUNDING}"  # noqa: S608 - a number
    unlike = (
        "SELECT set_of FROM likelier GROUP BY set_of "  # noqa: S608 - a number
        f"HAVING sum(least(of_said, of_all_said)) < {1 - profile.furthest - _ROUNDING}"
    )
    query = (
        f"{reader} SELECT count(*) FROM ({alike} UNION {but_for_one} UNION {surer} UNION {unlike})"  # noqa: S608 - quoted
    )
    ((found,),) = database.execute(query).fetchall()
    return cast("int", found)


def _reader(table: str, person: str, columns: Sequence[str], sensitive: str) -> str:
    """Give SQL for what a reader makes of the rows: for each person of each set the list of what is said of them, and sums.

    `likelier`: of each value how likely it is of somebody of the set, and was of anybody before. `left_over`: how many
    values are said of a set still when the only person with some of them is set aside.
    """
    who, rows = identifier(person), identifier(table)
    said = f"list(DISTINCT coalesce({identifier(sensitive)}::VARCHAR, {text_literal(UNKNOWN)}))"
    return f"""
        WITH alike AS (
            SELECT row({listed(columns)}) AS set_of, {who} AS who, {said} AS has FROM {rows} GROUP BY ALL
        ), everybody AS (SELECT {who} AS who, {said} AS has FROM {rows} GROUP BY ALL
        ), had_before AS (SELECT value, count(*) AS n FROM everybody, unnest(has) AS _(value) GROUP BY value
        ), sizes AS (SELECT set_of, count(*) AS people, sum(len(has)) AS mentions FROM alike GROUP BY set_of
        ), had_by AS (
            SELECT set_of, value, nullif(value, {text_literal(UNKNOWN)}) AS said, count(*) AS n, min(who) AS who
            FROM alike, unnest(has) AS _(value) GROUP BY set_of, value
        ), likelier AS (
            SELECT set_of, had_by.n / people AS now, had_by.n / mentions AS of_said,
                had_before.n / (SELECT count(*) FROM everybody) AS before,
                had_before.n / (SELECT sum(n) FROM had_before) AS of_all_said
            FROM had_by JOIN sizes USING (set_of) JOIN had_before USING (value)
        ), left_over AS (
            SELECT alone.set_of, any_value(every.values_said) - count(said) AS values_left
            FROM had_by AS alone
            JOIN (SELECT set_of, count(said) AS values_said FROM had_by GROUP BY set_of) AS every USING (set_of)
            WHERE n = 1 GROUP BY alone.set_of, who
        )"""  # noqa: S608 - every name is quoted
