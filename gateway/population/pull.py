"""Pull everybody's records from one source, and leave only what is de-identified at rest.

Raw rows are bytes in memory, from the source to the de-identifier. Nothing is lost or doubled however the process
ends: the manifest, written last, makes a pull count, and a pull without one goes on from its checkpoint.
docs/decisions/0031 says why Patients are pulled whole every time.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from adapters.bulk_contract import BulkSource, PartKind, Waiting
from adapters.contract import Outcome, Reason
from adapters.paging import safe_segment
from adapters.transport import Unfetched
from gateway.population.names_at_rest import has_renamed
from gateway.population.pull_checkpoint import (
    PATIENT,
    Checkpoint,
    Part,
    Share,
    clear_checkpoint,
    keep_checkpoint,
    read_checkpoint,
)
from gateway.population.pull_files import alone_in
from gateway.population.pull_ground import Clean, Cleaning, FeedPermit
from gateway.population.pull_manifest import (
    FORMAT,
    PullManifest,
    clear_unfinished,
    finished_pulls,
    pull_folder,
    write_manifest,
)
from gateway.population.pull_planning import Planner
from gateway.population.pull_writing import PartWriter, deletion_rows

# Judgement: longer than clocks of NHS networks differ, and than a row takes from its stated time to being found.
SETTLED_AFTER = timedelta(minutes=5)

Pieces = AsyncIterator[bytes | Unfetched]


@dataclass(frozen=True, slots=True)
class PullProgress:
    """How far a pull is: parts at rest of all parts, none while the source prepares, and the source's own words."""

    written: int = 0
    parts: int = 0
    told: str = ""


@dataclass(frozen=True, slots=True)
class PullOrder:
    """Which types are pulled, where rows are kept, and who is told how far it is; each source has its own folder."""

    store: Path
    types: tuple[str, ...]
    now: Callable[[], datetime]
    watch: Callable[[PullProgress], None]


@dataclass(frozen=True, slots=True)
class Stopped:
    """Why a pull did not finish; the next one goes on where it was."""

    outcome: Outcome
    reason: Reason
    http_status: int | None = None


async def pull(
    permit: FeedPermit, source: BulkSource, cleaning: Cleaning, order: PullOrder
) -> PullManifest | Stopped:
    """Bring what changed at a source since the last pull that finished.

    Raises AlreadyPullingError when another process pulls from it.
    """
    if permit.expires_at <= order.now():
        return Stopped(Outcome.NOT_ASKED, Reason.AGREEMENT)
    folder = order.store / safe_segment(source.source_id)
    with alone_in(folder):
        pulling = _Pulling(permit, source, cleaning, order, folder)
        found = await pulling.go_on()
        if isinstance(found, Unfetched) and found.reason is Reason.NOT_FOUND:
            # What the source had prepared has expired: it is asked anew, once.
            clear_checkpoint(folder)
            found = await pulling.go_on()
    if isinstance(found, Unfetched):
        return Stopped(found.outcome, found.reason, found.http_status)
    return found


