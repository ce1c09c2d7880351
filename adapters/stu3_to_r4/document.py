"""Map DocumentReference, Binary and QuestionnaireResponse.

Fetches no document. Source: CareConnect-GPC-DocumentReference-1 to UK Core DocumentReference.
"""

from adapters.stu3_to_r4.conversions import in_list, lose_others
from adapters.stu3_to_r4.losses import LossReason, Node, Value
from adapters.stu3_to_r4.rules import CROSS_VERSION, TypeRules, Work, same


def _leave_to_completion(_work: Work, _name: str, _value: Value) -> None:
    """Wait for the attachments, whose creation date `created` becomes."""


def _complete_created(work: Work, source: Node) -> None:
    if "created" not in source:
        return
    undated = [held for held in _attachments_of(source) if "creation" not in held]
    for attachment in undated:
        attachment["creation"] = source["created"]
    if not undated:
        url = f"{CROSS_VERSION}DocumentReference.created"
        work.add_extension({"url": url, "valueDateTime": source["created"]})


def _attachments_of(source: Node) -> list[Node]:
    contents = source.get("content", ())
    held = (content.get("attachment") for content in contents if isinstance(content, dict))
    return [attachment for attachment in held if isinstance(attachment, dict)]


def _map_context(work: Work, name: str, value: Value) -> None:
    work.result[name] = value
    if not isinstance(value, dict):
        return
    if isinstance(value.get("encounter"), dict):
        value["encounter"] = [value["encounter"]]
    if isinstance(value.get("related"), list):
        value["related"] = [_related_of(related) for related in value["related"]]


def _related_of(related: Node) -> Node:
    if related.keys() - {"ref", "identifier"}:
        return related
    named = {"identifier": related["identifier"]} if "identifier" in related else {}
    return {**named, **related.get("ref", {})}


def _map_questionnaire(work: Work, name: str, value: Value) -> None:
    if isinstance(value, dict) and "reference" in value:
        lose_others(work, name, value, {"reference"})
        work.result[name] = value["reference"]
    else:
        work.result[name] = value


def _map_items(work: Work, name: str, value: Value) -> None:
    _drop_item_subjects(work, name, value)
    work.result[name] = value


def _drop_item_subjects(work: Work, path: str, items: Value) -> None:
    for item in items if isinstance(items, list) else ():
        work.lose(f"{path}.subject", item.pop("subject", []), LossReason.NO_PLACE_IN_R4)
        _drop_item_subjects(work, f"{path}.item", item.get("item"))
        for answer in item.get("answer", ()):
            _drop_item_subjects(work, f"{path}.answer.item", answer.get("item"))


DOCUMENT_REFERENCE = TypeRules(
    "DocumentReference",
    "DocumentReference",
    {
        **same(
            "masterIdentifier",
            "identifier",
            "status",
            "docStatus",
            "type",
            "subject",
            "author",
            "authenticator",
            "custodian",
            "relatesTo",
            "description",
            "securityLabel",
            "content",
        ),
        "class": in_list("category"),
        "created": _leave_to_completion,
        "indexed": "date",
        "context": _map_context,
    },
    completions=(_complete_created,),
)

BINARY = TypeRules(
    "Binary", "Binary", {**same("contentType", "securityContext"), "content": "data"}
)

QUESTIONNAIRE_RESPONSE = TypeRules(
    "QuestionnaireResponse",
    "QuestionnaireResponse",
    {
        **same("identifier", "basedOn", "status", "subject", "authored", "author", "source"),
        "parent": "partOf",
        "questionnaire": _map_questionnaire,
        "context": "encounter",
        "item": _map_items,
    },
)
