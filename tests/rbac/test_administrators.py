"""A list of administrators names two people at least, each once, and its author."""

import pytest

from rbac.administrators import faults_of_administrators
from rbac.faults import FaultKind, PolicyFault


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


def test_a_subject_that_cannot_be_one_is_named_by_its_row():
    given = ["a", "policy_admin", 7, "b", "-x", "x" * 200, "Z0._:@|+/=-"]

    assert faults_of_administrators(given, "a") == (
        PolicyFault(FaultKind.SUBJECT_IS_ROLE, 1, "administrators"),
        PolicyFault(FaultKind.NOT_A_SUBJECT, 2, "administrators"),
        PolicyFault(FaultKind.NOT_A_SUBJECT, 4, "administrators"),
        PolicyFault(FaultKind.REPEATED_SUBJECT),
    )


def test_a_fault_of_the_whole_list_names_no_row():
    assert faults_of_administrators(["b"], "a") == (
        PolicyFault(FaultKind.TOO_FEW_ADMINISTRATORS),
        PolicyFault(FaultKind.AUTHOR_LOCKED_OUT),
    )


def test_the_first_list_has_no_author():
    assert faults_of_administrators(["b", "c"]) == ()
