"""Tell whether a document is all of what the item that it is attached to says of it.

Judges no content. Follows FHIR R4, Attachment: `size` in bytes, and `hash`, the SHA-1 of the content in base64.
"""

import base64
import hashlib
import json
from collections.abc import Iterator

from fhir_profiles.exact_slots import address_of
from fhir_profiles.json_scan import JsonObject, objects_in
from gateway.patient.attachments import Attachment


def is_whole(attachment: Attachment, content: bytes) -> bool:
    """Say whether the content is what every mention of its address in the item says that it is."""
    stated = set(_stated(attachment))
    return bool(content) and stated <= {("size", len(content)), ("hash", _hash_of(content))}


def _hash_of(content: bytes) -> str:
    # What FHIR asks for; it tells what is cut off, and protects from nobody.
    digest = hashlib.sha1(content, usedforsecurity=False).digest()
    return base64.b64encode(digest).decode()


def _stated(attachment: Attachment) -> Iterator[tuple[str, object]]:
    body = attachment.body
    for item in objects_in(body):
        address = address_of(body, item)
        if (
            address
            and json.loads(body[address.value_start : address.value_end]) == attachment.address
        ):
            yield from _said_in(body, item)


def _said_in(body: bytes, item: JsonObject) -> Iterator[tuple[str, object]]:
    for member in item.members:
        if member.key in {"size", "hash"}:
            value = json.loads(body[member.value_start : member.value_end])
            yield member.key, value if isinstance(value, int | str) else None
