"""Count how asking each source ended, around whatever asks it.

Changes no answer. Counts what the source said, before anybody proves whose record it is.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace

from adapters.contract import Reason, SourceAdapter, SourceAnswer, SourceRequest
from gateway.metrics import Metrics
from gateway.patient.directory import KnownSource, SourceDirectory

UNFINISHED = "unfinished"
"""Nobody waited for the answer any more: the caller had gone, or the view's whole time was up."""


def counted(directory: SourceDirectory, metrics: Metrics) -> SourceDirectory:
    """Give the same sources, each counted."""
    return SourceDirectory(tuple(_counted(known, metrics) for known in directory.sources))


def _counted(known: KnownSource, metrics: Metrics) -> KnownSource:
    return replace(known, adapter_for=_counting(known.adapter_for, metrics))


def _counting(
    adapter_for: Callable[[str | None], SourceAdapter], metrics: Metrics
) -> Callable[[str | None], SourceAdapter]:
    return lambda practice: _Counted(adapter_for(practice), metrics)


class _Counted:
    """One source's adapter, counted."""

    def __init__(self, adapter: SourceAdapter, metrics: Metrics) -> None:
        self.source_id = adapter.source_id
        self._adapter = adapter
        self._metrics = metrics

    async def ask(self, request: SourceRequest) -> SourceAnswer:
        try:
            answer = await self._adapter.ask(request)
        except asyncio.CancelledError:
            self._count(UNFINISHED, Reason.NONE)
            raise
        self._count(answer.outcome, answer.reason)
        return answer

    def report_wrong_patient(self) -> None:
        self._adapter.report_wrong_patient()

    def _count(self, outcome: str, reason: str) -> None:
        self._metrics.source_outcomes.labels(self.source_id, str(outcome), str(reason)).inc()