@dataclass(frozen=True, slots=True)
class _Pulling:
    permit: FeedPermit
    source: BulkSource
    cleaning: Cleaning
    order: PullOrder
    folder: Path

    async def go_on(self) -> PullManifest | Unfetched:
        planner = Planner(self.source, self.folder, self._tell_waiting)
        planned = await planner.planned(self._checkpoint())
        if isinstance(planned, Unfetched):
            return planned
        written = await self._written(planned)
        return written if isinstance(written, Unfetched) else await self._finish(written)

    def _tell_waiting(self, waiting: Waiting) -> None:
        self.order.watch(PullProgress(told=waiting.text))

    def _checkpoint(self) -> Checkpoint:
        """Give the pull under way, or a new one."""
        finished = finished_pulls(self.folder)
        last = finished[-1] if finished else None
        number = 1 + (last.pull if last else 0)
        kept = read_checkpoint(self.folder)
        wanted = (number, self._types(), FORMAT, self.cleaning.key_mark)
        goes_on = kept is not None and _what_it_is(kept) == wanted
        if kept is None or not goes_on:
            clear_checkpoint(self.folder)
            kept = self._new_checkpoint(number, last)
        clear_unfinished(self.folder, number if goes_on else None)
        return kept

    def _new_checkpoint(self, number: int, last: PullManifest | None) -> Checkpoint:
        types = self._types()
        since = (
            last.covers_until if last is not None and self._can_go_on_from(last, types) else None
        )
        until = (self.order.now() - SETTLED_AFTER).replace(microsecond=0)
        mark = self.cleaning.key_mark
        return Checkpoint(number, types, since, until, format=FORMAT, key_mark=mark)

    def _can_go_on_from(self, last: PullManifest, types: tuple[str, ...]) -> bool:
        # A type that was not pulled before is missing its whole past, and so is somebody whom the source had taken for another.
        is_known = last.format == FORMAT and set(types) <= set(last.types)
        # Under another key everybody has another name, and older rows would be nobody's.
        is_named_alike = last.key_mark == self.cleaning.key_mark
        return is_known and is_named_alike and not has_renamed(self.folder)

    def _types(self) -> tuple[str, ...]:
        held = self.source.held
        others = sorted(set(self.order.types) - {PATIENT})
        return (PATIENT, *(each for each in others if not held or each in held))

    async def _written(self, checkpoint: Checkpoint) -> Checkpoint | Unfetched:
        """Put every part at rest that is not."""
        raw = await self._patients(checkpoint)
        if isinstance(raw, Unfetched):
            return raw
        clean = await self.cleaning.knowing(
            b"".join(piece for pieces in raw.values() for piece in pieces)
        )
        parts = checkpoint.parts or ()
        for number, part in enumerate(parts):
            if number not in checkpoint.written:
                pieces = self._pieces(checkpoint, part, raw.pop(number, None))
                writer = PartWriter(pull_folder(self.folder, checkpoint.pull), number, part)
                kept = await self._kept(checkpoint, writer, pieces, clean)
                if isinstance(kept, Unfetched):
                    return kept
                checkpoint = kept
            self.order.watch(PullProgress(number + 1, len(parts)))
        return checkpoint

    async def _patients(self, checkpoint: Checkpoint) -> dict[int, list[bytes]] | Unfetched:
        """Bring all Patients into memory, also those that are at rest: whose a row is, only they tell."""
        found: dict[int, list[bytes]] = {}
        for number, part in enumerate(checkpoint.parts or ()):
            if part.share is Share.PATIENTS:
                found[number] = []
                async for piece in self._pieces(checkpoint, part, None):
                    if isinstance(piece, Unfetched):
                        return piece
                    found[number].append(piece)
        return found

    def _pieces(self, checkpoint: Checkpoint, part: Part, had: Sequence[bytes] | None) -> Pieces:
        if had is not None:
            return _given(had)
        return self.source.bring(part.as_planned(), checkpoint.asked(part.share))

    async def _kept(
        self, checkpoint: Checkpoint, writer: PartWriter, pieces: Pieces, clean: Clean
    ) -> Checkpoint | Unfetched:
        """Put one part at rest, and say so in the checkpoint."""
        async for piece in pieces:
            if isinstance(piece, Unfetched):
                return piece
            if writer.part.kind is PartKind.RESOURCES:
                writer.add(clean(piece, writer.part.resource_type))
                continue
            gone = deletion_rows(piece, checkpoint.types, self.cleaning)
            if isinstance(gone, Unfetched):
                return gone
            writer.add(gone)
        kept = checkpoint.with_written(writer.number, writer.finish())
        keep_checkpoint(self.folder, kept)
        return kept

    async def _finish(self, checkpoint: Checkpoint) -> PullManifest:
        manifest = self._manifest(checkpoint)
        write_manifest(self.folder, manifest)
        clear_checkpoint(self.folder)
        for begun in checkpoint.begun.values():
            await self.source.finish(begun)
        return manifest

    def _manifest(self, checkpoint: Checkpoint) -> PullManifest:
        in_order = (checkpoint.written[number] for number in sorted(checkpoint.written))
        # What is not all there stands for nothing older.
        has_all = checkpoint.since is None and not checkpoint.is_partial
        return PullManifest(
            pull=checkpoint.pull,
            source=self.source.source_id,
            dataset=self.permit.dataset,
            project=self.permit.project,
            agreement=self.permit.agreement,
            types=checkpoint.types,
            whole=checkpoint.types if has_all else (PATIENT,),
            since=checkpoint.since,
            covers_until=checkpoint.covers_until,
            is_partial=checkpoint.is_partial,
            finished_at=self.order.now(),
            partitions=tuple(partition for written in in_order for partition in written),
            key_mark=checkpoint.key_mark,
        )


def _what_it_is(kept: Checkpoint) -> tuple[int, tuple[str, ...], int, str]:
    return kept.pull, kept.types, kept.format, kept.key_mark


async def _given(pieces: Sequence[bytes]) -> Pieces:
    for piece in pieces:
        yield piece
