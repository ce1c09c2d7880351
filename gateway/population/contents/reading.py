"""Read from the store the rows that one release may have: the newest of each, of nobody who is left out.

Decides by the dataset's rule and by what the rows themselves say (flags, labels, deaths); who objected or is not on the
national list comes with the order. Whoever is left out is left out here, before anything is counted.
"""

from collections.abc import Iterator
from pathlib import Path

import msgspec

from fhir_profiles.systems import LABEL, V3_CONFIDENTIALITY
from gateway.population.opt_outs import Objections, Population, RowFacts
from gateway.population.pull_checkpoint import PATIENT
from gateway.population.pulled import current_rows
from gateway.population.release_order import ReleaseOrder, StoreSource

_NO_LABEL = "a label of another system"


class _Coding(msgspec.Struct):
    code: str
    system: str


class _Meta(msgspec.Struct):
    security: list[_Coding] = []


class _Reference(msgspec.Struct):
    reference: str = ""


class _Row(msgspec.Struct, rename="camel"):
    id: str
    meta: _Meta = msgspec.field(default_factory=_Meta)
    subject: _Reference | None = None
    deceased_boolean: bool | None = None
    deceased_date_time: str | None = None

    def owner(self) -> str:
        """Give whose row it is; a Patient is its own."""
        return self.id if self.subject is None else self.subject.reference.removeprefix("Patient/")

    def says_dead(self) -> bool:
        """Say whether the row tells of a death."""
        return self.deceased_boolean is True or self.deceased_date_time is not None


_ROW = msgspec.json.Decoder(_Row)


class Reader:
    """Reads the rows that a release may have. Makes up its mind about people once, from the Patients of all sources."""

    def __init__(self, order: ReleaseOrder) -> None:
        """Learn who is flagged and who has died, in whichever source it is said. Raises AlteredPartitionError."""
        self._order = order
        flagged: dict[str, bool] = {}
        self._dead: set[str] = set()
        barred = order.dataset.opt_out_rule.barred_labels
        for source in order.sources:
            for line in self._lines(source, PATIENT):
                row = _ROW.decode(line)
                is_flagged = _is_restricted(row) or not barred.isdisjoint(_labels(row))
                flagged[row.id] = flagged.get(row.id, False) or is_flagged
                if row.says_dead():
                    self._dead.add(row.id)
        objections = Objections(frozenset(), order.left_out, flagged)
        self._population = Population(order.dataset.opt_out_rule, objections, None)

    def write(self, source: StoreSource, resource_type: str, into: Path) -> None:
        """Write the rows of one source and type to a file, one a line."""
        with into.open("wb") as file:
            file.writelines(line + b"\n" for line in self._kept(source, resource_type))

    def _kept(self, source: StoreSource, resource_type: str) -> Iterator[bytes]:
        may_leave = self._population.why_left_out
        for line in self._lines(source, resource_type):
            if may_leave(self._facts(_ROW.decode(line))) is None:
                yield line

    def _lines(self, source: StoreSource, resource_type: str) -> Iterator[bytes]:
        return current_rows(self._order.store / source.name, resource_type, source.through)

    def _facts(self, row: _Row) -> RowFacts:
        owner = row.owner()
        return RowFacts(
            owner,
            is_from_gp=None,
            is_dead=owner in self._dead,
            is_confidential=_is_restricted(row),
            is_deleted=False,
            labels=_labels(row),
        )


def _is_restricted(row: _Row) -> bool:
    return any(each.system == V3_CONFIDENTIALITY for each in row.meta.security)


def _labels(row: _Row) -> tuple[str, ...]:
    """Give the labels; one of a system that the store does not write bars the row."""
    others = [each for each in row.meta.security if each.system != V3_CONFIDENTIALITY]
    return tuple(each.code if each.system == LABEL else _NO_LABEL for each in others)
