"""Say what narrowing one record goes by: the permit, and what each source may contribute.

Narrows nothing: `gateway/patient/narrow.py` does.
"""

from collections.abc import Mapping
from datetime import datetime

from gateway.access.permit import Permit
from gateway.access.sharing import NOTHING, Coverage
from gateway.patient.directory import SourceDirectory
from gateway.patient.narrow import Terms


def terms_of(directory: SourceDirectory, permit: Permit, now: datetime) -> Terms:
    """Give the terms of one reader's view."""
    return Terms(
        permit.levels,
        permit.hides_whereabouts,
        {source.source_id: source.shows_to(permit.principal) for source in directory.sources},
        now,
        permit.principal.role,
        shared_by_source(directory, permit),
    )


def shared_by_source(directory: SourceDirectory, permit: Permit) -> Mapping[str, Coverage]:
    """Say what agreements let through of each source: nothing of one that none of them binds."""
    practice = permit.person.practice
    shared = permit.sharing.with_organisation
    return {
        source.source_id: shared(source.written_by(practice)) or NOTHING
        for source in directory.sources
    }
