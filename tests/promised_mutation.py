"""Name the promises about changed code that have a full run; `tests/promised.py` has them all."""

from collections.abc import Mapping

from tests.promise import Promise

PROMISES_OF_MUTATION: Mapping[str, Promise] = {
    "MUTATION-VERIFY": Promise(
        "Nine of ten changes to the proof of whose record it is are noticed by a test, and the others "
        "are listed with the reason why no test can.",
        422,
        {"SCR_PROVE_COUNT": "422", "SCR_PROVE_AREA": "verify"},
        ("tests/mutation/test_mutants.py",),
        (
            "gateway/patient/people.py",
            "gateway/patient/verify.py",
            "tests/mutation",
            "tests/patient/test_people.py",
            "tests/patient/test_verify.py",
            "tests/patient/test_verify_inside.py",
            "tests/patient/test_verify_reached.py",
            "tests/patient/test_verify_references.py",
        ),
    ),
    "MUTATION-NARROW": Promise(
        "Nine of ten changes to narrowing and to the labels that it narrows by are noticed by a test.",
        544,
        {"SCR_PROVE_COUNT": "544", "SCR_PROVE_AREA": "narrow"},
        ("tests/mutation/test_mutants.py",),
        (
            "gateway/patient/label.py",
            "gateway/patient/narrow.py",
            "tests/mutation",
            "tests/patient/test_attribution.py",
            "tests/patient/test_label.py",
            "tests/patient/test_narrow.py",
            "tests/patient/test_narrow_references.py",
            "tests/patient/test_narrow_words.py",
            "tests/patient/test_page_labels.py",
        ),
    ),
    "MUTATION-RBAC": Promise(
        "Nine of ten changes to the role policy and how it decides are noticed by a test.",
        1282,
        {"SCR_PROVE_COUNT": "1282", "SCR_PROVE_AREA": "rbac"},
        ("tests/mutation/test_mutants.py",),
        (
            "rbac",
            "tests/mutation",
            "tests/rbac",
        ),
    ),
    "MUTATION-ACCESS": Promise(
        "Nine of ten changes to the decision of access are noticed by a test.",
        1710,
        {"SCR_PROVE_COUNT": "1710", "SCR_PROVE_AREA": "access"},
        ("tests/mutation/test_mutants.py",),
        (
            "gateway/access",
            "tests/access",
            "tests/mutation",
        ),
    ),
}
