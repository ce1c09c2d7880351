"""Map Condition (the GP's problem header).

Adds no verification status: GPs send none. Source: CareConnect-GPC-ProblemHeader-Condition-1 to
UK Core Condition; the four problem extensions are retired in UK Core, so they get URLs of ours.
"""

from adapters.stu3_to_r4.conversions import carried, coded, in_list, renamed_extension
from adapters.stu3_to_r4.losses import LossReason, Node, Value
from adapters.stu3_to_r4.patient import either
from adapters.stu3_to_r4.rules import ExtensionConversion, TypeRules, Work, same
from fhir_profiles.systems import EXTENSION_BASE

_TERMINOLOGY = "http://terminology.hl7.org/CodeSystem/"
_CATEGORY = f"{_TERMINOLOGY}condition-category"
_CLINICAL_STATUSES = frozenset({"active", "recurrence", "inactive", "remission", "resolved"})
_VERIFICATION_STATUSES = frozenset(
    {"provisional", "differential", "confirmed", "refuted", "entered-in-error"}
)
_CARE_CONNECT_CATEGORY = "CareConnect-ConditionCategory-1"
_PROBLEM = {"coding": [{"system": _CATEGORY, "code": "problem-list-item"}]}

RELATED_PROBLEM: dict[str, ExtensionConversion] = dict.fromkeys(
    either("RelatedProblemHeader-1"), renamed_extension(f"{EXTENSION_BASE}/related-problem-header")
)


def _map_category(work: Work, name: str, value: Value) -> None:
    work.result[name] = value
    for concept in value if isinstance(value, list) else ():
        for coding in concept.get("coding", ()):
            is_problem = coding.get("code") == "problem-list-item"
            if is_problem and str(coding.get("system")).endswith(_CARE_CONNECT_CATEGORY):
                coding["system"] = _CATEGORY
                work.losses.note("Condition", "category.coding.system", LossReason.VALUE_TRANSLATED)


def _complete_category(work: Work, source: Node) -> None:
    profiles = str(source.get("meta", {}).get("profile", ""))
    if "category" not in source and "ProblemHeader" in profiles:
        work.result["category"] = [_PROBLEM]


CONDITION = TypeRules(
    "Condition",
    "Condition",
    {
        **same(
            "identifier",
            "severity",
            "code",
            "bodySite",
            "subject",
            "onsetDateTime",
            "onsetAge",
            "onsetPeriod",
            "onsetRange",
            "onsetString",
            "abatementDateTime",
            "abatementAge",
            "abatementPeriod",
            "abatementRange",
            "abatementString",
            "evidence",
            "note",
        ),
        "clinicalStatus": coded(f"{_TERMINOLOGY}condition-clinical", _CLINICAL_STATUSES),
        "verificationStatus": coded(f"{_TERMINOLOGY}condition-ver-status", _VERIFICATION_STATUSES),
        "category": _map_category,
        "context": "encounter",
        "assertedDate": "recordedDate",
        # GP Connect defines the asserter as the person who recorded it.
        "asserter": "recorder",
        "abatementBoolean": carried("valueBoolean"),
        "stage": in_list("stage"),
    },
    {
        **dict.fromkeys(
            either("ProblemSignificance-1"),
            renamed_extension(f"{EXTENSION_BASE}/problem-significance"),
        ),
        **dict.fromkeys(
            either("ActualProblem-1"), renamed_extension(f"{EXTENSION_BASE}/actual-problem")
        ),
        **dict.fromkeys(
            either("RelatedClinicalContent-1"),
            renamed_extension(f"{EXTENSION_BASE}/related-clinical-content"),
        ),
        **RELATED_PROBLEM,
    },
    (_complete_category,),
)
