"""Map Encounter.

GP Connect sends no `class`, which R4 requires: it is read off the words of the type.
Source: GP Connect CareConnect-GPC-Encounter-1 to UK Core Encounter.
"""

from collections.abc import Iterator

from adapters.stu3_to_r4.conversions import in_list
from adapters.stu3_to_r4.losses import Node, Value
from adapters.stu3_to_r4.rules import TypeRules, Work, same
from fhir_profiles.systems import V3_ACT_CODE

_AMBULATORY = ("AMB", "ambulatory")
# The first that is found in the words of the type decides.
_CLASS_OF_WORDS = {
    "telephone": ("VR", "virtual"),
    "video": ("VR", "virtual"),
    "home visit": ("HH", "home health"),
}


def _map_diagnosis(work: Work, name: str, value: Value) -> None:
    work.result[name] = value
    for diagnosis in value if isinstance(value, list) else ():
        if "role" in diagnosis:
            diagnosis["use"] = diagnosis.pop("role")


def _complete_class(work: Work, source: Node) -> None:
    if "class" in source:
        return
    words = " ".join(_words_of(source.get("type", ()))).lower()
    found = (said for phrase, said in _CLASS_OF_WORDS.items() if phrase in words)
    code, display = next(found, _AMBULATORY)
    work.result["class"] = {"system": V3_ACT_CODE, "code": code, "display": display}


def _words_of(types: Value) -> Iterator[str]:
    for concept in types if isinstance(types, list) else ():
        yield str(concept.get("text", ""))
        yield from (str(coding.get("display", "")) for coding in concept.get("coding", ()))


ENCOUNTER = TypeRules(
    "Encounter",
    "Encounter",
    {
        **same(
            "identifier",
            "status",
            "statusHistory",
            "class",
            "classHistory",
            "type",
            "priority",
            "subject",
            "episodeOfCare",
            "participant",
            "period",
            "length",
            "account",
            "hospitalization",
            "location",
            "serviceProvider",
            "partOf",
        ),
        "incomingReferral": in_list("basedOn"),
        "appointment": in_list("appointment"),
        "reason": in_list("reasonCode"),
        "diagnosis": _map_diagnosis,
    },
    completions=(_complete_class,),
)
