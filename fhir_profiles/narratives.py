"""Take the narratives out of a resource and leave every other byte as it was.

Rewrites nothing else (`slots` does). FHIR R4, section 2.4: `text` with an object for a value is a narrative
wherever it stands; a CodeableConcept's or a note's `text` is a string.
"""

from fhir_profiles.json_scan import JsonObject, Member, objects_in


def without_narratives(body: bytes) -> bytes:
    """Give the bytes of a valid JSON object without any narrative in it."""
    cuts = [
        _cut(each, place)
        for each in objects_in(body)
        for place, member in enumerate(each.members)
        if _is_narrative(body, member)
    ]
    pieces: list[bytes] = []
    at = 0
    for start, end in sorted(cuts):
        if start >= at:
            pieces.append(body[at:start])
            at = end
    return b"".join((*pieces, body[at:]))


def _is_narrative(body: bytes, member: Member) -> bool:
    return member.key == "text" and body[member.value_start : member.value_start + 1] == b"{"


def _cut(holder: JsonObject, place: int) -> tuple[int, int]:
    """Give what to leave out: the member and one comma beside it."""
    member = holder.members[place]
    if place > 0:
        return holder.members[place - 1].value_end, member.value_end
    following = holder.members[1].key_start if len(holder.members) > 1 else member.value_end
    return member.key_start, following
