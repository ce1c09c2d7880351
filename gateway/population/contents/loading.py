"""Bring the rows of a release into tables: its dataset's views over what was read, beside what is looked up.

Decides nothing about what may leave. Tables: one for each view, with the source, its kind and rank; `people`, one row for each
person; `subject`, who is who in the ledger; `left_out`, who is there and may not be counted;
`place`, `venue`, `kind`, `band`, `national`, `months`.
Beside them `in_london`, a FHIR dateTime as London's clocks show it, and `quarter_of`, the quarter of what that gives.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa

from gateway.population.contents.months import Months
from gateway.population.contents.reading import Reader
from gateway.population.contents.renaming import PERSON, Renaming
from gateway.population.contents.tariff import load_national_codes, load_tariff
from gateway.population.differencing import member_of
from gateway.population.ladders import LONDON, AgeRung, age_on, coarse_age
from gateway.population.profile import UNKNOWN
from gateway.population.release_order import ReleaseOrder, SourceKind
from gateway.population.views.compiled import CompiledView
from gateway.population.views.declared import declared_views
from gateway.population.views.quoting import identifier, text_literal
from gateway.population.views.running import run_view

_RANKS = {SourceKind.GP: 0, SourceKind.HOSPITAL: 1, SourceKind.AMBULANCE: 2}
"""A practice knows best where somebody lives. Judgement."""
_MIDDLE_OF_THE_YEAR = 7
_ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True)
class Loading:
    """Where tables are made, and where the rows that they are made of are put for as long as it takes."""

    database: duckdb.DuckDBPyConnection
    order: ReleaseOrder
    months: Months
    work: Path

    def load(self) -> Renaming:
        """Make every table; give the names under which people are in them.

        Raises AlteredPartitionError, UnfitResourcesError, NotASubjectError.
        """
        self.database.execute(_CLOCKS)
        renaming, reader, views = Renaming(self.order), Reader(self.order), declared_views()
        for name in self.order.dataset.views:
            self._view(name, views[name], reader, renaming)
        self._look_ups()
        self._subjects(renaming)
        self._left_out(reader)
        self._people()
        return renaming

    def _view(self, name: str, view: CompiledView, reader: Reader, renaming: Renaming) -> None:
        parts = []
        for source in self.order.sources:
            path = self.work / f"{source.name}-{view.resource}.ndjson"
            reader.write(source, view.resource, path)
            rows = renaming.renamed(run_view(self.database, view, [path]), source.name)
            part = f"{name} {source.name}"
            self._register(part, rows)
            named = f"{text_literal(source.name)} AS source_name, {text_literal(source.kind)} AS source_kind"
            parts.append(
                f"SELECT *, {named}, {_RANKS[source.kind]} AS source_rank "  # noqa: S608 - quoted
                f"FROM {identifier(part)}"
            )
        self._make(name, f"{' UNION ALL '.join(parts)} ORDER BY ALL")

    def _look_ups(self) -> None:
        places, tariff = self.order.places, load_tariff()
        by_lsoa = [
            (lsoa, places.msoa_of[lsoa], borough)
            for lsoa, borough in sorted(places.borough_of.items())
        ]
        self._table("place", ("lsoa", "msoa", "borough"), by_lsoa)
        self._table("venue", ("code", "lsoa"), sorted(self.order.venues.items()))
        kinds = ("name", "source", "class", "pounds", "pounds_a_night")
        self._table("kind", kinds, tariff.kinds)
        self._table("band", ("name", "from_pounds"), tariff.bands)
        self._table("national", ("item", "local", "given"), load_national_codes())
        self._table("months", ("first", "last"), [self.months[:2]])

    def _subjects(self, renaming: Renaming) -> None:
        found = sorted(renaming.people.items())
        names = pa.array([name for name, _member in found], pa.string())
        members = pa.array([member for _name, member in found], pa.uint64())
        drawn = pa.array([name in renaming.kept_back for name, _member in found], pa.bool_())
        columns = [PERSON, "member", "is_kept_back"]
        self._register("all subjects", pa.table([names, members, drawn], columns))
        self._make("subject", 'SELECT * FROM "all subjects"')

    def _left_out(self, reader: Reader) -> None:
        key = self.order.ledger_key
        members = sorted(member_of(key, subject) for subject in reader.left_out)
        self._register("all left out", pa.table({"member": pa.array(members, pa.uint64())}))
        self._make("left_out", 'FROM "all left out"')

    def _people(self) -> None:
        born = self.database.execute("SELECT DISTINCT birth_month FROM person ORDER BY ALL")
        found = [_aged(month, self.months.ends_on) for (month,) in born.fetchall()]
        self._table("born", ("birth_month", *(f"age_{rung}" for rung in AgeRung)), found)
        self._make("people", _PEOPLE)

    def _table(self, name: str, columns: Sequence[str], rows: Iterable[tuple[object, ...]]) -> None:
        found = list(rows)
        by_column = list(zip(*found, strict=True)) if found else [()] * len(columns)
        arrays = [pa.array(each, None if found else pa.string()) for each in by_column]
        self._register(f"all of {name}", pa.table(arrays, list(columns)))
        self._make(name, f"SELECT * FROM {identifier(f'all of {name}')}")  # noqa: S608 - quoted

    def _register(self, name: str, rows: pa.Table) -> None:
        self.database.register(name, rows)

    def _make(self, name: str, query: str) -> None:
        self.database.execute(f"CREATE TABLE {identifier(name)} AS {query}")


_CLOCKS = """
    CREATE MACRO in_london(moment) AS CASE
        WHEN contains(moment, 'T')
        THEN strftime(timezone('Europe/London', TRY_CAST(moment AS TIMESTAMPTZ)), '%Y-%m-%dT%H')
        WHEN length(moment) >= length('2026-07') THEN moment
    END;
    CREATE MACRO quarter_of(told) AS
        left(told, 4) || '-Q' || ((TRY_CAST(told[6:7] AS INTEGER) + 2) // 3);"""
"""A day stays a day and a month a month: midnight would be an hour that nobody said. A year alone is in no month, and is nothing."""

_PEOPLE = f"""
    SELECT person_id, coalesce(gender_code, '{UNKNOWN}') AS sex,
        coalesce(record_owner_organisation_code, '{UNKNOWN}') AS practice,
        age_band, age_stage, age_adult,
        coalesce(place.lsoa, '{_ELSEWHERE}') AS lsoa, coalesce(place.msoa, '{_ELSEWHERE}') AS msoa,
        coalesce(place.borough, '{_ELSEWHERE}') AS borough,
        if(place.lsoa IS NULL, '{_ELSEWHERE}', '{LONDON}') AS london
    FROM (
        SELECT * FROM person
        QUALIFY row_number() OVER (PARTITION BY person_id ORDER BY source_rank, source_name) = 1
    ) AS person
    JOIN born ON born.birth_month IS NOT DISTINCT FROM person.birth_month
    LEFT JOIN place ON place.lsoa = person.lsoa_code
    ORDER BY ALL"""  # noqa: S608 - constants
"""Of several sources' words on one person, the practice's own stand whole."""


def _aged(birth_month: str | None, day: date) -> tuple[str | None, ...]:
    if birth_month is None:
        return None, *(UNKNOWN for _rung in AgeRung)
    year, _, month = birth_month.partition("-")
    years = age_on(date(int(year), int(month or _MIDDLE_OF_THE_YEAR), 1), day)
    return birth_month, *(coarse_age(years, rung) for rung in AgeRung)
