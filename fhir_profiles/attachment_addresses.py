"""Put other addresses into the attachments of a resource, and leave every other byte as it is.

Follows HL7 FHIR R4, section 2.24.0.3 (Attachment), which STU3 has alike.
"""

import json
from collections.abc import Callable

from fhir_profiles.exact_slots import address_of
from fhir_profiles.json_scan import Member, objects_in
from fhir_profiles.templates import NO_ADDRESS

Give = Callable[[str], bytes | None]


def with_addresses(body: bytes, give: Give) -> bytes | None:
    """Give a resource with each attachment's address replaced by what `give` has for it, or by none.

    Shape: what is given must need no JSON escape. None where an address has more to it than its text, which
    could tell what the text no longer does.
    """
    found = [(item, member) for item in objects_in(body) if (member := address_of(body, item))]
    if any(item.member("_url") is not None for item, _member in found):
        return None
    pieces: list[bytes] = []
    position = 0
    for member in sorted((member for _item, member in found), key=lambda each: each.key_start):
        pieces += (body[position : member.key_start], _said(body, member, give))
        position = member.value_end
    return b"".join((*pieces, body[position:]))


def _said(body: bytes, member: Member, give: Give) -> bytes:
    url = give(json.loads(body[member.value_start : member.value_end]))
    return (
        NO_ADDRESS if url is None else body[member.key_start : member.value_start] + b'"%b"' % url
    )
