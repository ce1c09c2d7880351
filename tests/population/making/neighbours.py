"""A few dozen people who are alike but for what a test says: enough for rows to leave, and few enough to count by hand."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from pathlib import Path

from adapters.simulators.invention import nhs_numbers
from adapters.simulators.planning.areas import CAMDEN, PRACTICES, lsoas, postcodes_in
from adapters.simulators.planning.lives import (
    Assault,
    Circumstance,
    Contact,
    ContactKind,
    Life,
    Resident,
)
from gateway.population.datasets import load_datasets
from gateway.population.declaration import Declaration
from gateway.population.given import Given
from gateway.population.ledger import LedgerInMemory
from gateway.population.making import make_release
from gateway.population.release_order import ReleaseOrder, SourceKind, sources_now
from tests.population.making.stores import places, put_at_rest, venues

TODAY = date(2026, 11, 20)
HERE, THERE = lsoas(CAMDEN)[0], lsoas(CAMDEN)[40]
SECRET_PLACE = "behind the blue door of Mrs Example"
METHODS = ("body-part-fist", "blade", "glass-or-bottle")
_DAYS = {
    ContactKind.GP: (datetime(2026, 9, 10, 9, tzinfo=UTC), 42),
    ContactKind.OUTPATIENT: (datetime(2026, 3, 3, 9, tzinfo=UTC), 170),
    ContactKind.EMERGENCY: (datetime(2026, 8, 8, 23, tzinfo=UTC), 250),
    ContactKind.ADMISSION: (datetime(2026, 5, 5, 9, tzinfo=UTC), 600),
}


def neighbours(count: int, start: int = 0, **changes: object) -> list[Life]:
    """Make lives with a contact of each of four kinds; every one was assaulted, by three means in turn."""
    numbers = list(islice(nhs_numbers(7, 100), start + count))[start:]
    return [
        life_of(resident(number, **changes), start + each) for each, number in enumerate(numbers)
    ]


def life_of(who: Resident, turn: int, circumstance: Circumstance = Circumstance.OTHER) -> Life:
    """Make the life of one; `turn` chooses by what means they were assaulted."""
    contacts = []
    for kind, (at, pounds) in _DAYS.items():
        organisation = who.practice if kind is ContactKind.GP else "RRV"
        contact = Contact(kind, organisation, at, at + timedelta(hours=1), pounds * 100)
        if kind is ContactKind.EMERGENCY:
            contact = contact._replace(assault=_assault(who, at, turn, circumstance))
        contacts.append(contact)
    return Life(who, (), tuple(contacts))


def resident(number, **changes: object) -> Resident:
    """Make somebody."""
    lsoa = changes.get("lsoa", HERE)
    who = Resident(
        nhs_number=number,
        family_name="Example",
        given_name="Ann",
        gender="female",
        born_on=date(1980, 5, 5),
        died_on=None,
        address_line="1 High Street",
        postcode=postcodes_in(lsoa)[0],
        lsoa=lsoa,
        borough=CAMDEN,
        practice=PRACTICES[CAMDEN][0],
        is_restricted=False,
        is_opted_out=False,
        objects_locally=False,
        objected_on=None,
    )
    return who._replace(**changes)


def order_of(store: Path, dataset: str, /, **changes: object) -> ReleaseOrder:
    """Order a release of all that is at rest."""
    declaration = Declaration(
        release="r1",
        dataset=dataset,
        purpose="where to patrol",
        legal_basis="Serious Violence Duty",
        recipient="Community Safety Partnership",
        agreement="DSA-17",
        ends_on=date(2027, 12, 31),
        setting="the partnership's analysts, on its own system",
    )
    order = ReleaseOrder(
        declaration=declaration,
        dataset=load_datasets()[dataset],
        project="patrols",
        project_key=bytes(range(1, 33)),
        store=store,
        sources=sources_now(store, {kind.value: kind for kind in SourceKind}),
        places=places(),
        left_out=frozenset(),
        ledger=LedgerInMemory(),
        ledger_key=b"l" * 32,
        today=TODAY,
        given=Given(),
        venues=venues(),
    )
    return replace(order, **changes)


def named(order: ReleaseOrder, release: str) -> ReleaseOrder:
    """Give the same order for a release of another name."""
    return replace(order, declaration=replace(order.declaration, release=release))


def made(order: ReleaseOrder, folder: Path, watch=lambda _step, _done, _of: None):
    """Make a release in a new folder."""
    folder.mkdir()
    return make_release(order, folder, watch)


def store_of(folder: Path, lives: Sequence[Life]) -> Path:
    """Put lives at rest."""
    put_at_rest(folder, lives)
    return folder


def _assault(who: Resident, at: datetime, turn: int, circumstance: Circumstance) -> Assault:
    return Assault(
        at=at - timedelta(hours=2),
        method=METHODS[turn % len(METHODS)],
        location_type="street",
        circumstance=circumstance,
        lsoa=who.lsoa,
        venue="",
        location_description=SECRET_PLACE,
    )
