"""The rules of IHE BALP 1.1.4, each with a name, as its StructureDefinitions' differentials state them.

Written from the published profiles, beside the code and not out of it: what is asked of an event that names a profile.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from gateway.audit import balp_codes as ours

Event = dict[str, Any]
Part = dict[str, Any]

DCM = "http://dicom.nema.org/resources/ontology/DCM"
HL7 = "http://terminology.hl7.org/CodeSystem"
BALP = "https://profiles.ihe.net/ITI/BALP"
BASIC = f"{BALP}/StructureDefinition/IHE.BasicAudit"
RESTFUL = "http://hl7.org/fhir/restful-interaction"


@dataclass(frozen=True)
class Rule:
    """One rule: `profile` is the last part of the name of the profile that states it."""

    profile: str
    name: str
    holds: Callable[[Event], bool]


def agents(event: Event, system: str, code: str) -> list[Part]:
    """Give the agents of one slice: those whose type has the slice's code."""
    return [
        each
        for each in event["agent"]
        if any(
            (coding["system"], coding["code"]) == (system, code)
            for coding in each["type"]["coding"]
        )
    ]


def entities(event: Event, system: str, code: str) -> list[Part]:
    return [
        each
        for each in event["entity"]
        if (each["type"]["system"], each["type"]["code"]) == (system, code)
    ]


def is_code(part: Part | None, system: str, code: str) -> bool:
    return part is not None and (part["system"], part["code"]) == (system, code)


def subtypes(event: Event, system: str) -> list[str]:
    return [each["code"] for each in event["subtype"] if each["system"] == system]


def one(parts: list[Part]) -> bool:
    return len(parts) == 1


def is_there(part: Part, name: str) -> bool:
    """Say whether a part is there: a value, or why there is none."""
    return bool(part.get(name)) or bool(part.get(f"_{name}", {}).get("extension"))


def has_all(parts: Iterable[Part], name: str) -> bool:
    return all(is_there(each, name) for each in parts)


def has_none(parts: Iterable[Part], name: str) -> bool:
    return not any(is_there(each, name) for each in parts)


def persons(event: Event) -> list[Part]:
    return entities(event, f"{HL7}/audit-entity-type", "1")


def objects(event: Event) -> list[Part]:
    return entities(event, f"{HL7}/audit-entity-type", "2")


def transactions(event: Event) -> list[Part]:
    return entities(event, f"{BALP}/CodeSystem/BasicAuditEntityType", "XrequestId")


def users(event: Event) -> list[Part]:
    return agents(event, f"{HL7}/v3-ParticipationType", "IRCP")


def is_a_patient(part: Part) -> bool:
    return part["what"]["type"] == "Patient"


