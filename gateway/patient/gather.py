"""Ask every source at once for one person's record.

Does not look into the answers. Every source ends in one of the ten outcomes, whatever happens to it.
"""

import asyncio
from dataclasses import dataclass
from uuid import UUID

from adapters.contract import (
    Caller,
    Notice,
    NoticeKind,
    Outcome,
    Reason,
    SourceAnswer,
    SourceRequest,
)
from fhir_profiles.vocabulary import Category
from gateway.access.permit import Permit
from gateway.patient.directory import KnownSource, SourceDirectory
from rbac.types import Level

OVERALL_SECONDS = 10.0
"""No view waits longer than this for any source (docs/decisions/0008, section 7)."""


@dataclass(frozen=True, slots=True)
class Gatherer:
    """Ask the directory's sources; `overall_seconds` bounds them all."""

    directory: SourceDirectory
    overall_seconds: float = OVERALL_SECONDS

    async def gather(self, permit: Permit, trace_id: UUID) -> tuple[SourceAnswer, ...]:
        """Ask all sources at once; answers come in the directory's order, one each."""
        request = SourceRequest(
            nhs_number=permit.person.nhs_number,
            caller=caller_of(permit),
            categories=_categories(permit),
            trace_id=trace_id,
            # A source may still file the person under a number that PDS has replaced.
            former_numbers=tuple(dict.fromkeys(permit.person.superseded)),
        )
        asking = (self._ask(source, permit, request) for source in self.directory.sources)
        return tuple(await asyncio.gather(*asking))

    def still_allowed(
        self, permit: Permit, answers: tuple[SourceAnswer, ...]
    ) -> tuple[SourceAnswer, ...]:
        """Take out of kept answers what this permit would no longer ask for."""
        categories = _categories(permit)
        return tuple(
            _not_asked(source, permit, categories) or answer
            for source, answer in zip(self.directory.sources, answers, strict=True)
        )

    async def _ask(
        self, source: KnownSource, permit: Permit, request: SourceRequest
    ) -> SourceAnswer:
        kept_back = _not_asked(source, permit, request.categories)
        if kept_back is not None:
            return kept_back
        try:
            async with asyncio.timeout(self.overall_seconds):
                return await source.adapter_for(permit.person.practice).ask(request)
        except TimeoutError:
            return SourceAnswer(source.source_id, Outcome.TIMED_OUT, Reason.DEADLINE)
        except Exception:  # noqa: BLE001 - a fault of one adapter must not take the other sources' data away
            return SourceAnswer(source.source_id, Outcome.FAILED, Reason.ADAPTER_FAULT)


def _not_asked(
    source: KnownSource, permit: Permit, categories: frozenset[Category]
) -> SourceAnswer | None:
    shared = permit.sharing.with_organisation(source.written_by(permit.person.practice))
    if shared is None:
        # Before what the person objects to, so that this line tells nothing about that.
        return SourceAnswer(source.source_id, Outcome.NOT_ASKED, Reason.AGREEMENT)
    if source.source_id in permit.objected_sources:
        # The same outcome as when the source itself says that the person dissents: the reason stays untold.
        return SourceAnswer(source.source_id, Outcome.WITHHELD, Reason.OBJECTION)
    shown = source.shows_to(permit.principal)
    if not shown:
        return SourceAnswer(source.source_id, Outcome.NOT_ASKED, Reason.STAGE)
    if not shown & categories:
        return SourceAnswer(source.source_id, Outcome.NOT_ASKED, Reason.ROLE)
    if not shown & categories & shared.categories:
        # The reader might see some of it: what keeps it back is the agreement, and that is a gap.
        return SourceAnswer(source.source_id, Outcome.NOT_ASKED, Reason.AGREEMENT)
    if source.source_id in permit.held_sources:
        told = (Notice(NoticeKind.IDENTITY_HOLD),)
        return SourceAnswer(source.source_id, Outcome.WITHHELD, Reason.IDENTITY_HOLD, notices=told)
    return None


def _categories(permit: Permit) -> frozenset[Category]:
    return frozenset(
        category
        for (category, _label), level in permit.levels.view.items()
        if level is not Level.NONE
    )


def caller_of(permit: Permit) -> Caller:
    """Name the caller as sources are told."""
    principal = permit.principal
    return Caller(
        user_id=principal.user_id,
        role_profile_id=principal.role_profile_id,
        role_code=principal.role_code,
        family_name=principal.family_name,
        given_name=principal.given_name,
        organisation=principal.organisation,
        organisation_name=principal.organisation_name,
    )
