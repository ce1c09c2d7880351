"""Read why each item is sensitive from what is said of that item alone: by itself, by what it names, by its page.

Spreads nothing over groups, lists or sources (`label` does). An item's drug may stand in a resource of its own,
and so may the clinic of a visit; nobody labels those, so what they say, the item says.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from msgspec import Struct, structs

from fhir_profiles.classify import labels_of
from fhir_profiles.vocabulary import Label
from gateway.patient.attribution import without_attribution
from gateway.patient.evidence import LabelEvidence
from gateway.patient.items import Item
from gateway.patient.work import Worked, names_in_reference

LabelsOf = Callable[[LabelEvidence], frozenset[Label]]

_Named = Mapping[tuple[str, str], frozenset[Label]]
_PLACES = frozenset({"HealthcareService", "Location", "Organization"})
# To have been there is what these say.
_CONTACTS = frozenset({"Appointment", "Encounter", "EpisodeOfCare"})
_NOTHING: frozenset[Label] = frozenset()


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
    found = [_in_itself(item, labels_once, labels_by) for item in items]
    named = _by_name(items, found)
    return [
        _stated(item, own, _beside(item, named), labels_by)
        for item, own in zip(items, found, strict=True)
    ]


def _in_itself(item: Item, labels_once: LabelsOf, labels_by: LabelsOf) -> frozenset[Label]:
    worked = item.worked
    found = labels_once(worked.evidence)
    name = worked.header.name
    if worked.type not in _PLACES or not isinstance(name, str):
        return found
    return found | labels_by(LabelEvidence((), (), (), (name,), ()))


def _stated(
    item: Item, found: frozenset[Label], beside: frozenset[Label], labels_by: LabelsOf
) -> Stated:
    worked = item.worked
    if not (found or beside or worked.page_security):
        return _UNSAID
    bare = without_attribution(worked) if found else None
    evidence = worked.evidence if bare is None else bare.evidence
    own = (found if bare is None else labels_by(evidence)) | beside
    return Stated(own, _by_page(worked, evidence, labels_by), found - own, bare)


def _once_each(labels_by: LabelsOf) -> LabelsOf:
    """Read each piece of evidence once: resources of a page that say the same share it (`alike`)."""
    known: dict[int, frozenset[Label]] = {}

    def labels_once(evidence: LabelEvidence) -> frozenset[Label]:
        found = known.get(id(evidence))
        if found is None:
            found = known[id(evidence)] = labels_by(evidence)
        return found

    return labels_once


def _beside(item: Item, named: _Named) -> frozenset[Label]:
    """Read what stands in resources of their own: an item's drug, the place of a visit."""
    worked = item.worked
    names: Iterable[str] = ()
    if worked.type in _CONTACTS:
        names = worked.reference_names
    elif (drug := worked.header.medication_reference) is not None and drug.reference is not None:
        names = names_in_reference(drug.reference)
    return _NOTHING.union(*(named.get((item.source_id, name), _NOTHING) for name in names))


def _by_page(worked: Worked, evidence: LabelEvidence, labels_by: LabelsOf) -> frozenset[Label]:
    if not worked.page_security:
        return _NOTHING
    security = (*evidence.security, *worked.page_security)
    return labels_by(structs.replace(evidence, security=security))


def _by_name(items: Iterable[Item], found: Iterable[frozenset[Label]]) -> _Named:
    named: dict[tuple[str, str], frozenset[Label]] = defaultdict(frozenset)
    for item, labels in zip(items, found, strict=True):
        is_beside = item.worked.type == "Medication" or item.worked.type in _PLACES
        for name in item.worked.names if labels and is_beside else ():
            named[item.source_id, name] |= labels
    return named
