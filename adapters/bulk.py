"""Open a bulk source by what it declares: export where it offers one, else paged search.

Asks nothing yet but the declaration. GP Connect and what stands for it answer for one person at a time, and are
refused here: the practices' feed is a bulk extract of its own.
"""

import asyncio
from collections.abc import Callable

from adapters.bulk_contract import BulkSource
from adapters.bulk_export import BulkExport, Patience, Sleep
from adapters.bulk_search import BulkSearch
from adapters.contract import Outcome, Reason
from adapters.fhir_capabilities import CapabilityCache
from adapters.source_client import SourceClient
from adapters.source_config import SourceConfigError, SourceDialect
from adapters.transport import Unfetched


async def open_bulk_source(
    client: SourceClient,
    monotonic: Callable[[], float],
    patience: Patience | None = None,
    sleep: Sleep = asyncio.sleep,
) -> BulkSource | Unfetched:
    """Read what a source declares and give how it is pulled from.

    Raises SourceConfigError for a source that must never feed the planning side.
    """
    config = client.config
    if config.dialect is not SourceDialect.FHIR_R4:
        raise SourceConfigError(f"Source {config.id}: {config.dialect} is no bulk source.")
    async with client.asking() as asking:
        declared = await CapabilityCache(client, monotonic).read(asking)
    if declared.is_unread:
        return Unfetched(Outcome.FAILED, Reason.UNREADABLE)
    if declared.has_export:
        return BulkExport(client, declared.types, patience or Patience(), sleep)
    return BulkSearch(client, declared.types)
