"""Map List.

Keeps every warning, and reads none (`gp_record` does). Source: CareConnect-GPC-List-1 to UK Core
List; GP Connect Structured 1.6.2, using lists (an item that is not supported has only words).
"""

from adapters.stu3_to_r4.condition import RELATED_PROBLEM
from adapters.stu3_to_r4.losses import LossReason, Node, Value
from adapters.stu3_to_r4.patient import either
from adapters.stu3_to_r4.rules import TypeRules, Work, same
from fhir_profiles.references import ReferenceKind, parse_reference
from fhir_profiles.systems import DATA_ABSENT_REASON, UK_CORE

_WARNING = f"{UK_CORE}/Extension-UKCore-ListWarningCode"
_WARNING_CODES = "https://fhir.hl7.org.uk/CodeSystem/UKCore-ListWarningCode"


def _map_warning(work: Work, extension: Node) -> None:
    rest = {name: held for name, held in extension.items() if not name.startswith("value")}
    coding = extension.get("valueCoding")
    if "valueCode" in extension:
        coding = {"system": _WARNING_CODES, "code": extension["valueCode"]}
    if coding is None:
        work.add_extension(extension)
        return
    work.losses.note(work.source_type, "extension.url", LossReason.VALUE_TRANSLATED)
    concept = {"coding": [coding]}
    work.add_extension({**rest, "url": _WARNING, "valueCodeableConcept": concept})


def _keep_places(work: Work, source: Node) -> None:
    """Keep the place of an item that the system cannot give, and its words as a note.

    Where no item is, nothing can be referred to: words in a reference would read as one item's name.
    """
    entries, notes = source.get("entry"), source.get("note", [])
    if not isinstance(entries, list) or not isinstance(notes, list):
        return
    words = [_words_of(entry) for entry in entries]
    if any(words):
        pairs = zip(entries, words, strict=True)
        work.result["entry"] = [{**each, "item": _ABSENT} if said else each for each, said in pairs]
        work.result["note"] = [*notes, *({"text": said} for said in words if said)]


def _move_warnings(work: Work, _source: Node) -> None:
    """Leave the standard words of a warning to the receipt, which says the same.

    They speak of a third party, the sender of letters that are not yet filed: kept on the list, they
    would read as if the list and all that it names told of somebody else.
    """
    notes = work.result.get("note")
    if not isinstance(notes, list):
        return
    moved = [note for note in notes if isinstance(note, dict) and _FILING in str(note.get("text"))]
    kept = [note for note in notes if note not in moved]
    for note in moved:
        work.lose("note", note, LossReason.MOVED)
    work.result["note"] = kept
    if moved and not kept:
        del work.result["note"]


_FILING = "third party awaiting review"


def _words_of(entry: Value) -> str:
    """Give what stands in the place of an item; empty where an item is named."""
    item = entry.get("item") if isinstance(entry, dict) else None
    match item:
        case {"display": str(display), **rest} if not rest:
            return display
        case {"reference": str(text), **rest} if not rest and " " in text.strip():
            return text if parse_reference(text).kind is ReferenceKind.UNKNOWN else ""
        case _:
            return ""


_ABSENT = {"extension": [{"url": DATA_ABSENT_REASON, "valueCode": "unsupported"}]}


LIST = TypeRules(
    "List",
    "List",
    same(
        "identifier",
        "status",
        "mode",
        "title",
        "code",
        "subject",
        "encounter",
        "date",
        "source",
        "orderedBy",
        "note",
        "entry",
        "emptyReason",
    ),
    {**dict.fromkeys(either("ListWarningCode-1"), _map_warning), **RELATED_PROBLEM},
    (_keep_places, _move_warnings),
)
