"""Read what a source's `meta.security` says about an item.

Does not look at the item's own codes (`classify` does) and does not decide who may see it. Follows
FHIR R4 security labels with HL7 v3 ActCode and v3 Confidentiality.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import msgspec

from fhir_profiles import systems
from fhir_profiles.vocabulary import Label

_FILE = files("fhir_profiles") / "code_lists" / "security-labels.json"
_LABEL_SYSTEM = systems.LABEL.lower()
# `own` is ours to say: from a source it would lift that item's sexual-health label.
_OUR_WORDS = {label.value: label for label in Label if label not in {Label.NORMAL, Label.OWN}}


@dataclass(frozen=True, slots=True)
class Marking:
    """What the labels say: the named topics, and whether the item is restricted for a reason not given here."""

    labels: frozenset[Label]
    is_restricted: bool


UNMARKED = Marking(frozenset(), is_restricted=False)


class _Vocabulary(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    note: str
    labels: Mapping[str, Label]
    restricted: frozenset[str]
    sealing: frozenset[str]
    harmless_anywhere: frozenset[str]
    harmless: Mapping[str, frozenset[str]]


def marking_of(security: Iterable[tuple[str | None, str | None]]) -> Marking:
    """Read the codings of `meta.security` and `securityLabel` together.

    Shape: `restricted` is set by confidentiality R, which says that an item is sensitive but not why;
    V (patient's wish, legal lock, taboo) needs a consent that nobody can show here, so it is sealed;
    an unknown code is sealed; NOPAT withholds from the patient, not from staff, and is no label.
    """
    labels: set[Label] = set()
    is_restricted = False
    for system, code in security:
        upper = (code or "").strip().upper()
        if upper in _vocabulary().restricted:
            is_restricted = True
        elif not _is_harmless(system, upper):
            labels.add(_label_for(upper))
    return Marking(frozenset(labels), is_restricted)


def _label_for(upper: str) -> Label:
    known = _vocabulary().labels.get(upper)
    return known or _OUR_WORDS.get(upper.lower(), Label.SEALED)


def _is_harmless(system: str | None, upper: str) -> bool:
    lower = (system or "").strip().lower()
    if lower == _LABEL_SYSTEM:
        return upper == "NORMAL"
    words = _vocabulary()
    return upper in words.harmless_anywhere or upper in words.harmless.get(lower, frozenset())


@cache
def _vocabulary() -> _Vocabulary:
    return msgspec.json.decode(_FILE.read_bytes(), type=_Vocabulary)
