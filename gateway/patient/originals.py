"""Give an item as its source wrote it, where all of it may be shown.

An original names what it refers to in the source's own words, so it is given only when the item is shown
whole and everything that it names is in the view (docs/decisions/0007, section 5).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from adapters.contract import ServedKind, SourceAnswer
from fhir_profiles.attachment_addresses import with_addresses
from fhir_profiles.narratives import without_narratives
from fhir_profiles.slots import template_of
from fhir_profiles.spans import read_resource
from gateway.patient.narrow import Kept
from gateway.patient.splice import ReferenceIndex, Resolve, no_address
from rbac.types import Level

_PROCEDURE_REQUEST = re.compile(r"(^|/)ProcedureRequest/")


@dataclass(frozen=True, slots=True)
class Originals:
    """The answers of one view, by source."""

    answers: Mapping[str, SourceAnswer]

    def of(self, kept: Kept, index: ReferenceIndex, address: Resolve = no_address) -> bytes | None:
        """Give the source's own bytes without narratives, or None where they may not be shown whole.

        Attachments have the addresses that `address` gives: the source's own tell where it is.
        """
        is_whole = kept.level is Level.ALL and kept.worked is kept.item.worked
        body = self._body(kept) if is_whole else None
        if body is None or not _names_only_what_is_shown(body, index):
            return None
        return with_addresses(without_narratives(body), address)

    def _body(self, kept: Kept) -> bytes | None:
        answer = self.answers[kept.item.source_id]
        if answer.kind is ServedKind.VERBATIM:
            return kept.item.worked.body
        return answer.originals.get((kept.item.worked.type, kept.item.worked.header.id or ""))


def _names_only_what_is_shown(body: bytes, index: ReferenceIndex) -> bool:
    """Say whether every reference in the source's own bytes is told: mapping may have left some out."""
    span = read_resource(body)
    if span is None:
        return False
    template = template_of(span)
    return not template.has_untold and all(
        index.resolve(_renamed(text)) is not None for text in template.references
    )


def _renamed(text: str) -> str:
    """Give a reference as the mapping names its target; a referral's new id may differ, so it has none."""
    return _PROCEDURE_REQUEST.sub(r"\1ServiceRequest/", text)
