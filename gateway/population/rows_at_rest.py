"""Read what a row of the store says of itself: whose it is, how it is labelled, and of a Patient whether they have died.

Decides nothing. Rows are de-identified ones, as `deidentify.py` writes them.
"""

import msgspec

from fhir_profiles.systems import LABEL, V3_CONFIDENTIALITY

_NO_LABEL = "a label of another system"


class _Coding(msgspec.Struct):
    code: str
    system: str


class _Meta(msgspec.Struct):
    security: list[_Coding] = []


class _Identifier(msgspec.Struct):
    value: str = ""


class _Reference(msgspec.Struct):
    reference: str = ""
    identifier: _Identifier = msgspec.field(default_factory=_Identifier)


class Row(msgspec.Struct, rename="camel"):
    """A row; of a Patient, `id` is its subject."""

    id: str
    meta: _Meta = msgspec.field(default_factory=_Meta)
    identifier: list[_Identifier] = []
    subject: _Reference | None = None
    deceased_boolean: bool | None = None
    deceased_date_time: str | None = None

    @property
    def owner(self) -> str:
        """Give whose row it is; a Patient is its own."""
        return self.id if self.subject is None else self.subject.reference.removeprefix("Patient/")

    @property
    def known_as(self) -> str:
        """Give the hash of the source's own id of whose row it is; empty where none stands."""
        told = [self.subject.identifier] if self.subject is not None else self.identifier
        return told[0].value if told else ""

    @property
    def name(self) -> str:
        """Give both: of the two, one may be somebody else's by now."""
        return f"{self.known_as}|{self.owner}"

    @property
    def is_dead(self) -> bool:
        """Say whether the row tells of a death."""
        return self.deceased_boolean is True or self.deceased_date_time is not None

    @property
    def is_restricted(self) -> bool:
        """Say whether it is confidential for a reason that is not given."""
        return any(each.system == V3_CONFIDENTIALITY for each in self.meta.security)

    @property
    def labels(self) -> tuple[str, ...]:
        """Give the labels; in place of one of a system that the store does not write, one that is none of ours."""
        others = [each for each in self.meta.security if each.system != V3_CONFIDENTIALITY]
        return tuple(each.code if each.system == LABEL else _NO_LABEL for each in others)


_ROW = msgspec.json.Decoder(Row)


def read_row(line: bytes) -> Row:
    """Read one. Raises msgspec.DecodeError."""
    return _ROW.decode(line)
