"""Say in our own words why a resource is sensitive, or that nobody may see it.

Looks at `meta.security` alone. A code that makes an item sensitive stands on no released list unless every dataset
may count it (`released_codes`). Doubt bars: labels that cannot be read stand for the strictest.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from msgspec import Raw

from fhir_profiles import systems
from fhir_profiles.security_labels import marking_of
from fhir_profiles.vocabulary import HARD_BARRED
from gateway.population.elements import OF_EVERY_DATA_TYPE, Element, tell_others
from gateway.population.json_parts import an_object, in_quotes, items_of, members_of, text_of

BARRED = b"barred"
"""In place of labels: nobody may see the resource that they stand on."""

BARRED_META = (
    b'"meta":{"security":[{"system":"%b","code":"R"}]}' % systems.V3_CONFIDENTIALITY.encode()
)
"""What stays of a line that is refused: that it is, so that nothing else that is known of whom it is about is used."""

_META = OF_EVERY_DATA_TYPE | {
    "versionId",
    "lastUpdated",
    "source",
    "profile",
    "security",
    "tag",
}


@dataclass(frozen=True, slots=True)
class Labels:
    """What `meta.security` says; BARRED when it says that nobody may see the resource."""

    path: str

    def clean(self, value: bytes, left_out: list[str]) -> bytes | None:
        """Give `meta` anew, with our labels alone."""
        members = members_of(value)
        if members is None:
            return BARRED
        tell_others(self.path, members, _META, {"security"}, left_out)
        marking = marking_of(_codings_of(members.get("security")))
        if marking.labels & HARD_BARRED:
            return BARRED
        codes = [(systems.LABEL, label.value) for label in sorted(marking.labels)]
        codes += [(systems.V3_CONFIDENTIALITY, "R")] if marking.is_restricted else []
        written = [an_object({"system": in_quotes(a), "code": in_quotes(b)}) for a, b in codes]
        return b'{"security":[' + b",".join(written) + b"]}" if written else None


@dataclass(frozen=True, slots=True)
class OrBarred:
    """An element that tells against using what is known of somebody: one that cannot be read bars them."""

    element: Element

    def clean(self, value: bytes, left_out: list[str]) -> bytes | None:
        """Give what the element may keep; BARRED for nothing."""
        return self.element.clean(value, left_out) or BARRED


def _codings_of(security: Raw | None) -> Iterator[tuple[str | None, str | None]]:
    if security is None:
        return
    for item in items_of(security) or [Raw(b"null")]:
        members = members_of(item) or {}
        yield text_of(members.get("system")), text_of(members.get("code"))
