"""The published tables say what requests are answered with."""

from dataclasses import replace

from fhir_profiles.vocabulary import Category, Label
from rbac.decide import compile_policy
from rbac.matrix import MatrixRow, as_rows, render, widened
from rbac.policy import policy_of
from rbac.types import Act, Effect, Level, OrganisationKind, Purpose, Rule

VIEW = Rule(
    "gp",
    OrganisationKind.GENERAL_PRACTICE,
    Category.PROBLEMS,
    Label.NORMAL,
    Purpose.TREAT,
    Act.VIEW,
    Level.SUMMARY,
    Effect.ALLOW,
)
SEXUAL_HEALTH = replace(VIEW, label=Label.SEXUAL_HEALTH, level=Level.MASK)
SEARCH = replace(VIEW, act=Act.SEARCH, level=Level.ALL)


def row(level=Level.SUMMARY, label=Label.NORMAL, category=Category.PROBLEMS):
    return MatrixRow("gp", OrganisationKind.GENERAL_PRACTICE, Purpose.TREAT, category, label, level)


def compiled_of(*rules):
    return compile_policy(policy_of(rules))


def test_rows_list_every_cell_that_shows_something_in_order():
    rows = as_rows(compiled_of(SEXUAL_HEALTH, VIEW, replace(VIEW, category=Category.ALERTS)))

    assert rows == (
        row(category=Category.ALERTS),
        row(),
        row(Level.MASK, Label.SEXUAL_HEALTH),
    )


def test_rows_agree_with_what_a_request_is_answered(compiled):
    rows = as_rows(compiled)

    assert list(rows) == sorted(rows)
    for each in rows[::37]:
        levels = compiled.levels_for(each.role, each.organisation_kind, each.purpose)
        assert levels.level_of(each.category, frozenset({each.label})) is each.level


def test_pa_09_a_change_tells_the_cells_that_it_widens():
    before = compiled_of(VIEW, SEXUAL_HEALTH)
    after = compiled_of(replace(VIEW, level=Level.ALL), replace(SEXUAL_HEALTH, role="gp_nurse"))

    assert widened(before, after) == (row(Level.ALL),)
    assert widened(after, before) == (row(Level.MASK, Label.SEXUAL_HEALTH),)
    assert widened(before, before) == ()


def test_pa_09_a_role_that_was_not_there_before_is_wholly_new():
    nurse = replace(VIEW, role="gp_nurse")

    assert widened(compiled_of(VIEW), compiled_of(VIEW, nurse)) == (
        replace(row(), role="gp_nurse"),
    )


def test_the_page_shows_a_level_for_each_category_and_label():
    page = render(compiled_of(VIEW, SEXUAL_HEALTH, SEARCH))

    assert "## TREAT: direct care\n" in page
    assert "| gp | general-practice | – | – | S | – |" in page
    assert "| role | at | own | sexual-health | mental-health |" in page
    assert "| gp | general-practice | – | M | – |" in page
    assert "| gp | general-practice | search | TREAT | problems |" in page


ALERTS = replace(VIEW, category=Category.ALERTS, level=Level.ALL)
NURSE_SEARCH = replace(SEARCH, role="gp_nurse")
SMALL = (
    VIEW,
    SEXUAL_HEALTH,
    SEARCH,
    ALERTS,
    replace(ALERTS, label=Label.MENTAL_HEALTH),
    replace(SEARCH, purpose=Purpose.ETREAT),
    replace(VIEW, purpose=Purpose.BTG, level=Level.ALL),
    replace(VIEW, role="gp_nurse", level=Level.MASK),
    NURSE_SEARCH,
    replace(NURSE_SEARCH, category=Category.ALERTS),
)
BY_CATEGORY = f"| role | at | {' | '.join(Category)} |\n|{'---|' * 16}\n"
BY_LABEL = f"| role | at | {' | '.join(list(Label)[1:])} |\n|{'---|' * 14}\n"
NOTHING = "– | " * 9
WHERE_IT_DIFFERS = "By label, where it differs from the category:"


def test_the_page_of_a_small_policy_is_this_to_the_letter():
    compiled = compiled_of(*SMALL)

    head, version, _legend, *tables, end = render(compiled).split("\n\n")

    assert (head, version) == ("# Who may see what", f"Policy version `{compiled.version}`.")
    assert tables == [
        "## TREAT: direct care",
        f"{BY_CATEGORY}| gp | general-practice | – | – | S | {NOTHING}– | A |\n"
        f"| gp_nurse | general-practice | – | – | M | {NOTHING}– | – |",
        WHERE_IT_DIFFERS,
        f"{BY_LABEL}| gp | general-practice | – | M problems | A alerts | {NOTHING[:-2]}|\n"
        f"| gp_nurse | general-practice | – | – | – | {NOTHING[:-2]}|",
        "## BTG: emergency, second step: labelled items",
        f"{BY_CATEGORY}| gp | general-practice | – | – | A | {NOTHING}– | – |",
        WHERE_IT_DIFFERS,
        f"{BY_LABEL}| gp | general-practice | – | – | – | {NOTHING[:-2]}|",
        "## What else a role may do",
    ]
    assert end == (
        "| role | at | act | for purposes | categories |\n|---|---|---|---|---|\n"
        "| gp | general-practice | search | ETREAT, TREAT | problems |\n"
        "| gp_nurse | general-practice | search | TREAT | problems, alerts |\n"
    )


def test_a_label_that_is_one_ceiling_for_all_is_one_letter_and_another_tells_each_category():
    masked = replace(ALERTS, label=Label.MENTAL_HEALTH, level=Level.MASK)
    both = (VIEW, ALERTS, masked, replace(masked, category=Category.PROBLEMS))

    assert f"| – | – | M | {NOTHING[:-2]}|\n" in render(compiled_of(*both))
    mixed = render(compiled_of(*both, replace(masked, label=Label.OWN, level=Level.SUMMARY)))
    assert f"| S alerts | – | M | {NOTHING[:-2]}|\n" in mixed


def test_the_page_names_the_categories_where_a_label_is_not_one_ceiling(compiled):
    page = render(compiled)

    assert "| hospital_pharmacist | trust | A | M medications | S | – | S |" in page
    assert "| policy_admin | icb | edit-policy | HSYSADMIN | every category |" in page
    assert f"Policy version `{compiled.version}`." in page


def test_the_page_leaves_out_purposes_under_which_nobody_sees_a_person(compiled):
    headings = [line for line in render(compiled).splitlines() if line.startswith("## ")]

    assert [heading.split()[1].strip(":") for heading in headings] == [
        "TREAT",
        "ETREAT",
        "BTG",
        "What",
    ]


def test_every_table_has_as_many_cells_in_each_line(compiled):
    for part in render(compiled).split("\n\n"):
        if part.startswith("|"):
            assert len({line.count("|") for line in part.splitlines()}) == 1


def test_the_page_of_one_policy_is_always_the_same(compiled, default_policy):
    again = compile_policy(policy_of(reversed(default_policy.rules)))

    assert render(again) == render(compiled)
