"""Name the moments at which a pulling process kills itself as `kill -9` does, and put them into the gateway's code.

The gateway has no switch for this: in its own process a test wraps functions of the gateway from outside.
"""

from collections.abc import Mapping

from adapters.bulk_export import BulkExport
from adapters.bulk_search import BulkSearch
from gateway.population import pull, pull_files, pull_manifest, pull_planning
from gateway.population.pull_writing import PartWriter
from tests.audit.kill_points import (
    Arm,
    Hit,
    after,
    after_awaiting,
    before,
    in_the_middle_of_a_file,
    kill_at,
)
from tests.population.pull.cleaning import SmallCleaning


def arm(point: str, nth: int) -> None:
    """Have this process kill itself when a moment comes for the n-th time."""
    POINTS[point](kill_at(nth))


def after_each_piece(owner: type, hit: Hit) -> None:
    whole = owner.bring

    async def replaced(*args):
        async for piece in whole(*args):
            hit()
            yield piece

    owner.bring = replaced


def a_piece_is_brought(hit: Hit) -> None:
    for owner in (BulkExport, BulkSearch):
        after_each_piece(owner, hit)


def a_piece_is_deidentified(hit: Hit) -> None:
    whole = SmallCleaning.knowing

    async def knowing(self, patients):
        clean = await whole(self, patients)

        def cleaned(*piece):
            given = clean(*piece)
            hit()
            return given

        return cleaned

    SmallCleaning.knowing = knowing


def everywhere(*arms: Arm) -> Arm:
    def put(hit: Hit) -> None:
        for each in arms:
            each(hit)

    return put


POINTS: Mapping[str, Arm] = {
    # The source prepares.
    "a share is to be asked for": before(pull_planning.Planner, "_begun"),
    "the source has begun to prepare": everywhere(
        after_awaiting(BulkExport, "begin"), after_awaiting(BulkSearch, "begin")
    ),
    "what it prepares is in the checkpoint": after(pull_planning, "keep_checkpoint"),
    "the source is ready": everywhere(
        after_awaiting(BulkExport, "plan"), after_awaiting(BulkSearch, "plan")
    ),
    "the parts are known": after(pull_planning, "with_plans"),
    # Parts are brought, de-identified and put at rest.
    "a piece is brought": a_piece_is_brought,
    "a piece is de-identified": a_piece_is_deidentified,
    "a part is to be written": before(PartWriter, "finish"),
    "half of a file is written": in_the_middle_of_a_file,
    "a file is written beside its place": before(pull_files, "put_in_place"),
    "a file is in its place": before(pull_files, "make_durable"),
    "a file is durable": after(pull_files, "put_in_place"),
    "a part is at rest": after(PartWriter, "finish"),
    "a part is in the checkpoint": after(pull, "keep_checkpoint"),
    # The pull is made to count.
    "everything is at rest": before(pull, "write_manifest"),
    "what is not listed is removed": after(pull_manifest, "_remove_unlisted"),
    "the manifest is in its place": after(pull, "write_manifest"),
    "the checkpoint is forgotten": after(pull, "clear_checkpoint"),
    "the source is told that it is over": everywhere(
        after_awaiting(BulkExport, "finish"), after_awaiting(BulkSearch, "finish")
    ),
}
