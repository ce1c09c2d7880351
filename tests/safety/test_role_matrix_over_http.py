"""Every cell of the direct-care matrix, over HTTP, against the table of docs/decisions/0009."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import pytest

from gateway.access.registry import patient_key
from gateway.audit.acts import RelationshipsImported
from gateway.keys import KeyPurpose
from gateway.store.relationships import add_relationships
from gateway.wiring import now
from tests.safety.staff import sign_in, staff
from tests.stack import Bundle, Stack, relationship

COLUMNS = [
    "DEM",
    "ENC",
    "PRB",
    "MED",
    "ALG",
    "RES",
    "IMM",
    "DOC",
    "CPL",
    "EOL",
    "MH",
    "SXH",
    "SAF",
    "SOC",
]
MATRIX = {
    "gp": "A A A A A A A A A A A G A S",
    "gp_nurse": "A A A A A A A A A A S G S S",
    "practice_admin": "A S D D D D D D D D D D D D",
    "ed_consultant": "A A A A A A A A A A A G A S",
    "hospital_nurse": "A A A A A A A A A A S G S S",
    "hospital_pharmacist": "A S A A A A A S S S S G D D",
    "paramedic": "A S A A A S S S A A S G M S",
    "amb_clinical_hub": "A A A A A S S S A A S G M S",
    "nhs111_clinician": "A S A A A S S S A A S G M D",
    "social_worker": "A S S S A D D S A S S D A A",
    "discharge_officer": "A A S S A D D S A S D D M A",
    "care_home_nurse": "A S A A A S A S A A S D M S",
    "care_home_carer": "A S S S A D A S A A D D M S",
    "mh_practitioner": "A A A A A S S A A A A G A A",
    "student": "A A A A A A A A A A D D D S",
}
"""docs/decisions/0009, section 2."""

STAFF = {
    "gp": ("R0260", "F84004"),
    "gp_nurse": ("R8001", "F84004"),
    "practice_admin": ("R8009", "F84004"),
    "ed_consultant": ("R0050", "RRV"),
    "hospital_nurse": ("R8001", "RRV"),
    "hospital_pharmacist": ("R1290", "RRV"),
    "paramedic": ("R1070", "RRU"),
    "amb_clinical_hub": ("R8000", "RRU"),
    "nhs111_clinician": ("R8001", "NLO"),
    "social_worker": ("R8014", "702"),
    "discharge_officer": ("R6040", "RRV"),
    "care_home_nurse": ("R8001", "VM4G1"),
    "care_home_carer": ("R1450", "VM4G1"),
    "mh_practitioner": ("R1975", "RV3"),
    "student": ("R8004", "RRV"),
}

CATEGORY_OF = {
    "DEM": "demographics",
    "ENC": "encounters",
    "PRB": "problems",
    "MED": "medications",
    "ALG": "allergies",
    "RES": "results",
    "IMM": "immunisations",
    "DOC": "documents",
    "CPL": "care-plans",
    "EOL": "end-of-life",
    "SOC": "social-care",
}
DEPRESSION = ("35489007", "Depressive disorder")
SAFEGUARDING = ("766561000000109", "Adult safeguarding concern")
HIV = ("86406008", "Human immunodeficiency virus infection")
GONORRHOEA = ("15628003", "Gonorrhoea")
LABELLED = {
    "MH": ("everything", "hospital", "problems", DEPRESSION),
    "SAF": ("everything", "hospital", "alerts", SAFEGUARDING),
    "SXH": ("sexual-health", "hospital", "problems", HIV),
}
"""For each label column: a person, who holds a labelled item, its category, and the words that tell of it."""

LABELLED_FOR_ITS_HOLDER = {"SXH": ("sexual-health", "gp", "problems", GONORRHOEA)}
"""Sexual-health items are open to the organisation that wrote them: for it, another's item counts."""

LOWER_BY_ANOTHER_COLUMN = {("social_worker", "SAF"): "summary"}
"""The cohort's safeguarding items are flags, so alerts, of which a social worker sees summaries; the
lower level wins (docs/decisions/0009, section 1). The matrix's letter stands for items of other categories."""

SAID_OF_A_LABEL = {
    "MH": "Mental-health information exists: contact the service",
    "SAF": "Safeguarding information exists: contact the lead",
}
"""What a label's own summary says of a diagnosis and of a flag (docs/decisions/0009, section 3)."""

OF_THE_DESK = {("practice_admin", "ENC"): "dates and places"}
"""docs/decisions/0009, section 2: appointment dates and locations only."""

DATES_AND_PLACES = {
    "resourceType",
    "id",
    "meta",
    "status",
    "class",
    "subject",
    "period",
    "location",
}
WORDS = {"A": "whole", "S": "summary", "M": "masked", "D": "nothing", "G": "nothing"}
RESTRICTED = "Restricted item: contact the source"