def of_requests(profile: str, client: str, server: str) -> list[Rule]:
    """The rules that reads and searches share; DICOM's roles of client and server change places between them."""

    def clients(event: Event) -> list[Part]:
        return agents(event, DCM, client)

    def servers(event: Event) -> list[Part]:
        return agents(event, DCM, server)

    return [
        Rule(profile, "type-is-rest", lambda e: is_code(e["type"], f"{HL7}/audit-event-type", "rest")),
        Rule(profile, "outcome-is-success", lambda e: e["outcome"] == "0"),
        Rule(profile, "agent-2-or-more", lambda e: len(e["agent"]) >= 2),
        Rule(profile, "agent-client-once", lambda e: one(clients(e))),
        Rule(profile, "agent-client-who", lambda e: has_all(clients(e), "who")),
        Rule(profile, "agent-client-network", lambda e: has_all(clients(e), "network")),
        Rule(profile, "agent-client-no-media", lambda e: has_none(clients(e), "media")),
        Rule(profile, "agent-server-once", lambda e: one(servers(e))),
        Rule(profile, "agent-server-who", lambda e: has_all(servers(e), "who")),
        Rule(profile, "agent-server-network", lambda e: has_all(servers(e), "network")),
        Rule(profile, "agent-server-no-media", lambda e: has_none(servers(e), "media")),
        Rule(profile, "agent-user-at-most-once", lambda e: len(users(e)) <= 1),
        Rule(profile, "agent-user-who", lambda e: has_all(users(e), "who")),
        Rule(profile, "agent-user-requestor", lambda e: all(u["requestor"] is True for u in users(e))),
        Rule(profile, "agent-user-no-media", lambda e: has_none(users(e), "media")),
        Rule(profile, "agent-user-no-network", lambda e: has_none(users(e), "network")),
        Rule(profile, "agent-user-role-if-known", lambda e: has_all(users(e), "role")),
        Rule(profile, "agent-user-name-if-known", lambda e: has_all(users(e), "name")),
        Rule(profile, "agent-user-purpose-if-known", lambda e: has_all(users(e), "purposeOfUse")),
        Rule(profile, "source-is-there", lambda e: is_there(e["source"], "observer")),
        Rule(profile, "transaction-at-most-once", lambda e: len(transactions(e)) <= 1),
        Rule(
            profile,
            "transaction-has-the-value-of-x-request-id",
            lambda e: all(t["what"]["identifier"]["value"] for t in transactions(e)),
        ),
    ]  # fmt: skip


def of_reads(profile: str) -> list[Rule]:
    roles = {(f"{HL7}/object-role", code) for code in ("3", "4", "20")}
    return [
        *of_requests(profile, client="110152", server="110153"),
        Rule(profile, "action-is-read", lambda e: e["action"] == "R"),
        Rule(
            profile,
            "subtype-is-one-read",
            lambda e: [c for c in subtypes(e, RESTFUL) if c in {"read", "vread"}] == ["read"],
        ),
        Rule(profile, "data-once", lambda e: one(objects(e))),
        Rule(profile, "data-what", lambda e: has_all(objects(e), "what")),
        Rule(
            profile,
            "data-role-of-the-value-set",
            lambda e: all((d["role"]["system"], d["role"]["code"]) in roles for d in objects(e)),
        ),
    ]


def of_one_patient(profile: str) -> list[Rule]:
    return [
        Rule(profile, "entity-2-or-more", lambda e: len(e["entity"]) >= 2),
        Rule(profile, "patient-once", lambda e: one(persons(e))),
        Rule(profile, "patient-what", lambda e: has_all(persons(e), "what")),
        Rule(profile, "patient-what-is-a-patient", lambda e: all(map(is_a_patient, persons(e)))),
        Rule(
            profile,
            "patient-role",
            lambda e: all(is_code(p["role"], f"{HL7}/object-role", "1") for p in persons(e)),
        ),
    ]


def of_queries(profile: str) -> list[Rule]:
    searches = {"search", "search-type", "search-system"}
    return [
        *of_requests(profile, client="110153", server="110152"),
        Rule(profile, "action-is-execute", lambda e: e["action"] == "E"),
        Rule(
            profile,
            "subtype-is-one-search",
            lambda e: len([c for c in subtypes(e, RESTFUL) if c in searches]) == 1,
        ),
        Rule(profile, "query-once", lambda e: one(objects(e))),
        Rule(profile, "query-no-what", lambda e: has_none(objects(e), "what")),
        Rule(
            profile,
            "query-role",
            lambda e: all(is_code(q["role"], f"{HL7}/object-role", "24") for q in objects(e)),
        ),
        Rule(profile, "query-no-lifecycle", lambda e: has_none(objects(e), "lifecycle")),
        Rule(profile, "query-query", lambda e: has_all(objects(e), "query")),
        Rule(profile, "query-no-detail", lambda e: has_none(objects(e), "detail")),
    ]


