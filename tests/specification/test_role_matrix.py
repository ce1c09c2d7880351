"""The matrix of docs/decisions/0009, typed here a second time, held against what the service allows."""

import pytest

from fhir_profiles.vocabulary import HARD_BARRED, Category, Label
from rbac.decide import CompiledPolicy, compile_policy
from rbac.policy import load_default
from rbac.types import Act, Level, Levels, OrganisationKind, Purpose

MATRIX = """
| role                | DEM | ENC | PRB | MED | ALG | RES | IMM | DOC | CPL | EOL | MH | SXH | SAF | SOC |
| gp                  | A | A | A | A | A | A | A | A | A | A | A | G | A | S |
| gp_nurse            | A | A | A | A | A | A | A | A | A | A | S | G | S | S |
| practice_admin      | A | S | D | D | D | D | D | D | D | D | D | D | D | D |
| ed_consultant       | A | A | A | A | A | A | A | A | A | A | A | G | A | S |
| hospital_nurse      | A | A | A | A | A | A | A | A | A | A | S | G | S | S |
| hospital_pharmacist | A | S | A | A | A | A | A | S | S | S | S | G | D | D |
| paramedic           | A | S | A | A | A | S | S | S | A | A | S | G | M | S |
| amb_clinical_hub    | A | A | A | A | A | S | S | S | A | A | S | G | M | S |
| nhs111_clinician    | A | S | A | A | A | S | S | S | A | A | S | G | M | D |
| social_worker       | A | S | S | S | A | D | D | S | A | S | S | D | A | A |
| discharge_officer   | A | A | S | S | A | D | D | S | A | S | D | D | M | A |
| care_home_nurse     | A | S | A | A | A | S | A | S | A | A | S | D | M | S |
| mh_practitioner     | A | A | A | A | A | S | S | A | A | A | A | G | A | A |
| student             | A | A | A | A | A | A | A | A | A | A | D | D | D | S |
| care_home_carer     | A | S | S | S | A | D | A | S | A | A | D | D | M | S |
"""

JUDGED = """
| role                | PRC | APT | ALR |
| gp                  | A | A | A |
| gp_nurse            | A | A | A |
| practice_admin      | D | S | D |
| ed_consultant       | A | A | A |
| hospital_nurse      | A | A | A |
| hospital_pharmacist | A | S | A |
| paramedic           | A | S | A |
| amb_clinical_hub    | A | A | A |
| nhs111_clinician    | A | S | A |
| social_worker       | S | S | S |
| discharge_officer   | S | A | S |
| care_home_nurse     | A | S | A |
| mh_practitioner     | A | A | A |
| student             | A | A | A |
| care_home_carer     | S | S | A |
"""

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
    "PRC": "procedures",
    "APT": "appointments",
    "ALR": "alerts",
}
LABELS_OF = {
    "MH": ["mental-health", "substance"],
    "SXH": ["sexual-health"],
    "SAF": ["safeguarding"],
}
ROLES_AT = {
    "general-practice": ["gp", "gp_nurse", "practice_admin"],
    "trust": [
        "ed_consultant",
        "hospital_nurse",
        "hospital_pharmacist",
        "discharge_officer",
        "student",
    ],
    "ambulance": ["paramedic", "amb_clinical_hub"],
    "111": ["nhs111_clinician"],
    "council": ["social_worker"],
    "care-home": ["care_home_nurse", "care_home_carer"],
    "mental-health-trust": ["mh_practitioner"],
}
KIND_OF = {role: kind for kind, roles in ROLES_AT.items() for role in roles}
DIRECT = {"A": "all", "S": "summary", "M": "mask", "D": "none", "G": "none"}
RANK = ["none", "mask", "summary", "all"]

TOLD_OF_RESTRICTED_MEDICINES = {
    "gp",
    "gp_nurse",
    "ed_consultant",
    "hospital_nurse",
    "hospital_pharmacist",
    "paramedic",
    "amb_clinical_hub",
    "nhs111_clinician",
    "care_home_nurse",
    "mh_practitioner",
}

