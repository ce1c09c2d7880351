"""Name the promises about whole decisions that have a full run; `tests/promised.py` has them all."""

from collections.abc import Mapping

from tests.promise import Promise

PROMISES_OF_ACCESS: Mapping[str, Promise] = {
    "P02": Promise(
        "The service decides as an independent reference does, over random policies and random worlds.",
        1_000_000,
        {"SCR_PROVE_COUNT": "950000", "SCR_PROVE_WHOLE": "50000", "SCR_PROVE_CEDAR": "20000"},
        (
            "tests/differential/test_p02_rows.py",
            "tests/differential/test_p02_whole_decisions.py",
            "tests/differential/test_p02_cedar.py",
        ),
        (
            "gateway/access",
            "rbac",
            "tests/differential",
            "tests/reference",
        ),
    ),
    "AZ-01": Promise(
        "Every user, asking about every person by every route, gets what an independent reference allows; "
        "of a denial no source is asked.",
        50_000,
        {"SCR_PROVE_COUNT": "50000"},
        ("tests/safety/test_az_01_bola_matrix.py",),
        (
            "gateway/access",
            "gateway/api",
            "gateway/policy",
            "gateway/web",
            "rbac",
            "tests/reference",
            "tests/safety/bola_callers.py",
            "tests/safety/bola_planning.py",
            "tests/safety/bola_routes.py",
            "tests/safety/bola_world.py",
            "tests/safety/every_route.py",
            "tests/safety/test_az_01_bola_matrix.py",
        ),
    ),
}
