"""Read and keep what is known of staff themselves, so that who opens a record can be compared with whose it is.

Compares nothing (`likeness` does), and keeps no name, number or address: keyed hashes alone.
"""

import hmac
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Protocol

from adapters.contract import Demographics
from fhir_profiles.nhs_number import NhsNumber
from gateway.access.likeness import Alike, StaffRow, home_of
from gateway.access.registry import patient_key
from gateway.audit.acts import StaffKnown
from gateway.audit.log import AuditLog
from gateway.store.engine import Store
from gateway.store.staff_members import StaffMember, replace_staff_members, staff_concerned


class StaffRegister(Protocol):
    """Where staff are looked up, by user id and by whether they are one of these patients."""

    async def concerned(self, user_id: str, patient: NhsNumber) -> tuple[StaffRow, ...]: ...
    def alike(self, person: Demographics, asked: NhsNumber) -> Alike: ...


class NobodyKnown:
    """A register without anybody."""

    async def concerned(self, _user_id: str, _patient: NhsNumber) -> tuple[StaffRow, ...]:
        """Know nobody."""
        return ()

    def alike(self, _person: Demographics, _asked: NhsNumber) -> Alike:
        """Compare by nothing."""
        return Alike(frozenset(), None)


@dataclass(frozen=True, slots=True)
class StoredStaffRegister:
    """The register of the deployment's own database; `key` is the registry's."""

    store: Store
    key: bytes = field(repr=False)

    async def concerned(self, user_id: str, patient: NhsNumber) -> tuple[StaffRow, ...]:
        """Give what is known of a member of staff, and of those who are this patient."""
        keys = (patient_key(self.key, patient),)
        return await self.store.read(staff_concerned, user_id, keys)

    def alike(self, person: Demographics, asked: NhsNumber) -> Alike:
        """Make the keys that a person is compared by."""
        numbers = {asked, person.nhs_number, *person.superseded}
        keys = frozenset(patient_key(self.key, each) for each in numbers)
        return Alike(keys, household_key(self.key, person.postcode, person.address_lines))


@dataclass(frozen=True, slots=True)
class KnownAbout:
    """What an employer says of one of its staff; an address is a postcode and first line."""

    organisation: str
    user_id: str
    nhs_number: NhsNumber | None = field(repr=False)
    postcode: str | None = field(repr=False)
    address_line: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class StaffKeeping:
    """Keep what employers say of their staff, each organisation's as one act on record."""

    log: AuditLog
    clock: Callable[[], datetime]
    key: bytes = field(repr=False)

    async def keep(self, known: Iterable[KnownAbout], entered_by: str) -> int:
        """Replace what is known of every organisation that is named; say how many members of staff.

        Raises AuditUnavailableError; what came before in the order of organisations is kept then.
        """
        by_organisation: dict[str, list[KnownAbout]] = {}
        for each in known:
            by_organisation.setdefault(each.organisation, []).append(each)
        for organisation, members in sorted(by_organisation.items()):
            await self._keep_one(organisation, members, entered_by)
        return sum(len(members) for members in by_organisation.values())

    async def _keep_one(
        self, organisation: str, known: Sequence[KnownAbout], entered_by: str
    ) -> None:
        now = self.clock()
        rows = [self._row(each, now) for each in known]
        event = StaffKnown(now, entered_by, organisation, len(rows))
        async with self.log.recorded(event) as session:
            await session.do(replace_staff_members, organisation, rows)

    def _row(self, known: KnownAbout, now: datetime) -> StaffMember:
        number = known.nhs_number
        return StaffMember(
            known.organisation,
            known.user_id,
            None if number is None else patient_key(self.key, number),
            household_key(self.key, known.postcode, (known.address_line,)),
            now,
        )


def household_key(key: bytes, postcode: str | None, address_lines: Iterable[str]) -> str | None:
    """Give the keyed hash, in hex, of a home; None where it is not known well enough.

    A list of all addresses is short: only the key keeps this from being turned back.
    """
    home = home_of(postcode, address_lines)
    # A patient's key is of ten digits, so no home can be taken for a person.
    return None if home is None else hmac.new(key, f"home {home}".encode(), sha256).hexdigest()
