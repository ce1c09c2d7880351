"""Choose what a summary keeps of an item: by what it is, by who reads, and by why it is sensitive.

Applies nothing (`projection` does) and decides no level. The rows are those of `summary_elements.json`.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import NamedTuple

from fhir_profiles.vocabulary import Category, Label
from gateway.patient.reductions import LabelForm, RoleForm, Summary, reductions


class Reading(NamedTuple):
    """One category as one reader sees it; `labels` are those that leave this reader no more than a summary."""

    category: Category
    role: str
    labels: frozenset[Label]


def row_of(resource_type: str, reading: Reading) -> Summary | None:
    """Give what a summary keeps of a type for this reader; None when there is no summary of it."""
    usual = reductions().categories.get(reading.category, {}).get(resource_type)
    rows = list(_narrower(resource_type, reading, usual)) or [usual]
    known = [row for row in rows if row is not None]
    if len(known) < len(rows):
        return None
    return known[0] if len(known) == 1 else _kept_by_all(known)


def label_words() -> frozenset[str]:
    """List our words that stand for items of which a label leaves only that they exist."""
    return frozenset(form.says for form in reductions().narrower.labels.values())


def _narrower(
    resource_type: str, reading: Reading, usual: Summary | None
) -> Iterator[Summary | None]:
    category = reading.category
    of_role = _by_role().get(reading.role)
    if of_role is not None and category in of_role.categories:
        yield of_role.categories[category].get(resource_type)
    for form in _forms(reading.labels):
        if category not in form.unchanged:
            yield form.categories.get(category, {}).get(resource_type) or _in_words(
                resource_type, form, usual
            )


@cache
def _by_role() -> dict[str, RoleForm]:
    return {role.value: form for role, form in reductions().narrower.roles.items()}


def _forms(labels: Iterable[Label]) -> Iterator[LabelForm]:
    forms = reductions().narrower.labels
    return (forms[label] for label in sorted(labels) if label in forms)


def _in_words(resource_type: str, form: LabelForm, usual: Summary | None) -> Summary | None:
    """Let words stand for what the category would summarise: they tell of no more items than that does."""
    if usual is None:
        return None
    contacts = form.contacts.get(resource_type, frozenset())
    return Summary(contacts, usual.filters, says=form.says)


def _kept_by_all(rows: Sequence[Summary]) -> Summary:
    return Summary(
        elements=frozenset.intersection(*(row.elements for row in rows)),
        filters=frozenset().union(*(row.filters for row in rows)),
        absent=tuple(dict.fromkeys(name for row in rows for name in row.absent)),
        says=next((row.says for row in rows if row.says is not None), None),
    )