@pytest.mark.parametrize("role", MATRIX)
async def test_every_cell_of_a_roles_row_is_served_as_the_matrix_has_it(stack: Stack, role: str):
    expected = dict(zip(COLUMNS, MATRIX[role].split(), strict=True))
    user = sign_in(stack, staff(role, *STAFF[role]))
    await knows(stack, STAFF[role][1], "everything", "sexual-health")
    answers = {name: await stack.everything(user, name) for name in ("everything", "sexual-health")}

    served = {column: _served(column, answers, role) for column in COLUMNS}

    assert served == {
        column: _expected(role, column, letter) for column, letter in expected.items()
    }


def _expected(role: str, column: str, letter: str) -> str:
    apart = {**LOWER_BY_ANOTHER_COLUMN, **OF_THE_DESK}
    said = "said in words" if letter == "S" and column in SAID_OF_A_LABEL else WORDS[letter]
    return apart.get((role, column), said)


def _served(column: str, answers: dict[str, Bundle], role: str) -> str:
    if column in CATEGORY_OF:
        answer, category = answers["everything"], CATEGORY_OF[column]
        return _level([each for each in answer.resources if _is_plain_item(each, category)])
    holds = LABELLED_FOR_ITS_HOLDER if STAFF[role][1] == "RRV" else {}
    name, source, category, words = {**LABELLED, **holds}[column]
    answer = answers[name]
    found = [
        each
        for each in answer.from_source(source)
        if _category(each) == category
        and (_tells(each, words) or _is_mask(each) or _is_said_of(each, column))
    ]
    return _level(found)


def _is_plain_item(resource: dict[str, Any], category: str) -> bool:
    """Tell whether it is a source's item of this category that has none of the labels."""
    labelled = any(
        _tells(resource, words) or _is_said_of(resource, column)
        for column, (*_where, words) in LABELLED.items()
    )
    is_ours = resource["meta"]["source"] in {"urn:scr:gateway", "urn:scr:source:pds"}
    return (
        _category(resource) == category and not labelled and not _is_mask(resource) and not is_ours
    )


def _level(found: Iterable[dict[str, Any]]) -> str:
    levels = {_level_of(each) for each in found}
    return " and ".join(sorted(levels)) or "nothing"


def _level_of(resource: dict[str, Any]) -> str:
    if _is_mask(resource):
        return "masked"
    if any(_is_said_of(resource, column) for column in SAID_OF_A_LABEL):
        return "said in words"
    if "SUBSETTED" not in {tag["code"] for tag in resource["meta"].get("tag", ())}:
        return "whole"
    is_bare = resource["resourceType"] == "Encounter" and "code" not in resource["class"]
    return "dates and places" if is_bare and resource.keys() <= DATES_AND_PLACES else "summary"


def _category(resource: dict[str, Any]) -> str | None:
    tags = resource["meta"].get("tag", ())
    return next((tag["code"] for tag in tags if tag["system"].endswith("/category")), None)


def _tells(resource: dict[str, Any], words: tuple[str, ...]) -> bool:
    return any(word in str(resource) for word in words)


def _is_mask(resource: dict[str, Any]) -> bool:
    return RESTRICTED in str(resource)


def _is_said_of(resource: dict[str, Any], column: str) -> bool:
    said = SAID_OF_A_LABEL.get(column)
    return said is not None and said in str(resource)


async def knows(stack: Stack, organisation: str, *names: str) -> None:
    """Give an organisation a relationship with people."""
    key = stack.keys.current(KeyPurpose.REGISTRY)
    made = [
        relationship(patient_key(key, stack.london.people[name]), organisation) for name in names
    ]
    event = RelationshipsImported(now(), "test", "test", len(made))
    async with stack.services.log.recorded(event) as session:
        await session.do(add_relationships, made)


async def test_the_desk_is_told_when_and_where_and_neither_why_nor_by_whom(stack: Stack):
    user = sign_in(stack, staff("practice_admin", *STAFF["practice_admin"]))
    answer = await stack.everything(user, "everything")

    visits = [each for each in answer.resources if _category(each) == "encounters"]
    booked = [each for each in answer.resources if _category(each) == "appointments"]
    visits = [each for each in visits if each["resourceType"] == "Encounter"]

    assert visits
    assert booked
    assert any("location" in each for each in visits)
    assert all(each["period"] for each in visits)
    actors = [part.get("actor", {}) for each in booked for part in each["participant"]]
    assert {actor["type"] for actor in actors if actor} <= {"Location"}
    assert all("Practitioner" not in str(each) for each in (*visits, *booked))


async def test_the_data_holds_something_for_every_column(stack: Stack):
    user = sign_in(stack, staff("gp", *STAFF["gp"]))
    everything = await stack.everything(user, "everything")
    held: dict[str, int] = defaultdict(int)
    for each in everything.resources:
        held[_category(each) or ""] += 1

    assert set(CATEGORY_OF.values()) <= set(held)
    assert set(MATRIX) == set(STAFF)
