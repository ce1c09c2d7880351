"""Find which subject of the store one project's name for somebody stands for, by naming every subject anew.

Keeps no map: there is none to be stolen, and none once the project's key is destroyed.
"""

import hmac
from collections.abc import Iterable

from gateway.population.pseudonyms import person_of, read_subject


def subject_behind(project_key: bytes, subjects: Iterable[bytes], person: str) -> bytes | None:
    """Give the subject that a project calls by this name; None when it is none of these.

    Raises KeyLengthError, NotASubjectError.
    """
    # What is no name at all would make the comparison fail, not answer.
    read_subject(person)
    found = None
    for subject in subjects:
        # To the end, whoever was found: the time taken must not tell whether there is such a person.
        if hmac.compare_digest(person_of(project_key, subject), person):
            found = subject
    return found
