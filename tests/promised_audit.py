"""Name the promises about the audit's log that have a full run; `tests/promised.py` has them all."""

from collections.abc import Mapping

from tests.audit.kill_points import POINTS
from tests.faults.failing_calls import PATHS
from tests.promise import Promise

_PROCESSES = (
    "gateway/audit",
    "gateway/store/audit_tree.py",
    "gateway/store/dialects.py",
    "gateway/store/engine.py",
    "gateway/store/leases.py",
    "tests/audit/aftermath.py",
    "tests/audit/kill_points.py",
    "tests/audit/nursery.py",
    "tests/audit/serving_process.py",
)
"""What serves, signs and is killed."""

PROMISES_OF_AUDIT: Mapping[str, Promise] = {
    "P04": Promise(
        "Every decision that a worker served before a kill at a random moment has its durable row B, on each "
        "database.",
        2_000,
        {"SCR_PROVE_KILLS": "2000"},
        ("tests/audit/test_kill.py",),
        (*_PROCESSES, "tests/audit/killing.py", "tests/audit/test_kill.py"),
    ),
    "P05": Promise(
        f"Of workers that were killed in each of {len(POINTS)} named moments, 63 times on each database, nothing "
        "acknowledged is lost, nothing half done, no number missing, and the log is signed on.",
        63 * len(POINTS),
        {"SCR_PROVE_TIMES": "63"},
        ("tests/audit/test_kill_points.py",),
        (*_PROCESSES, "tests/audit/killing.py", "tests/audit/test_kill_points.py"),
    ),
    "P22": Promise(
        "Of every write path, whichever call of the disk fails, what is written is whole or not there, refused unless "
        "it is, and done when it is tried again.",
        len(PATHS),
        {"SCR_PROVE_CALLS": "0"},
        ("tests/faults/test_p22_failing_calls.py",),
        (
            "gateway/audit",
            "gateway/store",
            "tests/faults",
        ),
    ),
    "AI-10": Promise(
        "Rows of two workers that append and sign at once, kills among them, are one line without gaps on each "
        "database, and every checkpoint holds.",
        100_000,
        {"SCR_PROVE_ROWS": "100000"},
        ("tests/audit/test_workers.py",),
        (*_PROCESSES, "tests/audit/test_workers.py"),
    ),
}
