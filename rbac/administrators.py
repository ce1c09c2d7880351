"""Find what is wrong with a list of the people who may change the policy.

Knows no token: a person is the subject by which the identity provider names them.
"""

import re
from collections.abc import Iterator, Sequence

from rbac.faults import FaultKind, PolicyFault
from rbac.roles import Role

FEWEST = 2
"""One proposes and another approves; with fewer nothing could ever be changed again."""

_SUBJECT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:@|+/=-]{0,199}")


def faults_of_administrators(
    subjects: Sequence[object], author: str | None = None
) -> tuple[PolicyFault, ...]:
    """List every fault of a list; `row` counts in it. `author` must stay on it."""
    each = tuple(fault for row, given in enumerate(subjects) for fault in _faults(row, given))
    return (*each, *_faults_of_all(subjects, author))


def _faults(row: int, given: object) -> Iterator[PolicyFault]:
    if not isinstance(given, str) or not _SUBJECT.fullmatch(given):
        yield PolicyFault(FaultKind.NOT_A_SUBJECT, row, "administrators")
    elif given in set(Role):
        yield PolicyFault(FaultKind.SUBJECT_IS_ROLE, row, "administrators")


def _faults_of_all(subjects: Sequence[object], author: str | None) -> Iterator[PolicyFault]:
    different = {given for given in subjects if isinstance(given, str)}
    if len(different) < FEWEST:
        yield PolicyFault(FaultKind.TOO_FEW_ADMINISTRATORS)
    elif len(different) < len(subjects):
        yield PolicyFault(FaultKind.REPEATED_SUBJECT)
    if author is not None and author not in different:
        yield PolicyFault(FaultKind.AUTHOR_LOCKED_OUT)
