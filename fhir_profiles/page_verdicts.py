"""Judge every resource of one page, and say which have faults that may mislead a reader.

Judges by `validate`, and holds no content of what it judged: kinds of faults, and the resources' own names.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from fhir_profiles.issues import IssueKind
from fhir_profiles.spans import ResourceSpan, UnreadablePageError, read_page
from fhir_profiles.validate import Verdict, verdict_r4

_MISLEADING = frozenset(
    {
        IssueKind.STRUCTURE,
        IssueKind.CODE_NOT_IN_LIST,
        IssueKind.NOT_A_NUMBER,
        IssueKind.NOT_A_BOOLEAN,
    }
)
"""What is missing or unknown is seen as such; what has another form may be read wrongly, by people and programs."""


@dataclass(frozen=True, slots=True)
class PageVerdict:
    """What was found on one page. `faulty` names resources as `Type/id`; `kinds` counts faults by kind."""

    judged: int
    clean: int
    kinds: Mapping[str, int]
    faulty: tuple[str, ...]


def page_verdict(page: bytes) -> PageVerdict:
    """Judge a page; whatever it holds, this does not raise."""
    try:
        resources = read_page(page).resources
    except UnreadablePageError:
        return PageVerdict(0, 0, {IssueKind.UNREADABLE.value: 1}, ())
    found = [(each, verdict_r4(each.body)) for each in resources]
    return PageVerdict(
        judged=len(found),
        clean=sum(verdict.is_clean for _each, verdict in found),
        kinds=Counter(issue.kind.value for _each, verdict in found for issue in verdict.issues),
        faulty=tuple(_name(each) for each, verdict in found if _misleads(verdict)),
    )


def _misleads(verdict: Verdict) -> bool:
    return any(issue.kind in _MISLEADING for issue in verdict.issues)


def _name(resource: ResourceSpan) -> str:
    return f"{resource.header.resource_type}/{resource.header.id or ''}"
