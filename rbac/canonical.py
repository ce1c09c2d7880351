"""Write words and rules in one unmistakable form, for look-up keys and for the version of a policy.

Does not normalise: two texts that differ in any byte stay different. Form: netstrings (length, colon, bytes).
"""

import hashlib
from collections.abc import Iterable, Mapping

from fhir_profiles.vocabulary import Category, Label
from rbac.types import Act, Level, Rule

_FORM = "shared-care-record policy 1"
_LEVELS_FORM = "shared-care-record levels 1"


def length_prefixed(words: Iterable[str]) -> bytes:
    """Join words so that no two different sequences give the same bytes."""
    return b"".join(_netstring(word) for word in words)


def fields_of(rule: Rule) -> tuple[str, str, str, str, str, str, str, str]:
    """Give a rule's words in the order of the policy row."""
    return (
        rule.role,
        rule.organisation_kind,
        rule.category,
        rule.label,
        rule.purpose,
        rule.act,
        rule.level,
        rule.effect,
    )


def canonical_form(rules: Iterable[Rule]) -> bytes:
    """Write a set of rules as the bytes that its version is the hash of; order does not matter."""
    rows = sorted(length_prefixed(fields_of(rule)) for rule in rules)
    return length_prefixed((_FORM, str(len(rows)))) + b"".join(rows)


def version_of(rules: Iterable[Rule]) -> str:
    """Give the version of a set of rules: SHA-256 of its canonical form, in lower-case hex."""
    return hashlib.sha256(canonical_form(rules)).hexdigest()


def digest_of_levels(
    view: Mapping[tuple[Category, Label], Level], acts: Iterable[tuple[Act, Category]]
) -> str:
    """Give the hash of what a role may see and do, as SHA-256 in lower-case hex; order does not matter."""
    cells = sorted(length_prefixed((*pair, level)) for pair, level in view.items())
    allowed = sorted(length_prefixed(pair) for pair in acts)
    head = length_prefixed((_LEVELS_FORM, str(len(cells)), str(len(allowed))))
    return hashlib.sha256(head + b"".join(cells) + b"".join(allowed)).hexdigest()


def _netstring(word: str) -> bytes:
    # A lone surrogate must not raise here: it gives bytes that equal no known word's, hence no access.
    encoded = word.encode("utf-8", "surrogatepass")
    return b"%d:%s" % (len(encoded), encoded)
