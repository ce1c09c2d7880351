"""Name the promises about the population feed that have a full run; `tests/promised.py` has them all."""

from collections.abc import Mapping

from tests.promise import Promise

PROMISES_OF_POPULATION: Mapping[str, Promise] = {
    "DIFFERENCING": Promise(
        "Of targets in two releases that differ by them alone, none is isolated by 200 adaptive, overlapping "
        "questions and an integer solver; under the plain small-numbers rule most are.",
        1_000,
        {"SCR_PROVE_COUNT": "1000"},
        ("tests/population/gate/test_t09_t10_differencing.py",),
        (
            "gateway/population/cohorts.py",
            "gateway/population/counting.py",
            "gateway/population/differencing.py",
            "gateway/population/intervals.py",
            "gateway/population/ledger.py",
            "gateway/population/settling.py",
            "gateway/population/small_numbers.py",
            "gateway/population/suppression.py",
            "gateway/population/tables.py",
            "tests/population/gate/differencing_attack.py",
            "tests/population/gate/samples.py",
            "tests/population/gate/test_t09_t10_differencing.py",
        ),
    ),
    "FLOOR": Promise(
        "Of 50,000 people in two boroughs both datasets leave as rows, and their tables are near the truth: the twenty "
        "largest counts within 5 %, cost a head by practice within 2 %, eight of ten hot-spots kept.",
        50_000,
        {"SCR_PROVE_PEOPLE": "50000"},
        ("tests/population/making/test_t28_utility_floor.py",),
        (
            "adapters/simulators/planning",
            "fhir_profiles/datasets",
            "fhir_profiles/tariffs",
            "gateway/population/anonymity.py",
            "gateway/population/attacks.py",
            "gateway/population/climbing.py",
            "gateway/population/contents",
            "gateway/population/counting.py",
            "gateway/population/gate.py",
            "gateway/population/making.py",
            "gateway/population/small_numbers.py",
            "gateway/population/suppression.py",
            "tests/population/making/floor.py",
            "tests/population/making/stores.py",
            "tests/population/making/test_t28_utility_floor.py",
        ),
    ),
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
    "RELEASE": Promise(
        "Of releases whose making or removal was killed in every named moment, 200 times on each database, none is ever "
        "there by half, none is published twice or without its entry, and none that was published is lost.",
        200,
        {"SCR_PROVE_KILLS": "200"},
        ("tests/population/releases/test_kill_points.py",),
        (
            "gateway/audit/recorded.py",
            "gateway/population/pull_files.py",
            "gateway/population/releases",
            "gateway/store/leases.py",
            "gateway/store/releases.py",
            "tests/population/releases",
        ),
    ),
    "VIEWS": Promise(
        "Random views compiled to SQL, each over 10,000 random resources, give the rows that a plain reading of their "
        "specification gives, by somebody who had not seen the compiler.",
        200,
        {"SCR_PROVE_VIEWS": "200", "SCR_PROVE_RESOURCES": "10000"},
        ("tests/population/test_views_agree.py",),
        (
            "fhir_profiles/definitions/elements.json",
            "fhir_profiles/elements.py",
            "gateway/population/engine.py",
            "gateway/population/views",
            "tests/population/agreement.py",
            "tests/population/random_expressions.py",
            "tests/population/random_paths.py",
            "tests/population/random_resources.py",
            "tests/population/random_views.py",
            "tests/population/shapes.py",
            "tests/population/test_views_agree.py",
            "tests/reference/fhirpath_items.py",
            "tests/reference/fhirpath_parser.py",
            "tests/reference/fhirpath_times.py",
            "tests/reference/fhirpath_walker.py",
            "tests/reference/view_walker.py",
        ),
        shares=2,
    ),
}
