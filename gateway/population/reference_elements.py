"""Make references fit for the planning store: keyed hashes of what they name, or codes of the register.

Follows none: whether what is referred to exists is not known here. FHIR R4 Reference, forms `Type/id`, the same
under the source's own address, and with a version; all others lead nowhere and are left out.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from msgspec import Raw

from fhir_profiles.systems import ODS_ORGANISATION, ODS_SITE
from gateway.population.elements import (
    NOT_LISTED,
    NOT_OF_ITS_FORM,
    OF_EVERY_DATA_TYPE,
    leave_out,
    tell_others,
)
from gateway.population.json_parts import an_object, in_quotes, members_of, text_of
from gateway.population.people import Person
from gateway.population.pseudonyms import ResourceIds

NOT_REWRITTEN = "leads nowhere"

_REFERENCE = OF_EVERY_DATA_TYPE | {"reference", "type", "identifier", "display"}
_IDENTIFIER = OF_EVERY_DATA_TYPE | {"use", "type", "system", "value", "period", "assigner"}
_LOCAL = re.compile(r"([A-Za-z]{1,64})/([^/?#|\s]{1,200})(?:/_history/[^/?#\s]{1,200})?")
PATIENT = "Patient"


@dataclass(frozen=True, slots=True)
class Target:
    """What a reference of one source names."""

    resource_type: str
    local_id: str


@dataclass(frozen=True, slots=True)
class PersonReference:
    """A reference to a Patient whom the source's own Patients tell who they are."""

    path: str
    base: str
    people: Mapping[str, Person]
    ids: ResourceIds

    def meant(self, value: bytes, left_out: list[str]) -> tuple[Person, str] | None:
        """Give who is meant, and by which id of the source; None when that is not known."""
        members = members_of(value) or {}
        tell_others(self.path, members, _REFERENCE, {"reference"}, left_out)
        target = _target_of(members.get("reference"), self.base)
        if target is None or target.resource_type != PATIENT:
            return None
        person = self.people.get(target.local_id)
        return None if person is None else (person, target.local_id)

    def written(self, person: Person, local_id: str) -> bytes:
        """Write the member that refers to the person's pseudonym, and by what name the source knew them then."""
        known_as = self.ids.id_of(local_id.encode())
        named = f'"reference":"{PATIENT}/{person.subject}","identifier":{{"value":"{known_as}"}}'
        return f',"{self.name}":{{{named}}}'.encode()

    @property
    def name(self) -> str:
        """Give the name of the element."""
        return self.path.rpartition(".")[2]


@dataclass(frozen=True, slots=True)
class Organisation:
    """An identifier that is an ODS code of the register."""

    path: str
    register: Mapping[str, str]

    def code_of(self, members: Mapping[str, Raw]) -> str | None:
        """Give the ODS code; None for any other identifier."""
        system, code = text_of(members.get("system")), text_of(members.get("value"))
        return code if system in {ODS_ORGANISATION, ODS_SITE} and code in self.register else None

    def clean(self, value: bytes, left_out: list[str]) -> bytes | None:
        """Give the identifier anew."""
        members = members_of(value)
        if members is None:
            return leave_out(NOT_OF_ITS_FORM, self.path, left_out)
        tell_others(self.path, members, _IDENTIFIER, {"system", "value"}, left_out)
        code = self.code_of(members)
        if code is None:
            return leave_out(NOT_LISTED, self.path, left_out)
        # One system for both: which of the two a source says is habit, and analysts join by the code.
        return an_object({"system": in_quotes(ODS_ORGANISATION), "value": in_quotes(code)})


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference to a resource of the same source, of one of the listed types; or by ODS code."""

    path: str
    base: str
    ids: Mapping[str, ResourceIds]
    organisation: Organisation

    def clean(self, value: bytes, left_out: list[str]) -> bytes | None:
        """Give the reference anew."""
        members = members_of(value)
        if members is None:
            return leave_out(NOT_OF_ITS_FORM, self.path, left_out)
        tell_others(self.path, members, _REFERENCE, {"reference", "identifier"}, left_out)
        kept = {
            "reference": self._rewritten(members.get("reference"), left_out),
            "identifier": self._identified(members.get("identifier"), left_out),
        }
        return an_object(kept) if any(kept.values()) else None

    def _rewritten(self, reference: Raw | None, left_out: list[str]) -> bytes | None:
        if reference is None:
            return None
        target = _target_of(reference, self.base)
        if target is None or target.resource_type not in self.ids:
            return leave_out(NOT_REWRITTEN, f"{self.path}.reference", left_out)
        named = self.ids[target.resource_type].id_of(target.local_id.encode())
        return in_quotes(f"{target.resource_type}/{named}")

    def _identified(self, identifier: Raw | None, left_out: list[str]) -> bytes | None:
        return None if identifier is None else self.organisation.clean(bytes(identifier), left_out)


def _target_of(reference: Raw | None, base: str) -> Target | None:
    text = text_of(reference) or ""
    if base and text.startswith(f"{base}/"):
        text = text[len(base) + 1 :]
    match = _LOCAL.fullmatch(text)
    return Target(match[1], match[2]) if match else None
