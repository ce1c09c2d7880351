"""Say why each item is sensitive, by the strictest word of its source, its codes and its group.

Decides nothing about readers. docs/decisions/0007, section 3, and 0009, section 1: every member of a group carries the labels of all, and
where an identifier could mean several items, each of them does: doubt is settled by the most restrictive;
`own` belongs to one item and never spreads; a label on the Patient covers everything from that source.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from fhir_profiles.vocabulary import Label
from gateway.patient.group import groups_in_doubt
from gateway.patient.items import Item, LabelledItem
from gateway.patient.stated_labels import LabelsOf as LabelsOf
from gateway.patient.stated_labels import Stated, stated_labels
from gateway.patient.stated_labels import labels_by_lists as labels_by_lists

_OWN = frozenset({Label.OWN})
_NOTHING: frozenset[Label] = frozenset()
_UNSTATED = Stated(_NOTHING)


def label(
    items: Sequence[Item], groups: Sequence[int], labels_by: LabelsOf = labels_by_lists
) -> tuple[LabelledItem, ...]:
    """Label every item; `groups` runs in parallel with `items`."""
    stated = stated_labels(items, labels_by)
    of_group = _with_those_in_doubt(items, groups, _of_groups(items, groups, stated))
    by_own = _by_own_items(items, groups, stated) if of_group else of_group
    return tuple(
        LabelledItem(
            item,
            of_group.get(group, _NOTHING) | (_OWN if item.is_own else _NOTHING),
            group,
            found.attributed,
            found.unattributed,
            of_group.get(group, _NOTHING) - by_own.get(group, _NOTHING)
            if item.is_own
            else _NOTHING,
        )
        for item, group, found in zip(items, groups, stated, strict=True)
    )


def _by_own_items(
    items: Sequence[Item], groups: Sequence[int], stated: Sequence[Stated]
) -> dict[int, frozenset[Label]]:
    """Give what the items of the reader's own organisation lend each other."""
    own = [each if item.is_own else _UNSTATED for item, each in zip(items, stated, strict=True)]
    return _with_those_in_doubt(items, groups, _of_groups(items, groups, own))


def _of_groups(
    items: Sequence[Item], groups: Sequence[int], stated: Sequence[Stated]
) -> dict[int, frozenset[Label]]:
    listed = _labels_of_lists(items, stated)
    of_patient = _labels_of_patients(items, stated)
    found: dict[int, frozenset[Label]] = {}
    for item, group, each in zip(items, groups, stated, strict=True):
        labels = each.labels | each.by_page | of_patient.get(item.source_id, _NOTHING)
        if labels := labels | _listed(item, listed):
            found[group] = labels | found.get(group, _NOTHING)
    return found


def _with_those_in_doubt(
    items: Sequence[Item], groups: Sequence[int], of_group: dict[int, frozenset[Label]]
) -> dict[int, frozenset[Label]]:
    """Add the labels of every group that an identifier ties to this one without saying which item it means."""
    if not of_group:
        return of_group
    in_doubt = groups_in_doubt(items)
    known: dict[int, frozenset[Label]] = {}
    for group, doubt in zip(groups, in_doubt, strict=True):
        known[doubt] = known.get(doubt, _NOTHING) | of_group.get(group, _NOTHING)
    found: dict[int, frozenset[Label]] = {}
    for group, doubt in zip(groups, in_doubt, strict=True):
        found[group] = found.get(group, _NOTHING) | known[doubt]
    return found


def _labels_of_lists(
    items: Sequence[Item], stated: Sequence[Stated]
) -> dict[tuple[str, str], frozenset[Label]]:
    """Give what a labelled list says of its members: sources may label the list alone."""
    found: dict[tuple[str, str], frozenset[Label]] = defaultdict(frozenset)
    for item, each in zip(items, stated, strict=True):
        labels = each.labels | each.by_page
        for name in item.worked.reference_names if labels and item.worked.type == "List" else ():
            found[item.source_id, name] |= labels
    return found


def _listed(item: Item, listed: Mapping[tuple[str, str], frozenset[Label]]) -> frozenset[Label]:
    # Of a list's subject it says nothing: a label on the Patient would cover the whole record.
    if not listed or item.worked.type == "Patient":
        return _NOTHING
    return _NOTHING.union(
        *(listed.get((item.source_id, name), _NOTHING) for name in item.worked.names)
    )


def _labels_of_patients(
    items: Sequence[Item], stated: Sequence[Stated]
) -> dict[str, frozenset[Label]]:
    found: dict[str, frozenset[Label]] = defaultdict(frozenset)
    for item, each in zip(items, stated, strict=True):
        if item.worked.type == "Patient":
            # A page's label is about what is on it: it does not cover the source.
            found[item.source_id] |= each.labels
    return found
