"""Map one STU3 resource by its type's table: same name, other name, or a named conversion.

Holds no table itself and sees no other resource. What no table names is listed, never dropped
silently; unknown extensions stay as they are. Follows FHIR 3.0.2 and 4.0.1.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from adapters.stu3_to_r4.losses import Losses, LossReason, Node, Value, items_of

CROSS_VERSION = "http://hl7.org/fhir/3.0/StructureDefinition/extension-"
"""Where FHIR itself puts an STU3 element that R4 lost (R4 section 2.28.3)."""

# UK Core has no profile of it.
_UNPROFILED = frozenset({"Binary"})
_UK_CORE_PROFILE = "https://fhir.hl7.org.uk/StructureDefinition/UKCore-"


@dataclass(slots=True)
class Work:
    """One resource on its way: what is made so far, and where losses are listed."""

    source_type: str
    result: Node
    losses: Losses

    def lose(self, path: str, value: Value, reason: LossReason) -> None:
        """List every scalar of a value that finds no place in the result."""
        self.losses.note_all(self.source_type, path, value, reason)

    def add_extension(self, extension: Node) -> None:
        """Put an extension on the result."""
        self.result.setdefault("extension", []).append(extension)


Conversion: TypeAlias = Callable[[Work, str, Value], None]
"""Puts one STU3 element (its name, its value) into the result."""

ExtensionConversion: TypeAlias = Callable[[Work, Node], None]
"""Puts one STU3 extension into the result."""


@dataclass(frozen=True, slots=True)
class TypeRules:
    """The table of one STU3 type. `fields`: STU3 element → R4 name or conversion."""

    stu3_type: str
    r4_type: str
    fields: Mapping[str, str | Conversion]
    extensions: Mapping[str, ExtensionConversion] = field(default_factory=dict)
    completions: tuple[Callable[[Work, Node], None], ...] = ()

    @property
    def profiles(self) -> list[str]:
        """Name the UK Core profile that the result claims, if there is one."""
        return [] if self.r4_type in _UNPROFILED else [_UK_CORE_PROFILE + self.r4_type]


def same(*names: str) -> dict[str, str | Conversion]:
    """Make table rows for elements that R4 has alike."""
    return {name: name for name in names}


_EVERY_TYPE = same("id", "implicitRules", "language", "text", "modifierExtension")


def map_resource(source: Node, rules: TypeRules, losses: Losses) -> Node:
    """Build the R4 resource of one STU3 resource; values are carried over, not copied."""
    work = Work(rules.stu3_type, {"resourceType": rules.r4_type}, losses)
    if rules.r4_type != rules.stu3_type:
        losses.note(rules.stu3_type, "resourceType", LossReason.VALUE_TRANSLATED)
    fields = rules.fields
    for name, value in source.items():
        target = fields.get(name)
        if target is None:
            _map_common(work, rules, name, value)
        elif isinstance(target, str):
            work.result[target] = value
        else:
            target(work, name, value)
    _claim_profile(work.result, rules)
    for complete in rules.completions:
        complete(work, source)
    return work.result


def _map_common(work: Work, rules: TypeRules, name: str, value: Value) -> None:
    if name in _EVERY_TYPE:
        work.result[name] = value
    elif name == "extension":
        map_extensions(work, rules.extensions, value)
    elif name == "meta":
        _map_meta(work, value)
    elif name == "contained":
        # Mapped ones are put here by the bundle, which knows the tables of all types.
        work.result["contained"] = value
    elif name.startswith("_"):
        _map_sibling(work, rules, name, value)
    elif name != "resourceType":
        work.lose(name, value, LossReason.UNKNOWN_ELEMENT)


def map_extensions(
    work: Work, conversions: Mapping[str, ExtensionConversion], value: Value
) -> None:
    """Convert the extensions that R4 UK Core has in another form; keep all others as they are."""
    for extension in items_of(value):
        url = extension.get("url") if isinstance(extension, dict) else None
        convert = conversions.get(url) if isinstance(url, str) else None
        if convert is None:
            work.add_extension(extension)
        else:
            convert(work, extension)


def _map_meta(work: Work, value: Value) -> None:
    if not isinstance(value, dict):
        work.lose("meta", value, LossReason.UNKNOWN_ELEMENT)
        return
    if "profile" in value:
        work.lose("meta.profile", value["profile"], LossReason.VALUE_TRANSLATED)
    work.result["meta"] = {name: part for name, part in value.items() if name != "profile"}


def _claim_profile(result: Node, rules: TypeRules) -> None:
    if rules.profiles:
        result.setdefault("meta", {})["profile"] = rules.profiles


def _map_sibling(work: Work, rules: TypeRules, name: str, value: Value) -> None:
    """Keep what stands beside a primitive (`_birthDate`: its id and extensions)."""
    element = name[1:]
    target = rules.fields.get(element) or _EVERY_TYPE.get(element)
    if isinstance(target, str):
        work.result[f"_{target}"] = value
    elif target is not None and isinstance(value, dict):
        work.add_extension({"url": f"{CROSS_VERSION}{work.source_type}.{element}", **value})
    else:
        work.lose(name, value, LossReason.UNKNOWN_ELEMENT)
