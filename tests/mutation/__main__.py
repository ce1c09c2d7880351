"""Try every seeded fault, or those that are named: `python -m tests.mutation [NAME …]`.

The exit status is the number of faults that some test named for them does not find.
"""

import sys
import tempfile
from pathlib import Path

from tests.mutation.copied_tree import copy_project
from tests.mutation.faults import Fault, missed_by, passes, seeded_faults


def main(names: list[str]) -> int:
    """Try the faults and say of each whether it is found."""
    chosen = [fault for fault in seeded_faults() if not names or fault.name in names]
    with tempfile.TemporaryDirectory() as folder:
        tree = copy_project(Path(folder))
        if not passes((test for fault in chosen for test in fault.tests), tree):
            raise SystemExit("The named tests must pass before anything is made wrong.")
        return sum(not _is_found(fault, tree) for fault in chosen)


def _is_found(fault: Fault, tree: Path) -> bool:
    missing = missed_by(fault, tree)
    verdict = f"NOT FOUND by {', '.join(sorted(missing))}" if missing else "found"
    sys.stdout.write(f"{fault.name}: {verdict}\n")
    sys.stdout.flush()
    return not missing


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
