"""Map ProcedureRequest and ReferralRequest, both to ServiceRequest.

Orders nothing. Source: CareConnect-GPC-ProcedureRequest-1 and -ReferralRequest-1 to UK Core
ServiceRequest.
"""

from adapters.stu3_to_r4.conversions import carried, in_list, requester, translated
from adapters.stu3_to_r4.losses import Value, items_of
from adapters.stu3_to_r4.rules import TypeRules, Work, same

_STATUS = translated({"suspended": "on-hold", "cancelled": "revoked"})


def _map_description(work: Work, name: str, value: Value) -> None:
    in_list("note")(work, name, {"text": value})


def _map_services(work: Work, name: str, value: Value) -> None:
    services = items_of(value)
    work.result["code"] = services[0]
    if services[1:]:
        in_list("orderDetail")(work, name, services[1:])


_COMMON = same(
    "identifier",
    "basedOn",
    "replaces",
    "intent",
    "priority",
    "subject",
    "occurrenceDateTime",
    "occurrencePeriod",
    "authoredOn",
    "reasonCode",
    "reasonReference",
    "supportingInfo",
    "relevantHistory",
)

PROCEDURE_REQUEST = TypeRules(
    "ProcedureRequest",
    "ServiceRequest",
    {
        **_COMMON,
        **same(
            "requisition",
            "doNotPerform",
            "category",
            "code",
            "occurrenceTiming",
            "asNeededBoolean",
            "asNeededCodeableConcept",
            "performerType",
            "specimen",
            "bodySite",
            "note",
        ),
        "status": _STATUS,
        "definition": carried("valueReference"),
        "context": "encounter",
        "requester": requester,
        "performer": in_list("performer"),
    },
)

REFERRAL_REQUEST = TypeRules(
    "ReferralRequest",
    "ServiceRequest",
    {
        **_COMMON,
        "status": _STATUS,
        "definition": carried("valueReference"),
        "groupIdentifier": "requisition",
        "type": in_list("category"),
        "serviceRequested": _map_services,
        "context": "encounter",
        "requester": requester,
        "specialty": "performerType",
        "recipient": in_list("performer"),
        "description": _map_description,
        "note": in_list("note"),
    },
)
