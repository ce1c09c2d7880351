"""Give people and records of a release the names that its project knows them by, and forget those of the store.

The store's pseudonyms leave the tables here: what comes after sees the project's alone, and of each person the number that
the ledger knows them by.
"""

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pyarrow as pa

from gateway.population.differencing import member_of
from gateway.population.pseudonyms import ResourceIds, person_of, read_subject
from gateway.population.release_order import ReleaseOrder

PERSON = "person_id"
_RECORDS: Mapping[str, str] = {
    "activity_id": "Encounter",
    "part_of_activity_id": "Encounter",
    "assault_id": "Observation",
}
"""Columns of the declared views that hold a record's id, and of what type that is."""

_ONE_IN = 64
"""So few people are in no row that planning does not feel it, and so many that no number of rows is a true total. Judgement."""


@dataclass(slots=True)
class Renaming:
    """The names of one project; `people` has who was met, by their new name."""

    order: ReleaseOrder
    people: dict[str, int] = field(default_factory=dict, repr=False)
    kept_back: set[str] = field(default_factory=set, repr=False)
    _names: dict[str, str] = field(default_factory=dict, repr=False)

    def renamed(self, table: pa.Table, source: str) -> pa.Table:
        """Give a view's table with the project's names. Raises NotASubjectError."""
        for column, resource_type in _RECORDS.items():
            if column in table.column_names:
                ids = ResourceIds(self.order.project_key, resource_type, source)
                table = _replaced(table, column, _spelling(ids))
        return _replaced(table, PERSON, self._person)

    def _person(self, subject: str) -> str:
        known = self._names.get(subject)
        if known is None:
            known = person_of(self.order.project_key, read_subject(subject))
            self._names[subject] = known
            self.people[known] = member_of(self.order.ledger_key, subject)
            if self._is_kept_back(subject):
                self.kept_back.add(known)
        return known

    def _is_kept_back(self, subject: str) -> bool:
        drawn = hmac.digest(self.order.project_key, f"kept back|{subject}".encode(), "sha256")
        return int.from_bytes(drawn[:8], "big") % _ONE_IN == 0


def _spelling(ids: ResourceIds) -> Callable[[str], str]:
    return lambda text: ids.id_of(text.encode())


def _replaced(table: pa.Table, column: str, rename: Callable[[str], str]) -> pa.Table:
    old = table.column(column).to_pylist()
    new = pa.array([None if each is None else rename(each) for each in old], pa.string())
    return table.set_column(table.column_names.index(column), column, new)
