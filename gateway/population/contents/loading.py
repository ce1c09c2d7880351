"""Bring the rows of a release into tables: its dataset's views over what was read, beside what is looked up.

Decides nothing about what may leave. Tables: one for each view, with the source, its kind and rank; `people`, one row for each
person; `subject`, who is who in the ledger; `place`, `venue`, `kind`, `band`, `national`, `months`.
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
from gateway.population.ladders import LONDON, AgeRung, age_on, coarse_age
from gateway.population.release_order import ReleaseOrder, SourceKind
from gateway.population.views.compiled import CompiledView
from gateway.population.views.declared import declared_views
from gateway.population.views.quoting import identifier, text_literal
from gateway.population.views.running import run_view

_RANKS = {SourceKind.GP: 0, SourceKind.HOSPITAL: 1, SourceKind.AMBULANCE: 2}
"""A practice knows best where somebody lives. Judgement."""
_MIDDLE_OF_THE_YEAR = 7
_UNKNOWN = "unknown"
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
        renaming, reader, views = Renaming(self.order), Reader(self.order), declared_views()
        for name in self.order.dataset.views:
            self._view(name, views[name], reader, renaming)
        self._look_ups()
        self._subjects(renaming)
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


_PEOPLE = f"""
    SELECT person_id, coalesce(gender_code, '{_UNKNOWN}') AS sex,
        coalesce(record_owner_organisation_code, '{_UNKNOWN}') AS practice,
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
        return None, *(_UNKNOWN for _rung in AgeRung)
    year, _, month = birth_month.partition("-")
    years = age_on(date(int(year), int(month or _MIDDLE_OF_THE_YEAR), 1), day)
    return birth_month, *(coarse_age(years, rung) for rung in AgeRung)
