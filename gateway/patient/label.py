"""Say why each item is sensitive, by the strictest word of its source, its codes and its group.

Decides nothing about readers. docs/decisions/0007, section 3, and 0009, section 1: every member of a group carries the labels of all, and
where an identifier could mean several items, each of them does, if none of its group was retracted: doubt is settled by
the most restrictive;
`own` belongs to one item and never spreads; a label on the Patient covers everything from that source.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import TypeAlias

from fhir_profiles.vocabulary import Label
from gateway.patient.group import retracted_groups, ties_in_doubt
from gateway.patient.items import Item, LabelledItem
from gateway.patient.stated_labels import LabelsOf as LabelsOf
from gateway.patient.stated_labels import Stated, stated_labels
from gateway.patient.stated_labels import labels_by_lists as labels_by_lists

_OWN = frozenset({Label.OWN})
_NOTHING: frozenset[Label] = frozenset()
_UNSTATED = Stated(_NOTHING)
_OfGroups: TypeAlias = Mapping[int, frozenset[Label]]


def label(
    items: Sequence[Item], groups: Sequence[int], labels_by: LabelsOf = labels_by_lists
) -> tuple[LabelledItem, ...]:
    """Label every item; `groups` runs in parallel with `items`."""
    stated = stated_labels(items, labels_by)
    of_group: _OfGroups = _of_groups(items, groups, stated)
    by_own = alone = of_group
    if of_group:
        doubt = _Doubt.among(items, groups)
        of_group = doubt.spread(of_group)
        by_own = doubt.spread(_of_groups(items, groups, _of_own(items, stated)))
        alone = _of_groups(items, range(len(items)), stated)
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
            of_group.get(group, _NOTHING) - alone.get(position, _NOTHING)
            if item.is_retraction
            else _NOTHING,
        )
        for position, (item, group, found) in enumerate(zip(items, groups, stated, strict=True))
    )


def _of_own(items: Sequence[Item], stated: Sequence[Stated]) -> Sequence[Stated]:
    """Keep what is stated of the items of the reader's own organisation."""
    return [each if item.is_own else _UNSTATED for item, each in zip(items, stated, strict=True)]


@dataclass(frozen=True, slots=True)
class _Doubt:
    """Which items an identifier ties to each other without saying which it means."""

    groups: Sequence[int]
    ties: Sequence[Set[int]]
    retracted: Set[int]

    @classmethod
    def among(cls, items: Sequence[Item], groups: Sequence[int]) -> "_Doubt":
        return cls(groups, ties_in_doubt(items, groups), retracted_groups(items, groups))

    def spread(self, of_group: _OfGroups) -> _OfGroups:
        """Add the labels of every standing group that is tied to one; a retracted group lends none to any other."""
        by_tie = self._by_tie(of_group)
        found = dict(of_group)
        for group, ties in zip(self.groups, self.ties, strict=True):
            lent = (by_tie[tie] for tie in ties)
            found[group] = found.get(group, _NOTHING).union(*lent)
        return found

    def _by_tie(self, of_group: _OfGroups) -> Mapping[int, frozenset[Label]]:
        found: dict[int, frozenset[Label]] = defaultdict(frozenset)
        for group, ties in zip(self.groups, self.ties, strict=True):
            for tie in ties if group not in self.retracted else ():
                found[tie] |= of_group.get(group, _NOTHING)
        return found


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
