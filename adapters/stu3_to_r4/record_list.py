"""Map List.

Keeps every warning, and reads none (`gp_record` does). Source: CareConnect-GPC-List-1 to UK Core
List.
"""

from adapters.stu3_to_r4.condition import RELATED_PROBLEM
from adapters.stu3_to_r4.losses import LossReason, Node
from adapters.stu3_to_r4.patient import either
from adapters.stu3_to_r4.rules import TypeRules, Work, same
from fhir_profiles.systems import UK_CORE

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
)
