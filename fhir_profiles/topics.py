"""Read the code lists that say which codes, services and words belong to which sensitive topic.

Does not judge a record (`classify` does). Every entry carries a status and a source: `published` codes
were seen in open material, `judgement` ones were not; choosing to list either is our judgement.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Generic, TypeVar

import msgspec

from fhir_profiles.vocabulary import Category, Label

Topic = TypeVar("Topic")
Key = TypeVar("Key")

ICD_10 = frozenset(
    {
        "http://hl7.org/fhir/sid/icd-10",
        "http://hl7.org/fhir/sid/icd-10-uk",
        "https://fhir.hl7.org.uk/Id/icd-10",
        "urn:oid:2.16.840.1.113883.6.3",
    }
)
_LISTS = files("fhir_profiles") / "code_lists"


class ListedCode(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One code of a list, with where it was seen; `system` only where the code alone is ambiguous."""

    code: str
    display: str
    status: str
    source: str
    system: str | None = None


class ListedSystem(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A code system of which every code belongs to the topic."""

    system: str
    status: str
    source: str


class ListedExtension(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An extension whose mere presence belongs to the topic."""

    url: str
    status: str
    source: str


class CodeList(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file: a topic and what points to it.

    `codes` are matched under any system, `coded` with theirs, `services` only where a service or
    specialty stands, `icd10` by the first three characters, `words` as whole words of a text.
    """

    note: str
    label: Label | None = None
    category: Category | None = None
    codes: tuple[ListedCode, ...] = ()
    coded: tuple[ListedCode, ...] = ()
    systems: tuple[ListedSystem, ...] = ()
    services: tuple[ListedCode, ...] = ()
    icd10: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    extensions: tuple[ListedExtension, ...] = ()


@dataclass(frozen=True, slots=True)
class Topics(Generic[Topic]):
    """The lists turned round for look-up; `phrases` by their first word, each padded with spaces."""

    by_code: Mapping[str | None, frozenset[Topic]]
    by_pair: Mapping[tuple[str | None, str | None], frozenset[Topic]]
    by_system: Mapping[str | None, frozenset[Topic]]
    by_service: Mapping[str | None, frozenset[Topic]]
    by_icd10: Mapping[str, frozenset[Topic]]
    by_extension: Mapping[str, frozenset[Topic]]
    telling_systems: frozenset[str | None]
    phrases: Mapping[bytes, tuple[tuple[bytes, Topic], ...]]


def topics_of(topics: Topics[Topic], coding: tuple[str | None, str | None]) -> frozenset[Topic]:
    """Give the topics of one coding.

    Listed codes are matched under any system: a clinical code under a wrong or missing one still tells all.
    """
    system, code = coding
    if code is None:
        return frozenset()
    found = topics.by_code.get(code, frozenset()) | topics.by_pair.get(coding, frozenset())
    found |= topics.by_system.get(system, frozenset())
    return found | topics.by_icd10.get(code[:3], frozenset()) if system in ICD_10 else found


@cache
def sensitive_topics() -> Topics[Label]:
    """Give the topics that make an item sensitive."""
    return _turn_round([(one.label, one) for one in code_lists() if one.label is not None])


@cache
def category_topics() -> Topics[Category]:
    """Give the topics that move an item of a general kind to a more telling category."""
    return _turn_round([(one.category, one) for one in code_lists() if one.category is not None])


@cache
def code_lists() -> tuple[CodeList, ...]:
    """Read every list of a topic, sorted by file name."""
    names = sorted(path.name for path in _LISTS.iterdir() if path.name.endswith(".json"))
    return tuple(
        msgspec.json.decode((_LISTS / name).read_bytes(), type=CodeList)
        for name in names
        if name != "security-labels.json"
    )


def _turn_round(lists: list[tuple[Topic, CodeList]]) -> Topics[Topic]:
    by_pair: dict[tuple[str | None, str | None], frozenset[Topic]] = _gather(
        ((row.system, row.code), topic) for topic, one in lists for row in one.coded
    )
    by_system: dict[str | None, frozenset[Topic]] = _gather(
        (row.system, topic) for topic, one in lists for row in one.systems
    )
    return Topics(
        by_code=_gather((row.code, topic) for topic, one in lists for row in one.codes),
        by_pair=by_pair,
        by_system=by_system,
        by_service=_gather((row.code, topic) for topic, one in lists for row in one.services),
        by_icd10=_gather((start, topic) for topic, one in lists for start in one.icd10),
        by_extension=_gather((row.url, topic) for topic, one in lists for row in one.extensions),
        telling_systems=frozenset({system for system, _ in by_pair} | set(by_system)) | ICD_10,
        phrases=_phrases_of(lists),
    )


def _gather(pairs: Iterable[tuple[Key, Topic]]) -> dict[Key, frozenset[Topic]]:
    gathered: defaultdict[Key, set[Topic]] = defaultdict(set)
    for key, topic in pairs:
        gathered[key].add(topic)
    return {key: frozenset(topics) for key, topics in gathered.items()}


def _phrases_of(
    lists: list[tuple[Topic, CodeList]],
) -> dict[bytes, tuple[tuple[bytes, Topic], ...]]:
    by_first_word: defaultdict[bytes, list[tuple[bytes, Topic]]] = defaultdict(list)
    for topic, one in lists:
        for phrase in one.words:
            words = phrase.encode()
            by_first_word[words.split()[0]].append((b" %b " % words, topic))
    return {word: tuple(phrases) for word, phrases in by_first_word.items()}
