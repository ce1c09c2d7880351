"""Give as items of a view what no clinical source gave: the person as PDS knows them, and what was derived.

Narrows nothing but the whereabouts that PDS restricts.
"""

from functools import partial

from adapters.contract import AddressUse, Demographics
from fhir_profiles import systems
from fhir_profiles.spans import read_resource
from fhir_profiles.vocabulary import Category
from gateway.access.permit import Permit
from gateway.errors import UnavailableError
from gateway.patient.derive import Derived
from gateway.patient.projection import without_whereabouts
from gateway.patient.shown import ShownItem
from gateway.patient.splice import fill
from gateway.patient.work import worked_of
from rbac.types import Level

PDS_SOURCE_ID = "pds"


def person_item(person: Demographics, patient_id: str) -> ShownItem:
    """Give the one Patient that every reference leads to: the person as PDS knows them.

    Where PDS restricts the person's whereabouts they are taken out here too, whatever PDS sent.
    """
    span = read_resource(person.body)
    worked = None if span is None else worked_of(span)
    if worked is not None and person.address_use is not AddressUse.UNRESTRICTED:
        worked = without_whereabouts(worked)
    if worked is None:
        raise UnavailableError("The demographics service's answer cannot be read.")
    render = partial(
        fill,
        worked.template,
        new_id=patient_id.encode(),
        source_uri=systems.source_uri(PDS_SOURCE_ID).encode(),
        category=Category.DEMOGRAPHICS.value.encode(),
        resolve=_resolves_nothing,
    )
    return ShownItem(
        id=patient_id,
        header=worked.header,
        category=Category.DEMOGRAPHICS,
        level=Level.ALL,
        source_id=PDS_SOURCE_ID,
        group=None,
        render=render,
        original=_no_original,
    )


def person_items(permit: Permit) -> tuple[ShownItem, ...]:
    """Give the person, where the reader may see demographics at all."""
    level = permit.levels.level_of(Category.DEMOGRAPHICS, frozenset())
    return (person_item(permit.person, permit.patient_id),) if level is Level.ALL else ()


def derived_item(derived: Derived) -> ShownItem:
    """Give what the gateway made of the items shown."""
    span = read_resource(derived.body)
    assert span is not None  # our own bytes
    return ShownItem(
        id=derived.id,
        header=span.header,
        category=derived.category,
        level=Level.ALL,
        source_id=None,
        group=None,
        render=lambda: [derived.body],
        original=_no_original,
    )


def _resolves_nothing(_text: str) -> bytes | None:
    return None


def _no_original() -> bytes | None:
    return None
