"""Read all that a decision about one person rests on: PDS, the probe, and what the registry holds.

Decides nothing, and discloses nothing: docs/decisions/0008, section 3.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from adapters.contract import (
    AddressUse,
    ContactProbe,
    ContactSource,
    Demographics,
    DemographicsSource,
    Outcome,
    Trace,
    TraceOutcome,
)
from fhir_profiles.nhs_number import NhsNumber
from gateway.access.guarded import CallSite, asked, told
from gateway.access.holds import HoldRow
from gateway.access.objections import ObjectionRow
from gateway.access.permit import ProbeRequest
from gateway.access.relationships import SELF_CLAIMED, Evidence, RegistryRow, TeamRow
from gateway.errors import UnavailableError

PROBE_SECONDS = 2.0
"""Both probes end by then (docs/decisions/0008, section 7: PDS's deadline), whatever is known of the person."""


class Registry(Protocol):
    """What is recorded of a person beside their record, keyed by a keyed hash of the number; and who is on a team."""

    async def relationships(self, patient: NhsNumber) -> tuple[RegistryRow, ...]: ...
    async def objections(self, patient: NhsNumber) -> tuple[ObjectionRow, ...]: ...
    async def holds(self, patient: NhsNumber) -> tuple[HoldRow, ...]: ...
    async def teams(self, organisation: str, user_id: str) -> tuple[TeamRow, ...]: ...


@dataclass(frozen=True, slots=True)
class Recorded:
    """What the registry holds of a person, under every number of theirs."""

    relationships: tuple[RegistryRow, ...]
    objections: tuple[ObjectionRow, ...]
    holds: tuple[HoldRow, ...]


@dataclass(frozen=True, slots=True)
class EvidenceReader:
    """The parts that are read. `contact_sources` is keyed by the organisation that runs each source."""

    registry: Registry
    demographics: DemographicsSource
    contact_sources: Mapping[str, ContactSource]

    async def read(self, probe_request: ProbeRequest) -> tuple[Evidence, Recorded] | None:
        """Read it all, whatever the first parts say; None when PDS knows nobody.

        Raises UnavailableError.
        """
        # All are always read, whatever the first ones say, so that the time taken tells nothing.
        patient = probe_request.patient
        trace, probe, teams, *recorded = await asyncio.gather(
            asked(CallSite.DEMOGRAPHICS, lambda: self.demographics.read(patient), Trace),
            asked(
                CallSite.CONTACTS,
                lambda: self._contacts(probe_request),
                ContactProbe,
                limit_seconds=PROBE_SECONDS + 0.5,
            ),
            asked(CallSite.TEAMS, lambda: self._teams(probe_request), tuple),
            self._recorded(patient),
        )
        person = _the_person(trace)
        if person is None and could_not_tell(probe):
            # A restricted person gets the same answer as nobody, whatever else is out of order.
            raise UnavailableError("The contact probe did not answer.")
        if person is None:
            return None
        # What is recorded under any of the person's numbers is about the person.
        others = [each for each in (*person.superseded, person.nhs_number) if each != patient]
        recorded += [_without_claims(await self._recorded(number)) for number in others]
        whole = Recorded(
            tuple(row for each in recorded for row in each.relationships),
            tuple(row for each in recorded for row in each.objections),
            tuple(row for each in recorded for row in each.holds),
        )
        return Evidence(whole.relationships, teams, person, probe), whole

    async def _recorded(self, number: NhsNumber) -> Recorded:
        return Recorded(
            *await asyncio.gather(
                asked(CallSite.RELATIONSHIPS, lambda: self.registry.relationships(number), tuple),
                asked(CallSite.OBJECTIONS, lambda: self.registry.objections(number), tuple),
                asked(CallSite.IDENTITY_HOLDS, lambda: self.registry.holds(number), tuple),
            )
        )

    async def _teams(self, request: ProbeRequest) -> tuple[TeamRow, ...]:
        return await self.registry.teams(request.organisation, request.user_id)

    async def _contacts(self, request: ProbeRequest) -> ContactProbe:
        source = self.contact_sources.get(request.organisation)
        if source is None:
            return ContactProbe(Outcome.NOT_ASKED)
        return await source.contacts(request.patient)


def _without_claims(recorded: Recorded) -> Recorded:
    # A claim is reviewed by the id that it was made for: under another number, nobody would see what it opened.
    rows = recorded.relationships
    kept = told(
        CallSite.RELATIONSHIPS,
        lambda: tuple(row for row in rows if row.type != SELF_CLAIMED),
        tuple,
    )
    return replace(recorded, relationships=kept)


def _the_person(trace: Trace) -> Demographics | None:
    match trace.outcome:
        case TraceOutcome.FOUND if len(trace.people) == 1:
            return trace.people[0]
        case TraceOutcome.NOT_FOUND:
            return None
        case _:
            raise UnavailableError("The demographics service did not answer.")


def could_not_tell(probe: ContactProbe) -> bool:
    """Say whether a probe gave no answer."""
    # A silent probe is no proof that there is no relationship: the caller should try again, not be sent away.
    return probe.outcome not in {
        Outcome.DATA,
        Outcome.EMPTY,
        Outcome.NOT_ASKED,
    }


def is_restricted(person: Demographics) -> bool:
    """Say whether PDS restricts who may know where a person is; whatever is not plainly open is restricted."""
    return person.address_use is not AddressUse.UNRESTRICTED
