"""Find what points to a sensitive topic anywhere in a resource: in its values, components, titles, conclusions.

Decides no label, and gives only what points to one: most of a record points to nothing. Follows the code
lists of `fhir_profiles.topics`; FHIR R4 puts codes and wordings in more elements than a header reads.
"""

import json
import re
from collections.abc import Callable, Collection, Iterable
from functools import cache

import msgspec
from msgspec import Struct

from fhir_profiles.classify import tells_by_words
from fhir_profiles.json_scan import JsonObject, objects_in
from fhir_profiles.topics import Topics, sensitive_topics
from fhir_profiles.vocabulary import Label

Code = tuple[str | None, str | None]

# By exclusion: whatever else is a text may be shown to a reader. Left out are addresses, identifiers,
# codes, what is no text, and the names and places of people.
_NO_WORDINGS = frozenset(
    {
        "city",
        "code",
        "contentType",
        "country",
        "data",
        "district",
        "family",
        "fullUrl",
        "given",
        "hash",
        "id",
        "implicitRules",
        "lastUpdated",
        "postalCode",
        "prefix",
        "profile",
        "reference",
        "resourceType",
        "source",
        "state",
        "suffix",
        "system",
        "url",
        "value",
        "versionId",
    }
)
# The one element that names a service and stands in no header.
_SERVICE = "practiceSetting"
_SERVICE_SIGN = b'"practiceSetting"'
_STRING = re.compile(rb'(?:[^"\\]++|\\.)*+', re.DOTALL)
# Keys too: a search that passes over them costs more than what they add.
_ANY_STRING = re.compile(rb'"(%b)"' % _STRING.pattern, re.DOTALL)
_ESCAPED_SLASH = re.compile(rb"\\/")
_ESCAPED_LETTER = re.compile(rb"\\u00")


class Mentions(Struct, frozen=True, gc=False):
    """What points to a topic; a code without a system is one that does so under any."""

    codings: tuple[Code, ...] = ()
    services: tuple[Code, ...] = ()
    texts: tuple[str, ...] = ()


NOTHING = Mentions()


# More than a record's; beyond it looking for each sign costs more than reading each resource.
_MOST_SIGNS = 24


class _Codes(Struct, frozen=True):
    """The listed codes as bytes: those that tell under any system, and those that need theirs."""

    telling: frozenset[bytes]
    paired: frozenset[bytes]
    starts: frozenset[bytes]


@cache
def _listed() -> _Codes:
    topics = sensitive_topics()
    return _Codes(
        frozenset(code.encode() for code in topics.by_code if code is not None),
        frozenset(code.encode() for _system, code in topics.by_pair if code is not None),
        frozenset(start.encode() for start in topics.by_icd10),
    )


class MentionReader:
    """Read the resources of one page; `page` is its bytes.

    What points to a topic is looked for once in the whole page, and then only that in each resource.
    """

    def __init__(self, page: bytes) -> None:
        self._has_plain_slashes = _ESCAPED_SLASH.search(page) is None
        signs = _signs_in(page if self._has_plain_slashes else _usual(page))
        self._signs = signs if len(signs) <= _MOST_SIGNS else (b"",)

    def of(self, body: bytes, resource_type: str) -> Mentions:
        """Give what one resource mentions; of a Patient no wordings, for its label covers the whole source."""
        if not self._signs:
            return NOTHING
        if not self._has_plain_slashes:
            body = _usual(body)
        if not any(sign in body for sign in self._signs):
            return NOTHING
        body = _usual(body)
        objects = objects_in(body)
        codes = _strings_under(body, objects, lambda key: key == "code")
        paired, services = _scanned(body, objects, sensitive_topics())
        wordings = _strings_under(body, objects, lambda key: key not in _NO_WORDINGS)
        texts = () if resource_type == "Patient" else sorted(filter(tells_by_words, wordings))
        under_any = sorted(
            code for code in codes if code.encode(errors="replace") in _listed().telling
        )
        return Mentions((*((None, code) for code in under_any), *paired), services, tuple(texts))


def _usual(text: bytes) -> bytes:
    """Write JSON without space, and slashes without an escape: its strings' other bytes stay."""
    return msgspec.json.format(text, indent=-1).replace(b"\\/", b"/")


def _signs_in(page: bytes) -> tuple[bytes, ...]:
    """List the pieces of a page that point to a topic: one of them stands in every resource that does."""
    values = set(_ANY_STRING.findall(page) if b"\\" in page else page.split(b'"')[1::2])
    systems = (system.encode() for system in sensitive_topics().by_system if system is not None)
    return (
        *(b'"%b"' % value for value in values if _may_tell(value)),
        *(b'"%b"' % value for value in _telling_by_words(values)),
        *(sign for sign in (_SERVICE_SIGN, *systems) if sign in page),
        # An escape may spell any letter of a system.
        *((b"\\u00",) if _ESCAPED_LETTER.search(page) else ()),
    )


def _telling_by_words(values: Collection[bytes]) -> list[bytes]:
    texts = {value: _decoded(value) for value in values}
    # What none of them tells together, none tells alone: that settles it for most pages.
    if not tells_by_words(" ".join(texts.values())):
        return []
    return [value for value, text in texts.items() if tells_by_words(text)]


def _may_tell(code: bytes) -> bool:
    plain = _decoded(code).encode(errors="replace")
    listed = _listed()
    return plain in listed.telling or plain in listed.paired or plain[:3] in listed.starts


def _strings_under(
    body: bytes, objects: Iterable[JsonObject], is_wanted: Callable[[str], bool]
) -> set[str]:
    return {
        _decoded(text)
        for item in objects
        for member in item.members
        if is_wanted(member.key)
        for text in _strings(body[member.value_start : member.value_end])
    }


def _strings(value: bytes) -> list[bytes]:
    """Give the string that a member is, or the strings that it lists; objects are looked at for themselves."""
    is_text = value.startswith(b'"') or (value.startswith(b"[") and b"{" not in value)
    return _ANY_STRING.findall(value) if is_text else []


def _decoded(written: bytes) -> str:
    return str(json.loads(b'"%b"' % written)) if b"\\" in written else written.decode()


def _scanned(
    body: bytes, objects: Iterable[JsonObject], topics: Topics[Label]
) -> tuple[tuple[Code, ...], tuple[Code, ...]]:
    codings: list[Code] = []
    services: list[Code] = []
    for item in objects:
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
