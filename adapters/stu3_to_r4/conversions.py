"""Name the conversions that several types share.

Each makes one table entry. A value of another shape than STU3 allows is carried on as it is: a
faulty resource is shown and flagged, never hidden.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from adapters.stu3_to_r4.losses import LossReason, Node, Value, items_of
from adapters.stu3_to_r4.rules import CROSS_VERSION, Conversion, ExtensionConversion, Work


def in_list(target: str) -> Conversion:
    """Put a single value into what is a list in R4, after those already there."""

    def convert(work: Work, _name: str, value: Value) -> None:
        held = work.result.setdefault(target, [])
        held.extend(items_of(value))

    return convert


def dropped(reason: LossReason) -> Conversion:
    """Leave an element out, listed."""

    def convert(work: Work, name: str, value: Value) -> None:
        work.lose(name, value, reason)

    return convert


def carried(value_name: str) -> Conversion:
    """Keep an element that R4 lost in its cross-version extension."""

    def convert(work: Work, name: str, value: Value) -> None:
        url = f"{CROSS_VERSION}{work.source_type}.{name}"
        for part in items_of(value):
            work.add_extension({"url": url, value_name: part})

    return convert


def coded(system: str, known: frozenset[str]) -> Conversion:
    """Turn a code into the CodeableConcept of the same name."""

    def convert(work: Work, name: str, value: Value) -> None:
        if not isinstance(value, str):
            work.result[name] = value
        elif value in known:
            concept_of(work, name)["coding"] = [{"system": system, "code": value}]
        else:
            # A word outside the closed list must not look like one of it.
            concept_of(work, name)["text"] = value

    return convert


def concept_of(work: Work, name: str) -> Node:
    """Give the CodeableConcept under a name, made empty when it is not there yet."""
    concept: Node = work.result.setdefault(name, {})
    return concept


def translated(words: Mapping[str, str]) -> Conversion:
    """Say the same status in R4's word; other words stay."""

    def convert(work: Work, name: str, value: Value) -> None:
        word = words.get(value) if isinstance(value, str) else None
        if word is not None:
            work.lose(name, value, LossReason.VALUE_TRANSLATED)
        work.result[name] = value if word is None else word

    return convert


def requester(work: Work, name: str, value: Value) -> None:
    """Make the agent the requester; keep `onBehalfOf` on the resource, in its cross-version extension."""
    url = f"{CROSS_VERSION}{work.source_type}.requester.onBehalfOf"
    if isinstance(value, dict) and isinstance(value.get("agent"), dict) and "onBehalfOf" in value:
        # Not on the agent's Reference: no view follows a reference that stands within another.
        work.add_extension({"url": url, "valueReference": value["onBehalfOf"]})
        value = {part: held for part, held in value.items() if part != "onBehalfOf"}
    work.result[name] = reference_with(
        work, name, value, PartOfReference("agent", "onBehalfOf", url, "valueReference")
    )


@dataclass(frozen=True, slots=True)
class PartOfReference:
    """An element around a Reference, where R4 has the Reference alone; `beside` becomes an extension."""

    reference: str
    beside: str
    url: str
    value_name: str


def reference_with(work: Work, path: str, value: Value, part: PartOfReference) -> Value:
    """Give the Reference of an element, with what stood beside it put onto it."""
    reference = value.get(part.reference) if isinstance(value, dict) else None
    if not isinstance(reference, dict) or not has_list_of_extensions(reference, value):
        return value
    known = {part.reference, part.beside, "extension"}
    lose_others(work, path, value, known)
    added = list(value.get("extension", ()))
    if part.beside in value:
        added.append({"url": part.url, part.value_name: value[part.beside]})
    extensions = [*reference.get("extension", ()), *added]
    return {**reference, "extension": extensions} if added else reference


def has_list_of_extensions(*elements: Node) -> bool:
    """Tell whether the extensions of elements, if any, are lists as they must be."""
    return all(isinstance(element.get("extension", []), list) for element in elements)


def lose_others(work: Work, path: str, element: Node, known: set[str]) -> None:
    """List every part of an element but the known ones."""
    for name in element.keys() - known:
        work.lose(f"{path}.{name}", element[name], LossReason.NO_PLACE_IN_R4)


def extend(element: Node, extension: Node) -> None:
    """Put one more extension on an element."""
    element["extension"] = [*items_of(element.get("extension", [])), extension]


def renamed_extension(url: str) -> ExtensionConversion:
    """Keep an extension under the URL that R4 knows it by."""

    def convert(work: Work, extension: Node) -> None:
        work.losses.note(work.source_type, "extension.url", LossReason.VALUE_TRANSLATED)
        work.add_extension({**extension, "url": url})

    return convert


def element_of_extension(target: str, value_name: str) -> ExtensionConversion:
    """Turn an extension into the element that R4 has for it."""

    def convert(work: Work, extension: Node) -> None:
        if extension.keys() != {"url", value_name} or target in work.result:
            work.add_extension(extension)
            return
        work.losses.note(work.source_type, "extension.url", LossReason.MOVED)
        work.result[target] = extension[value_name]

    return convert


def parts_of(extension: Node) -> dict[str, Node] | None:
    """Give the parts of a complex extension by their name; None when two share one, or one has none."""
    parts = extension.get("extension")
    if not isinstance(parts, list) or extension.keys() - {"url", "extension"}:
        return None
    named = {part["url"]: part for part in parts if isinstance(part, dict) and "url" in part}
    return named if len(named) == len(parts) else None