EMERGENCY_SLICE = {
    "demographics",
    "alerts",
    "allergies",
    "medications",
    "problems",
    "encounters",
    "end-of-life",
    "results",
}
SAFEGUARDING_OPENS = {"gp", "ed_consultant", "mh_practitioner", "hospital_nurse"}
SAFEGUARDING_STAYS = {
    "paramedic",
    "amb_clinical_hub",
    "nhs111_clinician",
    "gp_nurse",
    "hospital_pharmacist",
}
MUST_ASK = set(KIND_OF) - SAFEGUARDING_OPENS - SAFEGUARDING_STAYS

OUTSIDE_CARE = [
    ("public_health_planner", "council", {"PUBHLTH", "HOPERAT"}, "export"),
    ("public_health_planner", "icb", {"PUBHLTH", "HOPERAT"}, "export"),
    ("csp_violence_analyst", "csp", {"PUBHLTH", "HOPERAT"}, "export"),
    ("researcher", "university", {"HRESCH"}, "export"),
    ("ig_privacy_officer", "icb", {"HSYSADMIN"}, "read-audit"),
    ("caldicott_guardian", "icb", {"HSYSADMIN"}, "read-audit"),
    ("policy_admin", "icb", {"HSYSADMIN"}, "edit-policy"),
    ("system_auditor", "icb", {"HSYSADMIN"}, "read-audit"),
]


def _read(table: str) -> dict[str, dict[str, str]]:
    head, *body = (
        [cell.strip() for cell in line.strip("|").split("|")] for line in table.strip().splitlines()
    )
    return {row[0]: dict(zip(head[1:], row[1:], strict=True)) for row in body}


LETTERS = {role: row | _read(JUDGED)[role] for role, row in _read(MATRIX).items()}


@pytest.fixture(scope="module")
def compiled() -> CompiledPolicy:
    return compile_policy(load_default())


def seen(compiled: CompiledPolicy, role: str, purpose: str) -> Levels:
    levels = compiled.levels_for(role, OrganisationKind(KIND_OF[role]), Purpose(purpose))
    assert levels is not None
    return levels


def level(levels: Levels, category: str, *labels: str) -> str:
    return levels.level_of(Category(category), frozenset(Label(label) for label in labels)).value


def lowest(*levels: str) -> str:
    return min(levels, key=RANK.index)


def test_the_tables_typed_here_name_every_role_of_care_and_every_column():
    assert set(LETTERS) == set(KIND_OF)
    assert all(set(row) == {*CATEGORY_OF, *LABELS_OF} for row in LETTERS.values())
    assert set(CATEGORY_OF.values()) == set(Category)


@pytest.mark.parametrize("column", CATEGORY_OF)
@pytest.mark.parametrize("role", LETTERS)
def test_a_role_sees_its_level_of_a_category_in_direct_care(compiled, role, column):
    levels = seen(compiled, role, "TREAT")

    assert level(levels, CATEGORY_OF[column]) == DIRECT[LETTERS[role][column]]


@pytest.mark.parametrize("column", LABELS_OF)
@pytest.mark.parametrize("role", LETTERS)
def test_a_label_lowers_every_category_in_direct_care(compiled, role, column):
    levels = seen(compiled, role, "TREAT")
    for label in LABELS_OF[column]:
        for name, category in CATEGORY_OF.items():
            expected = lowest(DIRECT[LETTERS[role][name]], DIRECT[LETTERS[role][column]])
            is_told = role in TOLD_OF_RESTRICTED_MEDICINES
            if (column, name) == ("SXH", "MED") and is_told:
                expected = "mask"

            assert level(levels, category, label) == expected, (category, label)


@pytest.mark.parametrize("role", LETTERS)
def test_own_sexual_health_items_are_shown_as_the_category_is(compiled, role):
    levels = seen(compiled, role, "TREAT")
    for name, category in CATEGORY_OF.items():
        expected = DIRECT[LETTERS[role][name]]

        assert level(levels, category, "own", "sexual-health") == expected
        assert level(levels, category, "own") == expected


@pytest.mark.parametrize("role", sorted(SAFEGUARDING_OPENS | SAFEGUARDING_STAYS))
@pytest.mark.parametrize("purpose", ["ETREAT", "BTG"])
def test_an_emergency_opens_summaries_of_the_slice_and_nothing_else(compiled, role, purpose):
    levels = seen(compiled, role, purpose)
    for name, category in CATEGORY_OF.items():
        opens = category in EMERGENCY_SLICE and LETTERS[role][name] in {"A", "S"}

        assert level(levels, category) == ("all" if opens else "none"), category


