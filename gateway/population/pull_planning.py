"""Learn from a source what there is to pull: have it prepare the changes, and after them all its Patients.

In this order nobody is missing whom a change is about: whoever was there when the changes were cut is among the
Patients that are cut later.
"""

from dataclasses import dataclass, replace
from pathlib import Path

from adapters.bulk_contract import BulkSource, FeedPlan, Watch
from adapters.contract import Outcome, Reason
from adapters.transport import Unfetched
from gateway.population.pull_checkpoint import Checkpoint, Part, Share, keep_checkpoint


@dataclass(frozen=True, slots=True)
class Planner:
    """Plans the pulls of one source; what the source prepares is in the checkpoint before it is waited for."""

    source: BulkSource
    folder: Path
    watch: Watch

    async def planned(self, checkpoint: Checkpoint) -> Checkpoint | Unfetched:
        """Give the checkpoint with its parts."""
        if checkpoint.parts is not None:
            return checkpoint
        plans: dict[Share, FeedPlan] = {}
        for share in Share:
            begun = await self._begun(checkpoint, share)
            if isinstance(begun, Unfetched):
                return begun
            checkpoint = begun
            plan = await self._plan(checkpoint, share)
            if isinstance(plan, Unfetched):
                return plan
            plans[share] = plan
        planned = with_plans(checkpoint, plans[Share.PATIENTS], plans[Share.CHANGES])
        if not isinstance(planned, Unfetched):
            keep_checkpoint(self.folder, planned)
        return planned

    async def _begun(self, checkpoint: Checkpoint, share: Share) -> Checkpoint | Unfetched:
        request = checkpoint.asked(share)
        if share in checkpoint.begun or not request.types:
            return checkpoint
        begun = await self.source.begin(request)
        if isinstance(begun, Unfetched):
            return begun
        kept = checkpoint.with_begun(share, begun)
        keep_checkpoint(self.folder, kept)
        return kept

    async def _plan(self, checkpoint: Checkpoint, share: Share) -> FeedPlan | Unfetched:
        if share not in checkpoint.begun:
            return FeedPlan((), checkpoint.until)
        return await self.source.plan(checkpoint.begun[share], checkpoint.asked(share), self.watch)


def with_plans(
    checkpoint: Checkpoint, patients: FeedPlan, changes: FeedPlan
) -> Checkpoint | Unfetched:
    """Give the checkpoint with the parts of both plans, Patients first."""
    if patients.is_partial:
        # Whose the rows of those missing are would not be known, and they would seem to have left.
        return Unfetched(Outcome.MALFORMED, Reason.PART_UNREADABLE)
    return replace(
        checkpoint,
        parts=tuple(Part.of(each) for each in (*patients.parts, *changes.parts)),
        # What the source could not give now is asked for again.
        covers_until=checkpoint.since if changes.is_partial else changes.covers_until,
        is_partial=changes.is_partial,
        is_secret=patients.is_secret or changes.is_secret,
    )
