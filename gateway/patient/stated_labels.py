"""Read why each item is sensitive from what is said of that item alone: by itself, by what it names, by its page.

Spreads nothing over groups, lists or sources (`label` does). An item's drug may stand in a resource of its own,
and so may the clinic of a visit; nobody labels those, so what they say, the item says.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from msgspec import Struct, structs

from fhir_profiles.classify import labels_of
from fhir_profiles.vocabulary import Label
from gateway.patient.attribution import states_a_fact, without_attribution
from gateway.patient.evidence import LabelEvidence
from gateway.patient.items import Item
from gateway.patient.work import Worked, names_in_reference

LabelsOf = Callable[[LabelEvidence], frozenset[Label]]

_Named = Mapping[str, Mapping[str, frozenset[Label]]]
"""By source, then by name: the labels of the drugs and places that have any."""

_PLACES = frozenset({"HealthcareService", "Location", "Organization", "PractitionerRole"})
# A place that a Patient, a list or a provenance names would cover what it says nothing of.
_SAY_NOTHING_OF_PLACES = frozenset({"Patient", "List", "Provenance"})
_NOTHING: frozenset[Label] = frozenset()
_NO_NAMES: frozenset[str] = frozenset()
_NONE_NAMED: Mapping[str, frozenset[Label]] = {}


class Stated(Struct, frozen=True, gc=False):
    """Why one item is sensitive by itself.

    `by_page` are the labels that its page adds; `attributed` those that only the names of its writers have,
    and `unattributed` the item without these names.
    """

    labels: frozenset[Label]
    by_page: frozenset[Label] = _NOTHING
    attributed: frozenset[Label] = _NOTHING
    unattributed: Worked | None = None


_UNSAID = Stated(_NOTHING)


def labels_by_lists(evidence: LabelEvidence) -> frozenset[Label]:
    """Read the labels from security labels and from the code lists."""
    return labels_of(
        evidence.security,
        evidence.codings,
        evidence.texts,
        evidence.services,
        evidence.extensions,
    )


def stated_labels(items: Sequence[Item], labels_by: LabelsOf) -> list[Stated]:
    """Read the labels of every item, in the items' order."""
    labels_once = _once_each(labels_by)
    found = [labels_once(item.worked.evidence) for item in items]
    named = _by_name(items, found)
    return [
        _stated(item.worked, own, named.get(item.source_id, _NONE_NAMED), labels_by)
        for item, own in zip(items, found, strict=True)
    ]


def _stated(
    worked: Worked,
    found: frozenset[Label],
    named: Mapping[str, frozenset[Label]],
    labels_by: LabelsOf,
) -> Stated:
    telling = _telling_names(worked, named)
    if not (found or telling or worked.page_security):
        return _UNSAID
    bare = without_attribution(worked, telling) if found or telling else None
    left = worked if bare is None else bare
    own = found if bare is None else labels_by(left.evidence)
    own = own.union(*(named[name] for name in _decisive(left, telling)))
    whole = found.union(*(named[name] for name in telling))
    return Stated(own, _by_page(worked, left.evidence, labels_by), whole - own, bare)


def _once_each(labels_by: LabelsOf) -> LabelsOf:
    """Read each piece of evidence once: resources of a page that say the same share it (`alike`)."""
    known: dict[int, frozenset[Label]] = {}

    def labels_once(evidence: LabelEvidence) -> frozenset[Label]:
        found = known.get(id(evidence))
        if found is None:
            found = known[id(evidence)] = _told(labels_by(evidence))
        return found

    return labels_once


def _told(labels: object) -> frozenset[Label]:
    # Nothing told is not told as "no label": that would show what a broken part leaves unsaid.
    if not isinstance(labels, frozenset):
        raise TypeError("Labels are a set.")
    return labels


def _telling_names(worked: Worked, named: Mapping[str, frozenset[Label]]) -> frozenset[str]:
    """Give the names of labelled resources that an item rests on: its drug, its place, who wrote it."""
    if not named or worked.type in _SAY_NOTHING_OF_PLACES:
        return _NO_NAMES
    return worked.reference_names & named.keys()


def _decisive(worked: Worked, telling: frozenset[str]) -> Iterable[str]:
    """Give those of the telling names that say what an item is: of a fact its drug, and not where it was found."""
    if not states_a_fact(worked.type):
        return telling
    drug = worked.header.medication_reference
    named = names_in_reference(drug.reference) if drug is not None and drug.reference else ()
    return telling.intersection(named)


def _by_page(worked: Worked, evidence: LabelEvidence, labels_by: LabelsOf) -> frozenset[Label]:
    if not worked.page_security:
        return _NOTHING
    security = (*evidence.security, *worked.page_security)
    return labels_by(structs.replace(evidence, security=security))


def _by_name(items: Iterable[Item], found: Iterable[frozenset[Label]]) -> _Named:
    """Label drugs and places, and every place with what it belongs to, is run by or stands in."""
    named: dict[str, dict[str, frozenset[Label]]] = defaultdict(dict)
    places: dict[tuple[str, str], list[Item]] = defaultdict(list)
    waiting: list[tuple[Item, frozenset[Label]]] = []
    for item, labels in zip(items, found, strict=True):
        is_place = item.worked.type in _PLACES
        if labels and (is_place or item.worked.type == "Medication"):
            waiting.append((item, labels))
        for name in item.worked.reference_names if is_place else ():
            places[item.source_id, name].append(item)
    while waiting:
        item, labels = waiting.pop()
        of_source = named[item.source_id]
        for name in item.worked.names:
            known = of_source.get(name, _NOTHING)
            if not labels <= known:
                of_source[name] = known | labels
                waiting.extend((place, labels) for place in places[item.source_id, name])
    return named