@pytest.mark.parametrize("role", sorted(SAFEGUARDING_OPENS | SAFEGUARDING_STAYS))
def test_the_first_step_of_an_emergency_leaves_labelled_items_as_in_direct_care(compiled, role):
    levels = seen(compiled, role, "ETREAT")
    for category in EMERGENCY_SLICE:
        for column, labels in LABELS_OF.items():
            for label in labels:
                expected = lowest(level(levels, category), DIRECT[LETTERS[role][column]])
                if (category, label) == ("medications", "sexual-health"):
                    expected = "mask"

                assert level(levels, category, label) == expected, (category, label)


@pytest.mark.parametrize("role", sorted(SAFEGUARDING_OPENS | SAFEGUARDING_STAYS))
def test_the_second_step_of_an_emergency_opens_labelled_items(compiled, role):
    levels = seen(compiled, role, "BTG")
    masked = "all" if role in SAFEGUARDING_OPENS else "mask"
    opened = {"A": "all", "S": "all", "G": "all", "M": masked, "D": "none"}
    for category in EMERGENCY_SLICE:
        for column, labels in LABELS_OF.items():
            for label in labels:
                expected = lowest(level(levels, category), opened[LETTERS[role][column]])

                assert level(levels, category, label) == expected, (category, label)


@pytest.mark.parametrize("role", sorted(MUST_ASK))
@pytest.mark.parametrize("purpose", ["ETREAT", "BTG"])
def test_a_role_that_must_ask_a_clinician_has_no_emergency(compiled, role, purpose):
    kind = OrganisationKind(KIND_OF[role])

    assert compiled.levels_for(role, kind, Purpose(purpose)) is None


def test_no_role_sees_a_hard_barred_label_for_any_purpose(compiled):
    for levels in compiled.levels.values():
        for category in Category:
            for label in HARD_BARRED:
                assert levels.level_of(category, frozenset({label})) is Level.NONE
                assert levels.level_of(category, frozenset({label, Label.OWN})) is Level.NONE


@pytest.mark.parametrize(("role", "kind", "purposes", "act"), OUTSIDE_CARE)
def test_a_role_outside_care_has_its_one_act_and_sees_no_person(
    compiled, role, kind, purposes, act
):
    for purpose in Purpose:
        levels = compiled.levels_for(role, OrganisationKind(kind), purpose)
        assert (levels is not None) == (purpose.value in purposes)
        if levels is not None:
            assert not levels.view
            assert {each for each, _category in levels.acts} == {Act(act)}


def test_the_policy_speaks_of_no_role_place_or_purpose_beyond_these_tables(compiled):
    care = {(role, kind, "TREAT") for role, kind in KIND_OF.items()}
    emergency = {
        (role, KIND_OF[role], purpose)
        for role in SAFEGUARDING_OPENS | SAFEGUARDING_STAYS
        for purpose in ("ETREAT", "BTG")
    }
    outside = {
        (role, kind, each) for role, kind, purposes, _act in OUTSIDE_CARE for each in purposes
    }

    found = {(scope.role, scope.organisation_kind, scope.purpose) for scope in compiled.levels}

    assert found == care | emergency | outside


@pytest.mark.parametrize("role", LETTERS)
def test_a_role_searches_what_it_sees_and_opens_documents_it_sees_in_full(compiled, role):
    visible = {c for name, c in CATEGORY_OF.items() if LETTERS[role][name] != "D"}
    expected = {("view", category) for category in visible}
    expected |= {("search", category) for category in visible}
    if LETTERS[role]["DOC"] == "A":
        expected.add(("open-document", "documents"))

    assert set(seen(compiled, role, "TREAT").acts) == expected


@pytest.mark.parametrize("role", sorted(SAFEGUARDING_OPENS | SAFEGUARDING_STAYS))
@pytest.mark.parametrize("purpose", ["ETREAT", "BTG"])
def test_break_glass_is_an_act_upon_the_emergency_slice_alone(compiled, role, purpose):
    acts = seen(compiled, role, purpose).acts

    assert {category for act, category in acts if act is Act.BREAK_GLASS} == EMERGENCY_SLICE
    assert {act for act, _category in acts} == {Act.VIEW, Act.SEARCH, Act.BREAK_GLASS}
