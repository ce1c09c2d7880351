"""Judge resources: structure by the models of fhir.resources, then what those let pass.

A verdict flags, it never drops or changes a resource, and no request waits for one. Follows FHIR R4 4.0.1
(by the R4B models, as there are none for R4) and STU3 for GP Connect originals.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

import msgspec
from fhir.resources.R4B import get_fhir_model_class as r4b_model
from fhir.resources.STU3 import get_fhir_model_class as stu3_model
from pydantic import ValidationError

from fhir_profiles.bindings import binding_issues
from fhir_profiles.issues import Issue, IssueKind
from fhir_profiles.uk_core import must_have_issues

# Enough to see what is wrong; a resource with more faults is bounded in memory all the same.
MOST_ISSUES = 50
_ELEMENT_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,47}")

Document = Mapping[str, Any]
ModelFinder = Callable[[str], Any]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found in one resource, in the order found; at most fifty issues."""

    issues: tuple[Issue, ...]

    @property
    def is_clean(self) -> bool:
        """Tell whether nothing was found."""
        return not self.issues


def verdict_r4(resource: bytes) -> Verdict:
    """Judge one R4 resource, or each entry of a Bundle; whatever it holds, this does not raise."""
    return _verdict(resource, _r4_issues)


def verdict_stu3(resource: bytes) -> Verdict:
    """Judge one STU3 resource by its structure alone, or each entry of a Bundle; this does not raise."""
    return _verdict(resource, _stu3_issues)


def _verdict(resource: bytes, find: Callable[[Document], Iterator[Issue]]) -> Verdict:
    try:
        document = msgspec.json.decode(resource)
    except (msgspec.DecodeError, RecursionError):
        return Verdict((Issue(IssueKind.UNREADABLE, ""),))
    return Verdict(tuple(islice(_issues_of(document, find, ""), MOST_ISSUES)))


def _issues_of(
    document: object, find: Callable[[Document], Iterator[Issue]], path: str
) -> Iterator[Issue]:
    if not isinstance(document, dict):
        yield Issue(IssueKind.UNREADABLE, path.rstrip("."))
        return
    entries = document.get("entry")
    if document.get("resourceType") == "Bundle" and isinstance(entries, list):
        # One bad entry fails the model of a whole Bundle, so each is judged alone.
        document = {name: value for name, value in document.items() if name != "entry"}
        for position, entry in enumerate(entries):
            if isinstance(entry, dict) and "resource" in entry:
                place = f"{path}Bundle.entry[{position}].resource."
                yield from _issues_of(entry["resource"], find, place)
    for issue in _caught(find, document):
        yield Issue(issue.kind, (path + issue.path).rstrip("."))


def _caught(find: Callable[[Document], Iterator[Issue]], document: Document) -> Iterator[Issue]:
    # The models fail in ways of their own (a bare KeyError for an unknown contained type).
    try:
        yield from find(document)
    except Exception:  # noqa: BLE001 — a fault in judging is a finding, not a failure of the service
        yield Issue(IssueKind.MODEL_FAILED, _kind_of(document))


def _r4_issues(document: Document) -> Iterator[Issue]:
    yield from _model_issues(document, r4b_model)
    yield from binding_issues(document)
    yield from must_have_issues(document)


def _stu3_issues(document: Document) -> Iterator[Issue]:
    yield from _model_issues(document, stu3_model)


def _model_issues(document: Document, find_model: ModelFinder) -> Iterator[Issue]:
    kind = _kind_of(document)
    try:
        model = find_model(kind)
    except ValueError:
        yield Issue(IssueKind.UNKNOWN_TYPE, "")
        return
    try:
        model.model_validate(document)
    except ValidationError as fault:
        for error in fault.errors(include_url=False, include_context=False, include_input=False):
            yield _issue_from(kind, error["type"], error["loc"])
    except Exception:  # noqa: BLE001 — see `_caught`; here the other checks still run
        yield Issue(IssueKind.MODEL_FAILED, kind)


def _issue_from(kind: str, fault: str, place: Iterable[int | str]) -> Issue:
    if fault != "extra_forbidden":
        return Issue(IssueKind.STRUCTURE, _path_of(kind, place))
    # The name of an unknown element is the sender's own text: it is left out.
    return Issue(IssueKind.UNKNOWN_ELEMENT, _path_of(kind, list(place)[:-1]))


def _path_of(kind: str, place: Iterable[int | str]) -> str:
    path = kind
    for step in place:
        if isinstance(step, int):
            path += f"[{step}]"
        else:
            path += f".{step if _ELEMENT_NAME.fullmatch(step) else '?'}"
    return path


def _kind_of(document: Document) -> str:
    kind = document.get("resourceType")
    return kind if isinstance(kind, str) and _ELEMENT_NAME.fullmatch(kind) else "?"
