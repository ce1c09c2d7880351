"""Name what is remembered of a resource's bytes: static pieces, and the slots between them.

Finds no slot (`slots` does) and fills none. Holds nothing that depends on who reads.
"""

from msgspec import Struct
from typing_extensions import override

STUB = (
    b'{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/data-absent-reason",'
    b'"valueCode":"unknown"}]}'
)
"""What stands for anything that is not told, whether hidden, dropped or never there."""


NO_ADDRESS = b'"_url":' + STUB
"""What stands for the address of an attachment that is not given."""


class _Quiet(Struct, frozen=True, gc=False):
    # Pieces are a person's data; structs, because a view makes thousands and dataclasses cost five times it.
    @override
    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"


class ReferenceSlot(_Quiet, frozen=True, gc=False):
    """A Reference object: the text it names its target by, and its bytes before and after that text."""

    at: int
    target: str
    before: bytes
    after: bytes


class AttachmentSlot(_Quiet, frozen=True, gc=False):
    """The `url` member of an Attachment, as the source wrote the address."""

    at: int
    url: str


class MetaSlot(_Quiet, frozen=True, gc=False):
    """The `meta` object: its bytes up to the text of `source`, and the tags that it has, as one piece or none."""

    at: int
    before: bytes
    tags: tuple[bytes, ...] = ()


class Template(_Quiet, frozen=True, gc=False):
    """A resource without its narratives. `pieces` holds an empty piece wherever a slot is filled.

    `pieces[id_at]` takes the text of the new id. `has_untold` says that pieces hold a stub where the source
    named something without an address, or within another reference. `patients` are the references by
    which it names, without an address, whose it is; each has a slot too.
    """

    pieces: tuple[bytes, ...]
    id_at: int
    meta: MetaSlot
    reference_slots: tuple[ReferenceSlot, ...] = ()
    attachment_slots: tuple[AttachmentSlot, ...] = ()
    has_untold: bool = False
    patients: tuple[str, ...] = ()

    @property
    def references(self) -> tuple[str, ...]:
        """Give the texts by which the resource refers to others; contained ones are not among them."""
        return tuple([slot.target for slot in self.reference_slots])
