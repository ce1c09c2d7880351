"""Map Appointment; its statuses are a subset of R4's.

Books nothing. Source: GPConnect-Appointment-1 to UK Core Appointment.
"""

from adapters.stu3_to_r4.conversions import in_list, renamed_extension
from adapters.stu3_to_r4.losses import LossReason, Node
from adapters.stu3_to_r4.rules import TypeRules, Work, same
from fhir_profiles.systems import UK_CORE

_GP_CONNECT = "https://fhir.nhs.uk/STU3/StructureDefinition/Extension-GPConnect-"
_DELIVERY_CHANNEL = f"{UK_CORE}/Extension-UKCore-DeliveryChannel"
_DELIVERY_CHANNELS = "https://fhir.hl7.org.uk/CodeSystem/UKCore-DeliveryChannel"


def _map_delivery_channel(work: Work, extension: Node) -> None:
    code = extension.get("valueCode")
    if code is None:
        renamed_extension(_DELIVERY_CHANNEL)(work, extension)
        return
    work.losses.note(work.source_type, "extension.url", LossReason.VALUE_TRANSLATED)
    rest = {name: held for name, held in extension.items() if name not in {"url", "valueCode"}}
    concept = {"coding": [{"system": _DELIVERY_CHANNELS, "code": code}]}
    work.add_extension({**rest, "url": _DELIVERY_CHANNEL, "valueCodeableConcept": concept})


APPOINTMENT = TypeRules(
    "Appointment",
    "Appointment",
    {
        **same(
            "identifier",
            "status",
            "serviceType",
            "specialty",
            "appointmentType",
            "priority",
            "description",
            "supportingInformation",
            "start",
            "end",
            "minutesDuration",
            "slot",
            "created",
            "comment",
            "participant",
            "requestedPeriod",
        ),
        "serviceCategory": in_list("serviceCategory"),
        "reason": in_list("reasonCode"),
        "indication": in_list("reasonReference"),
        "incomingReferral": in_list("basedOn"),
    },
    {
        f"{_GP_CONNECT}BookingOrganisation-1": renamed_extension(
            f"{UK_CORE}/Extension-UKCore-BookingOrganization"
        ),
        f"{_GP_CONNECT}DeliveryChannel-1": _map_delivery_channel,
        f"{_GP_CONNECT}DeliveryChannel-2": _map_delivery_channel,
    },
)
