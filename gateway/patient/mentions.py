"""Find what points to a sensitive topic anywhere in a resource: in its values, components, titles, conclusions.

Decides no label, and gives only what points to one: most of a record points to nothing. Follows the code
lists of `fhir_profiles.topics`; FHIR R4 puts codes and wordings in more elements than a header reads.
"""

import json
import re

import msgspec
from msgspec import Struct

from fhir_profiles.classify import tells_by_words
from fhir_profiles.json_scan import JsonObject, objects_in
from fhir_profiles.topics import Topics, sensitive_topics
from fhir_profiles.vocabulary import Label

Code = tuple[str | None, str | None]

_CODE = b'"code":"'
_WORDING_KEYS = (
    b'"display":"',
    b'"text":"',
    b'"title":"',
    b'"conclusion":"',
    b'"description":"',
    b'"valueString":"',
    b'"comment":"',
)
# The one element that names a service and stands in no header.
_SERVICE = "practiceSetting"
_SERVICE_SIGN = b'"practiceSetting"'
_SPACED = tuple(b'"%b' % text for space in b" \n\r\t" for text in (b":%c" % space, b"%c:" % space))
_STRING = re.compile(rb'(?:[^"\\]++|\\.)*+', re.DOTALL)


class Mentions(Struct, frozen=True, gc=False):
    """What points to a topic; a code without a system is one that does so under any."""

    codings: tuple[Code, ...] = ()
    services: tuple[Code, ...] = ()
    texts: tuple[str, ...] = ()


NOTHING = Mentions()


class MentionReader:
    """Read the resources of one page; `page` is its bytes."""

    def __init__(self, page: bytes) -> None:
        topics = sensitive_topics()
        self._topics = topics
        self._is_spaced = any(sign in page for sign in _SPACED)
        self._may_escape = b"\\u" in page or b"\\/" in page
        self._systems = tuple(
            system.encode()
            for system in topics.telling_systems
            if system is not None and (self._may_escape or system.encode() in page)
        )
        self._codes = frozenset(code.encode() for code in topics.by_code if code is not None)
        self._harmless: set[bytes] = set()

    def of(self, body: bytes, resource_type: str) -> Mentions:
        """Give what one resource mentions; of a Patient no wordings, for its label covers the whole source."""
        if self._is_spaced:
            body = msgspec.json.format(body, indent=-1)
        codes = _values(body, _CODE)
        codings = self._codings(codes)
        texts = () if resource_type == "Patient" else self._texts(body)
        if not self._needs_scan(body):
            return Mentions(codings, (), texts) if codings or texts else NOTHING
        paired, services = _scanned(body, self._topics)
        return Mentions((*codings, *paired), services, texts)

    def _codings(self, codes: list[bytes]) -> tuple[Code, ...]:
        if self._may_escape and any(b"\\" in code for code in codes):
            codes = [_decoded(code).encode(errors="replace") for code in codes]
        if self._codes.isdisjoint(codes):
            return ()
        return tuple((None, code.decode()) for code in codes if code in self._codes)

    def _texts(self, body: bytes) -> tuple[str, ...]:
        found: list[str] = []
        for key in _WORDING_KEYS:
            if key in body:
                found += self._telling(body, key)
        return tuple(found)

    def _telling(self, body: bytes, key: bytes) -> list[str]:
        texts = _values(body, key)
        if self._harmless.issuperset(texts):
            return []
        telling = [
            text for text in map(_decoded, set(texts) - self._harmless) if tells_by_words(text)
        ]
        if not telling:
            self._harmless.update(texts)
        return telling

    def _needs_scan(self, body: bytes) -> bool:
        if _SERVICE_SIGN in body:
            return True
        if not self._systems:
            return False
        return self._may_escape or any(system in body for system in self._systems)


def _values(body: bytes, opening: bytes) -> list[bytes]:
    """Give the strings, as written, that stand under a key in compact JSON."""
    parts = body.split(opening)[1:]
    values = [part[: part.find(b'"')] for part in parts]
    if b"\\" not in body:
        return values
    return [
        _whole(part) if value.endswith(b"\\") else value
        for part, value in zip(parts, values, strict=True)
    ]


def _whole(part: bytes) -> bytes:
    found = _STRING.match(part)
    return b"" if found is None else found[0]


def _decoded(written: bytes) -> str:
    return str(json.loads(b'"%b"' % written)) if b"\\" in written else written.decode()


def _scanned(body: bytes, topics: Topics[Label]) -> tuple[tuple[Code, ...], tuple[Code, ...]]:
    codings: list[Code] = []
    services: list[Code] = []
    for item in objects_in(body):
        coding = (_text(body, item, "system"), _text(body, item, "code"))
        if coding[1] is None:
            continue
        if coding[0] in topics.telling_systems:
            codings.append(coding)
        if _SERVICE in item.path and coding[1] in topics.by_service:
            services.append(coding)
    return tuple(codings), tuple(services)


def _text(body: bytes, item: JsonObject, key: str) -> str | None:
    member = item.member(key)
    if member is None or body[member.value_start : member.value_start + 1] != b'"':
        return None
    return str(json.loads(body[member.value_start : member.value_end]))
