"""Hold what the project settled where the requirements can be read in two ways, and the evaluator read the other.

The evaluator was written without sight of the service. Where the two differed and the requirements do not decide,
the reading that stands is here and nowhere else: the sentence, why, and the code of it. It decides nothing more.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final, Literal, NamedTuple


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
    Settlement(
        "a contact that has ended counts by itself",
        13,
        'Identity, section 5: "ED/ambulance 72 h after end".',
        "What the probe finds counts for 72 hours after its end, without a row in the registry.",
        "The caller's own source knows best who was there (docs/decisions/0008, section 4).",
    ),
    Settlement(
        "nobody's own word makes a restricted person exist",
        14,
        'Identity, section 5: "user states reason"; roles, section 6, step 4: "(or emergency → create)".',
        "Neither a claim nor a broken glass relates anybody to a person whom PDS restricts. Of others a claim counts"
        " whoever made it.",
        "docs/decisions/0016, section 6, and 0020, section 3. Who may claim is decided when the"
        " claim is made.",
    ),
    Settlement(
        "the policy says who may break the glass",
        35,
        'Roles, section 4: "adding an emergency right ... needs the Caldicott Guardian".',
        "Who has a row for the act break-glass at that purpose may; nobody else.",
        "docs/decisions/0016, section 1: the rows say which roles have which step.",
    ),
    Settlement(
        "two purposes are the two steps",
        11,
        'Decisions, section 15: "labelled items only by a second step".',
        "ETREAT is read under a first step, BTG under a second; the second ends with the first at the latest. A token"
        " that names ETREAT may name BTG.",
        "docs/decisions/0016, section 1: a step has rows of its own, so it needs a purpose of its own.",
    ),
    Settlement(
        "rows say what a step opens",
        9,
        'Decisions, section 15: "it opens demographics, alerts, ... and results".',
        "The policy's rows for ETREAT and BTG say it, of categories and of labels; it is no bar.",
        "docs/decisions/0016, section 1: labelled items stay as in direct care at the first step. That the"
        " policy which the service starts with opens just that list is shown by tests/rbac.",
    ),
    Settlement(
        "the want of a relationship is told",
        0,
        'Safety: UNIFORM-404 is one answer for "does not exist" and "not yours"; "as stated" may be 403 or 404.',
        "Who has no relationship is told so (403), with what they may do instead; of a restricted person they are"
        " told what is told of nobody (404).",
        "Nobody could claim a relationship, or break the glass, about a person who is denied to exist"
        " (docs/decisions/0020, section 1).",
    ),
    Settlement(
        "no glass is broken in vain",
        0,
        'Safety, AZ 12: "a non-existing patient: 400/403".',
        "What no emergency opens is refused when the glass is to be broken: a restricted person without relationship,"
        " who is told of as nobody is (404), and an objection that stands.",
        "docs/decisions/0016, sections 4 and 6: a glass that opens nothing would be believed to have opened.",
    ),
    Settlement(
        "agreements name what is sensitive as well",
        34,
        'Information governance, section 10: "an agreement row: parties ..., items, purposes, start, end".',
        "Items beside the categories: without `sex-life` an item labelled sexual-health is not shared, without"
        " `equalities` no source's own demographics.",
        "docs/decisions/0018, section 1, and docs/agreements.md: an agreement can only take away.",
    ),
    Settlement(
        "who sees nothing is told so first",
        27,
        'Roles, section 6: "first hit wins, deny by default"; step 6 comes after the person is known.',
        "Where rows and agreements of the caller show nothing of anybody, that refuses before anything is read of"
        " the person; what is then left of one person's record may be nothing.",
        "An answer that is the same for everybody tells nothing of anybody.",
    ),
    Settlement(
        "a record without sources is no refusal",
        32,
        'Safety, rule 20: "0 sources = 503"; information governance, section 2: "hide all data from that source".',
        "The permit names no source; that none answered is found where they are asked. Only an objection to"
        " everything refuses.",
        "PDS's details are shown all the same (docs/decisions/0018, section 3), and a refusal would tell"
        " what the person objects to.",
    ),
    Settlement(
        "who reads the audit looks at what waits, and at the policy",
        22,
        'Roles, section 5: auditor "no edits"; privacy officer "alerts"; Caldicott Guardian "as above".',
        "The auditor sees the privacy officer's queue and changes nothing; the privacy officer reads the policy; the"
        " Guardian reads the audit as the officer does.",
        "docs/decisions/0008, section 6. Why something was shown cannot be reviewed without the rules it was shown by.",
    ),
    Settlement(
        "who sees no demographics finds nobody",
        31,
        'Test 3: "deny"; decisions, section 6: FindPermit is "demographics from PDS only".',
        "A search for people needs a level for demographics too.",
        "An answer of which nothing may be shown is a refusal.",
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


def contact_counts(start: datetime, end: datetime | None, now: datetime) -> bool:
    """Return whether an encounter at the caller's own source counts now."""
    return start <= now and (end is None or now < end + timedelta(hours=72))


def counting_bases(bases: Collection[str], *, restricted: bool) -> frozenset[str]:
    """Return the grounds that stand: "nobody's own word makes a restricted person exist"."""
    return frozenset(bases) - ({"self_claimed"} if restricted else frozenset())


def emergency_relates(*, restricted: bool) -> bool:
    """Return whether a broken glass stands in for a relationship: the same settlement."""
    return not restricted


def furthest_step(steps: Collection[int]) -> int:
    """Return the furthest step of those granted: a second is open while a first is."""
    return max(steps, default=0) if 1 in steps else 0


def steps_asked_for(purpose: str, *, first_is_open: bool) -> frozenset[int]:
    """Return the step that may be asked for: that of the purpose, a second after a first only."""
    step = step_of(purpose)
    return frozenset({step} if step == 1 or (step == 2 and first_is_open) else ())


def step_of(purpose: str) -> int:
    """Return the step under which an emergency purpose is read: "two purposes are the two steps"."""
    return {"ETREAT": 1, "BTG": 2}.get(purpose, 0)


def purposes_named(token_purposes: frozenset[str]) -> frozenset[str]:
    """Return what a token lets its holder name: the same settlement."""
    return token_purposes | ({"BTG"} if "ETREAT" in token_purposes else frozenset())


def outward_without_relationship(*, restricted: bool) -> Literal["not-found-uniform", "forbidden"]:
    """Return what is told: "the want of a relationship is told"."""
    return "not-found-uniform" if restricted else "forbidden"


def lets_through(items: Collection[str], category: str, labels: frozenset[str]) -> bool:
    """Return whether agreed items share a source's item: "agreements name what is sensitive as well"."""
    needs = {category} | ({"equalities"} if category == "demographics" else set())
    return needs <= set(items) and frees(items, labels)


def frees(items: Collection[str], labels: frozenset[str]) -> bool:
    """Return whether agreed items leave an item with these labels: the same settlement."""
    is_anothers = "sexual-health" in labels and "own" not in labels
    return not is_anothers or "sex-life" in items


def further_principals(family: str) -> frozenset[str]:
    """Return who else may call a route family: "who reads the audit looks at what waits, and at the policy"."""
    further = {
        "privacy-queue": "system_auditor",
        "policy-read": "ig_privacy_officer",
        "audit-events": "caldicott_guardian",
    }
    return frozenset({further[family]} if family in further else ())
