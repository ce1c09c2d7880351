"""Hold what the project settled where the requirements can be read in two ways, and the evaluator read the other.

The evaluator was written without sight of the service. Where the two differed and the requirements do not decide,
the reading that stands is here and nowhere else: the sentence, why, and the code of it. It decides nothing more.
"""

from collections.abc import Collection
from typing import Final, NamedTuple


class Settlement(NamedTuple):
    """One settled reading; `ambiguity` is its number in AMBIGUITIES.md, 0 where it has none."""

    name: str
    ambiguity: int
    sentence: str
    settled: str
    reason: str


SETTLED: Final = (
    Settlement(
        "label rows only lower",
        4,
        'Roles, section 7: MH, SXH and SAF are "label rows ... over every category".',
        "The row of the category itself (`normal`) counts for every item, beside the rows of its labels.",
        "A label says why an item is sensitive: it can only ever take away. The evaluator's tables read it so, its"
        " rows did not.",
    ),
    Settlement(
        "acts outside care are the policy's to give",
        29,
        "Roles, section 5, names what each role outside care does, and for which purposes.",
        "Barred are: acts upon one person outside care, administration by a care role, export by a care role or for"
        " care. Which role outside care exports, edits or reads audit, and for which purpose, is the policy's.",
        "docs/decisions/0009: a site changes the policy, and its own table with it; what no row can give is in"
        " rbac/bars.py, and who is an administrator is said by name (docs/decisions/0013, section 2).",
    ),
)
"""Every settlement, for a reader; the functions below are what the evaluator asks."""

ONE_PERSON_ACTS: Final = frozenset({"view", "search", "open-document", "break-glass"})
ADMINISTRATION_ACTS: Final = frozenset({"edit-policy", "read-audit"})


def labels_that_count(labels: frozenset[str]) -> frozenset[str]:
    """Return the labels whose rows count for an item: "label rows only lower"."""
    replaced = labels - {"sexual-health"} if "own" in labels else labels
    return replaced | {"normal"}


def act_is_barred(
    role: str,
    purpose: str,
    act: str,
    care_roles: Collection[str],
    other_roles: Collection[str],
    care_purposes: Collection[str],
) -> bool:
    """Return whether no policy can give this act: "acts outside care are the policy's to give"."""
    if act in ONE_PERSON_ACTS:
        return role not in care_roles or purpose not in care_purposes
    if act in ADMINISTRATION_ACTS:
        return role not in other_roles
    return act != "export" or role not in other_roles or purpose in care_purposes
