"""Answer planners' questions for counts: permit first, then what the gate has let pass, each answer on record before it leaves.

Counts nothing: answers come from tables that a job made (`making.py`). docs/decisions/0042.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from gateway.audit.acts import AskedAct
from gateway.audit.free_text import without_identifiers
from gateway.errors import BadRequestError, NotFoundError
from gateway.population.counts.asking import Answer, answers, read_question
from gateway.population.counts.keeping import KeptTable, KeptTables
from gateway.population.measures import Measure
from gateway.population.releases.admission import Admission, Caller
from gateway.population.releases.requests import read_purpose


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody is told: which measure, of which table, and each count."""

    measure: Measure
    table: KeptTable
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class CountsRoom:
    """What stands before the tables."""

    measures: Mapping[str, Measure]
    admission: Admission
    kept: KeptTables
    clock: Callable[[], datetime]

    async def count(self, who: Caller, document: Mapping[str, object]) -> Told:
        """Tell counts of a declared measure for a project of the caller's organisation.

        Raises NotFoundError for a measure that is not declared; BadRequestError, RefusedError; UnavailableError, also
        where the measure's table was not made, or is over.
        """
        measure = self._measure(document)
        question = read_question(document, measure.table.dimensions)
        project, purpose = (
            _text(document, "project"),
            read_purpose(_text(document, "purpose_of_use")),
        )
        recipient = who.principal.organisation
        feed = self.admission.permits.wanted(measure.dataset.name, project, recipient, purpose)
        about = {"measure": measure.name, "project": without_identifiers(project)}
        admitted = await self.admission.of_agreed(who, AskedAct.REVIEW, feed, about)
        table = await asyncio.to_thread(self.kept.table, measure, self.clock())
        found = answers(table.cohorts, question)
        await self.admission.shown(who, admitted, len(found), "counts")
        return Told(measure, table, found)

    def _measure(self, document: Mapping[str, object]) -> Measure:
        found = self.measures.get(_text(document, "measure"))
        if found is None:
            raise NotFoundError("There is no such measure.")
        return found


def _text(document: Mapping[str, object], field: str) -> str:
    found = document.get(field)
    if not isinstance(found, str) or not found.strip() or not found.isprintable():
        raise BadRequestError(f"{field} must be said in a line of text.", "required")
    return found
