"""Give an item as its source wrote it, where all of it may be shown.

An original names what it refers to in the source's own words, so it is given only when the item is shown
whole and everything that it names is in the view (design decisions 5).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from adapters.contract import ServedKind, SourceAnswer
from fhir_profiles.narratives import without_narratives
from gateway.patient.narrow import Kept
from gateway.patient.splice import ReferenceIndex
from rbac.types import Level


@dataclass(frozen=True, slots=True)
class Originals:
    """The answers of one view, by source."""

    answers: Mapping[str, SourceAnswer]

    def of(self, kept: Kept, index: ReferenceIndex) -> bytes | None:
        """Give the source's own bytes without narratives, or None where they may not be shown whole."""
        is_whole = kept.level is Level.ALL and kept.worked is kept.item.worked
        if not is_whole or not _names_only_what_is_shown(kept, index):
            return None
        body = self._body(kept)
        return None if body is None else without_narratives(body)

    def _body(self, kept: Kept) -> bytes | None:
        answer = self.answers[kept.item.source_id]
        if answer.kind is ServedKind.VERBATIM:
            return kept.item.worked.body
        return answer.originals.get((kept.item.worked.type, kept.item.worked.header.id or ""))


def _names_only_what_is_shown(kept: Kept, index: ReferenceIndex) -> bool:
    return all(index.resolve(text) is not None for text in kept.worked.template.references)
