"""Name the promises about the population feed that have a full run; `tests/promised.py` has them all."""

from collections.abc import Mapping

from tests.promise import Promise

PROMISES_OF_POPULATION: Mapping[str, Promise] = {
    "PULL": Promise(
        "Of pulls that were killed in every named moment, 200 times from each kind of source, and 50 times in any, "
        "nothing is lost, nothing is doubled, every listed file is whole, and no raw row is at rest.",
        200,
        {"SCR_PROVE_KILLS": "200"},
        ("tests/population/pull/test_kill_points.py",),
        (
            "adapters/bulk_export.py",
            "adapters/bulk_search.py",
            "gateway/population/pull.py",
            "gateway/population/pull_checkpoint.py",
            "gateway/population/pull_files.py",
            "gateway/population/pull_manifest.py",
            "gateway/population/pull_planning.py",
            "gateway/population/pull_writing.py",
            "gateway/population/pulled.py",
            "tests/population/pull",
        ),
    ),
}
