"""Say why each item is sensitive, by the strictest word of its source, its codes and its group.

Decides nothing about readers. Design decisions 3 and 9: every member of a group carries the labels of all;
`own` belongs to one item and never spreads; a label on the Patient covers everything from that source.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from fhir_profiles.classify import labels_of
from fhir_profiles.vocabulary import Label
from gateway.patient.evidence import LabelEvidence
from gateway.patient.items import Item, LabelledItem
from gateway.patient.work import Worked, names_in_reference

LabelsOf = Callable[[LabelEvidence], frozenset[Label]]


def labels_by_lists(evidence: LabelEvidence) -> frozenset[Label]:
    """Read the labels from security labels and from the code lists."""
    return labels_of(
        evidence.security,
        evidence.codings,
        evidence.texts,
        evidence.services,
        evidence.extensions,
    )


def label(
    items: Sequence[Item], groups: Sequence[int], labels_by: LabelsOf = labels_by_lists
) -> tuple[LabelledItem, ...]:
    """Label every item; `groups` runs in parallel with `items`."""
    products = _products(items)
    labels_by = _once_each(labels_by)
    own = [_own_labels(item, products, labels_by) for item in items]
    listed = _labels_of_lists(items, own)
    of_patient = _labels_of_patients(items, own)
    of_group: dict[int, frozenset[Label]] = {}
    for item, group, found in zip(items, groups, own, strict=True):
        if labels := found | of_patient.get(item.source_id, _NOTHING) | _listed(item, listed):
            of_group[group] = labels | of_group.get(group, _NOTHING)
    return tuple(
        LabelledItem(
            item, of_group.get(group, _NOTHING) | (_OWN if item.is_own else _NOTHING), group
        )
        for item, group in zip(items, groups, strict=True)
    )


def _once_each(labels_by: LabelsOf) -> LabelsOf:
    """Read each piece of evidence once: resources of a page that say the same share it (`alike`)."""
    known: dict[int, frozenset[Label]] = {}

    def labels_once(evidence: LabelEvidence) -> frozenset[Label]:
        found = known.get(id(evidence))
        if found is None:
            found = known[id(evidence)] = labels_by(evidence)
        return found

    return labels_once


_OWN = frozenset({Label.OWN})
_NOTHING: frozenset[Label] = frozenset()


def _own_labels(
    item: Item, products: Mapping[tuple[str, str], Sequence[Worked]], labels_by: LabelsOf
) -> frozenset[Label]:
    found = labels_by(item.worked.evidence)
    reference = item.worked.header.medication_reference
    if reference is None or reference.reference is None:
        return found
    # The drug's code stands in a resource of its own, which nobody labels: what it says, the item says.
    named = (
        each
        for name in names_in_reference(reference.reference)
        for each in products.get((item.source_id, name), ())
    )
    return found.union(*(labels_by(each.evidence) for each in named))


def _products(items: Iterable[Item]) -> Mapping[tuple[str, str], Sequence[Worked]]:
    found: dict[tuple[str, str], list[Worked]] = defaultdict(list)
    for item in items:
        for name in item.worked.names if item.worked.type == "Medication" else ():
            found[item.source_id, name].append(item.worked)
    return found


def _labels_of_lists(
    items: Sequence[Item], own: Sequence[frozenset[Label]]
) -> dict[tuple[str, str], frozenset[Label]]:
    """Give what a labelled list says of its members: sources may label the list alone."""
    found: dict[tuple[str, str], frozenset[Label]] = defaultdict(frozenset)
    for item, labels in zip(items, own, strict=True):
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
    items: Sequence[Item], own: Sequence[frozenset[Label]]
) -> dict[str, frozenset[Label]]:
    found: dict[str, frozenset[Label]] = defaultdict(frozenset)
    for item, labels in zip(items, own, strict=True):
        if item.worked.type == "Patient":
            found[item.source_id] |= labels
    return found
