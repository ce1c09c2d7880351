"""Take out of a resource the documents that stand in it, and leave every other byte as it is.

Decides not for whom. Follows HL7 FHIR R4, section 2.24.0.3 (Attachment), which STU3 has alike.
"""

from collections.abc import Iterator

from fhir_profiles.exact_slots import is_attachment
from fhir_profiles.json_scan import JsonObject, may_escape_a_key, objects_in
from fhir_profiles.templates import STUB

_CONTENT = frozenset({"data", "_data"})
_NO_CONTENT = b'"_data":' + STUB


def without_inline_content(body: bytes) -> bytes | None:
    """Give a resource with a stub in place of the content of each attachment; None where none has any."""
    if b'data"' not in body and not may_escape_a_key(body):
        return None
    cuts = [cut for item in objects_in(body) if is_attachment(item) for cut in _cuts(item)]
    if not cuts:
        return None
    pieces: list[bytes] = []
    position = 0
    for start, end, instead in sorted(cuts):
        if start >= position:
            pieces += (body[position:start], instead)
            position = end
    return b"".join((*pieces, body[position:]))


def _cuts(item: JsonObject) -> Iterator[tuple[int, int, bytes]]:
    """Cut out the content: the stub stands where the first of it stood, so the object is never empty."""
    is_told = False
    for index, member in enumerate(item.members):
        if member.key not in _CONTENT:
            continue
        if is_told:
            yield item.members[index - 1].value_end, member.value_end, b""
        else:
            yield member.key_start, member.value_end, _NO_CONTENT
        is_told = True
