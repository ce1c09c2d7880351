"""A list of administrators names two people at least, each once, and its author."""

import pytest

from rbac.administrators import faults_of_administrators
from rbac.faults import FaultKind


@pytest.mark.parametrize(
    ("subjects", "kinds"),
    [
        (["a", "b"], []),
        (["a", "b", "c"], []),
        ([], [FaultKind.TOO_FEW_ADMINISTRATORS, FaultKind.AUTHOR_LOCKED_OUT]),
        (["a"], [FaultKind.TOO_FEW_ADMINISTRATORS]),
        (["a", "a"], [FaultKind.TOO_FEW_ADMINISTRATORS]),
        (["a", "b", "b"], [FaultKind.REPEATED_SUBJECT]),
        (["b", "c"], [FaultKind.AUTHOR_LOCKED_OUT]),
        (["a", "b", "*"], [FaultKind.NOT_A_SUBJECT]),
        (["a", "b", ""], [FaultKind.NOT_A_SUBJECT]),
        (["a", "b", "x" * 201], [FaultKind.NOT_A_SUBJECT]),
        (["a", "b", "policy_admin"], [FaultKind.SUBJECT_IS_ROLE]),
    ],
)
def test_every_fault_of_a_list_is_named(subjects, kinds):
    assert [fault.kind for fault in faults_of_administrators(subjects, "a")] == kinds


def test_the_first_list_has_no_author():
    assert faults_of_administrators(["b", "c"]) == ()
