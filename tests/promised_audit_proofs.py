"""Name the promises about what can be proven of the audit; `tests/promised.py` has them all."""

from collections.abc import Mapping

from tests.promise import Promise

_CHECKED = (
    "gateway/audit/entry_form.py",
    "gateway/audit/following.py",
    "gateway/audit/line.py",
    "gateway/audit/merkle.py",
    "gateway/audit/notes.py",
    "gateway/audit/purges.py",
    "gateway/audit/verify.py",
)

PROMISES_OF_PROOFS: Mapping[str, Promise] = {
    "P06": Promise(
        "Every single flipped bit of an exported log of so many entries is found where it is, and random ones in a log of "
        "10,000; every deletion, swap, insertion and doubling, a log cut off and one written anew, a purge of what is not old and an "
        "entry in another form as well.",
        1_000,
        {"SCR_PROVE_COUNT": "1000"},
        (
            "tests/audit/test_verify.py",
            "tests/audit/test_verify_database.py",
            "tests/audit/test_purges.py",
            "tests/audit/test_entry_form.py",
        ),
        (
            *_CHECKED,
            "tests/audit/test_entry_form.py",
            "tests/audit/test_purges.py",
            "tests/audit/test_verify.py",
            "tests/audit/test_verify_database.py",
            "tests/audit/written_logs.py",
        ),
    ),
    "OUTSIDER": Promise(
        "A verifier by somebody who has seen only docs/audit-format.md agrees with ours on so many logs that were tampered "
        "with, and on whole ones of up to 10,000 entries.",
        1_000,
        {"SCR_PROVE_COUNT": "1000"},
        ("tests/outsider/test_agreement.py",),
        (
            *_CHECKED,
            "docs/audit-format.md",
            "gateway/audit/consistency.py",
            "gateway/audit/losses.py",
            "tests/audit/tamperings.py",
            "tests/audit/written_logs.py",
            "tests/outsider",
        ),
    ),
}
