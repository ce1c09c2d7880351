"""Read a proposed change of policy, and fix what it says by a hash.

Decides nothing about who may make it (`gateway/access/administration.py`), and stores nothing.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gateway.errors import BadRequestError, UnsafePolicyError
from gateway.store.policy_drafts import Draft
from rbac.canonical import length_prefixed
from rbac.faults import PolicyFault
from rbac.policy import of_rows, read_json
from rbac.types import Policy

WHY_AT_MOST = 500
_FORM = "shared-care-record draft 1"
_FIELDS = frozenset({"based_on", "why", "rules", "version", "administrators"})


@dataclass(frozen=True, slots=True)
class Proposal:
    """What somebody proposes, upon which version; the rules are given, or those of an earlier version.

    No administrators: they stay as they are.
    """

    based_on: str
    why: str
    rules: Policy | str
    administrators: tuple[str, ...] | None


def read_proposal(body: bytes) -> Proposal:
    """Read a proposal as JSON.

    Raises BadRequestError when it is none, UnsafePolicyError naming every fault of its rules.
    """
    document = fields_of_json(body, _FIELDS)
    if ("rules" in document) == ("version" in document):
        raise BadRequestError("A proposal has either rules or the version whose rules it takes.")
    return Proposal(
        based_on=_version(document, "based_on"),
        why=_why(document.get("why")),
        rules=_rules(document["rules"]) if "rules" in document else _version(document, "version"),
        administrators=_administrators(document.get("administrators")),
    )


def fields_of_json(body: bytes, known: frozenset[str]) -> Mapping[str, Any]:
    """Read a JSON object whose fields are all known.

    Raises BadRequestError.
    """
    document = read_json(body)
    if isinstance(document, PolicyFault):
        raise BadRequestError(f"The body {document.kind.value}.", "structure")
    if not isinstance(document, dict) or not document.keys() <= known:
        raise BadRequestError("The body is not an object of known fields.", "structure")
    return document


def version_in(document: Mapping[str, Any], field: str) -> str:
    """Give the version that a field names.

    Raises BadRequestError when it is none.
    """
    return _version(document, field)


def digest_of(draft: Draft) -> str:
    """Give the hash of all that a draft proposes; approval and activation hold it against what is stored."""
    named = ("unchanged",) if draft.administrators is None else ("named", *draft.administrators)
    words = (
        _FORM,
        str(draft.id),
        draft.based_on,
        draft.version,
        draft.why,
        str(draft.needs_guardian),
        draft.proposed_by,
        draft.proposed_at.isoformat(),
        *named,
    )
    return hashlib.sha256(length_prefixed(words)).hexdigest()


def _rules(rows: object) -> Policy:
    policy = of_rows(rows)
    if not isinstance(policy, Policy):
        raise UnsafePolicyError(fault.message for fault in policy)
    return policy


def _version(document: Mapping[str, Any], field: str) -> str:
    given = document.get(field)
    if not isinstance(given, str) or len(given) != 64 or not set(given) <= set("0123456789abcdef"):
        raise BadRequestError(f"{field} must be a version: 64 hex digits.", "value")
    return given


def _why(given: object) -> str:
    # Printable text has no lone surrogates, which no database takes.
    if not isinstance(given, str) or not given.strip() or not given.isprintable():
        raise BadRequestError("why must say in a line of text what the change is for.", "required")
    if len(given) > WHY_AT_MOST:
        raise BadRequestError(f"why is longer than {WHY_AT_MOST} characters.", "too-long")
    return given


def _administrators(given: object) -> tuple[str, ...] | None:
    if given is None:
        return None
    if not isinstance(given, list) or len(given) > 100:
        raise BadRequestError("administrators must be a list of at most 100 subjects.", "value")
    return tuple(given)