def of_disclosures(profile: str) -> list[Rule]:
    def sources(event: Event) -> list[Part]:
        return agents(event, DCM, "110153")

    def recipients(event: Event) -> list[Part]:
        return agents(event, DCM, "110152")

    def is_observer(event: Event, agent: Part) -> bool:
        return bool(agent["who"] == event["source"]["observer"])

    return [
        *of_one_patient(profile),
        Rule(profile, "no-modifier-extension", lambda e: "modifierExtension" not in e),
        Rule(profile, "type-is-export", lambda e: is_code(e["type"], DCM, "110106")),
        Rule(
            profile,
            "subtype-disclose-once",
            lambda e: subtypes(e, f"{HL7}/iso-21089-lifecycle") == ["disclose"],
        ),
        Rule(profile, "action-is-read", lambda e: e["action"] == "R"),
        Rule(profile, "outcome-is-there", lambda e: is_there(e, "outcome")),
        Rule(profile, "outcome-described", lambda e: is_there(e, "outcomeDesc")),
        Rule(profile, "purpose-of-event", lambda e: is_there(e, "purposeOfEvent")),
        Rule(profile, "agent-2-or-more", lambda e: len(e["agent"]) >= 2),
        Rule(profile, "agent-source-once", lambda e: one(sources(e))),
        Rule(profile, "agent-source-who", lambda e: has_all(sources(e), "who")),
        Rule(profile, "agent-source-network", lambda e: has_all(sources(e), "network")),
        Rule(profile, "val-audit-source", lambda e: all(is_observer(e, s) for s in sources(e))),
        Rule(profile, "agent-recipient-once", lambda e: one(recipients(e))),
        Rule(profile, "agent-recipient-who", lambda e: has_all(recipients(e), "who")),
        Rule(profile, "agent-recipient-network", lambda e: has_all(recipients(e), "network")),
        Rule(profile, "data-what", lambda e: bool(objects(e)) and has_all(objects(e), "what")),
    ]


def of_token_use(profile: str) -> list[Rule]:
    def applications(event: Event) -> list[Part]:
        return agents(event, DCM, "110150")

    def value(agent: Part) -> bool:
        return bool(agent["who"]["identifier"]["value"])

    def is_token_id(policy: list[str]) -> bool:
        return len(policy) == 1 and policy[0].startswith("urn:ietf:params:oauth:jti:")

    return [
        Rule(profile, "client-once", lambda e: one(applications(e))),
        Rule(profile, "client-who-identifier-value", lambda e: all(map(value, applications(e)))),
        Rule(profile, "client-no-media", lambda e: has_none(applications(e), "media")),
        Rule(profile, "user-at-most-once", lambda e: len(users(e)) <= 1),
        Rule(profile, "user-who-identifier", lambda e: all(map(value, users(e)))),
        Rule(profile, "user-requestor", lambda e: all(u["requestor"] is True for u in users(e))),
        Rule(
            profile,
            "user-policy-is-one-jti",
            lambda e: all(is_token_id(u["policy"]) for u in users(e)),
        ),
        Rule(profile, "user-no-media", lambda e: has_none(users(e), "media")),
        Rule(profile, "user-no-network", lambda e: has_none(users(e), "network")),
        Rule(profile, "user-name", lambda e: has_all(users(e), "name")),
    ]


RULES = [
    *of_reads("Read"),
    *of_reads("PatientRead"),
    *of_one_patient("PatientRead"),
    *of_queries("PatientQuery"),
    *of_one_patient("PatientQuery"),
    *of_disclosures("PrivacyDisclosure.Source"),
    *of_token_use("OAUTHaccessTokenUse.Comprehensive"),
]


def profiles_of(event: Event) -> list[str]:
    """Name the profiles that an event names, without the address that they share."""
    named = event.get("meta", {}).get("profile", [])
    return [each.removeprefix(f"{BASIC}.") for each in named]


PROFILES = {
    each.removeprefix(f"{BASIC}.")
    for each in (
        *(ours.BASIC_READ, ours.PATIENT_READ, ours.PATIENT_QUERY),
        *(ours.DISCLOSURE_AT_SOURCE, ours.TOKEN_USE),
    )
}
