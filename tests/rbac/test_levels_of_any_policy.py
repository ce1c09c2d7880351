"""What must hold of every policy's levels, whatever its rows say."""

from dataclasses import replace

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from fhir_profiles.vocabulary import Category, Label
from rbac.decide import compile_policy
from rbac.policy import policy_of
from rbac.types import Act, Effect, Level, Levels, OrganisationKind, Purpose, Rule

ORDER = ("none", "mask", "summary", "all")
CATEGORIES = [Category.PROBLEMS, Category.MEDICATIONS]
LABELS = [
    Label.NORMAL,
    Label.OWN,
    Label.SEXUAL_HEALTH,
    Label.SAFEGUARDING,
    Label.MENTAL_HEALTH,
    Label.SEALED,
]
ROLES = ["gp", "gp_nurse", "researcher"]
KINDS = [OrganisationKind.GENERAL_PRACTICE, OrganisationKind.TRUST]
PURPOSES = [Purpose.TREAT, Purpose.ETREAT, Purpose.HRESCH]


@st.composite
def rules(draw):
    effect = draw(st.sampled_from([Effect.ALLOW, Effect.ALLOW, Effect.ALLOW, Effect.DENY]))
    level = Level.NONE if effect is Effect.DENY else draw(st.sampled_from(list(Level)))
    return Rule(
        draw(st.sampled_from(ROLES)),
        draw(st.sampled_from(KINDS)),
        draw(st.sampled_from(CATEGORIES)),
        draw(st.sampled_from(LABELS)),
        draw(st.sampled_from(PURPOSES)),
        Act.VIEW,
        level,
        effect,
    )


@st.composite
def crowded_rules(draw):
    """Rules of one role in one place, so that most of them meet in the same few cells."""
    rule = draw(rules())
    return replace(rule, role="gp", organisation_kind=OrganisationKind.TRUST, purpose=Purpose.TREAT)


RULES = st.one_of(
    st.lists(rules(), min_size=1, max_size=25), st.lists(crowded_rules(), min_size=1, max_size=40)
)
CROWDED = st.lists(crowded_rules(), min_size=1, max_size=40)
ITEM_LABELS = st.frozensets(st.sampled_from(LABELS), max_size=4)
SETTINGS = settings(max_examples=80)


def decided(compiled, scope, category, labels):
    levels = compiled.levels_for(*scope)
    return Level.NONE if levels is None else levels.level_of(category, labels)


def table(compiled):
    return {scope: (dict(found.view), found.acts) for scope, found in compiled.levels.items()}


def row(label, level):
    treating = ("gp", OrganisationKind.TRUST, Category.PROBLEMS, label, Purpose.TREAT)
    return Rule(*treating, Act.VIEW, level, Effect.ALLOW)


OPEN_BUT_FOR_ONE = [row(Label.NORMAL, Level.ALL), row(Label.SAFEGUARDING, Level.MASK)]
UNLIKE = [row(Label.SAFEGUARDING, Level.MASK), row(Label.MENTAL_HEALTH, Level.ALL)]


@SETTINGS
@given(CROWDED, ITEM_LABELS, st.sampled_from(LABELS), st.sampled_from(CATEGORIES))
@example(UNLIKE, frozenset({Label.SAFEGUARDING}), Label.MENTAL_HEALTH, Category.PROBLEMS)
def test_one_more_label_never_shows_more_unless_it_is_own(given_rules, labels, more, category):
    assume(more is not Label.OWN)
    levels = compile_policy(policy_of(given_rules)).levels_for(
        "gp", OrganisationKind.TRUST, Purpose.TREAT
    )

    with_more = levels.level_of(category, labels | {more})

    assert with_more.rank <= levels.level_of(category, labels).rank


@SETTINGS
@given(CROWDED, ITEM_LABELS, st.sampled_from(CATEGORIES))
@example(OPEN_BUT_FOR_ONE, frozenset({Label.SAFEGUARDING}), Category.PROBLEMS)
def test_own_replaces_the_sexual_health_label_and_no_other(given_rules, labels, category):
    levels = compile_policy(policy_of(given_rules)).levels_for(
        "gp", OrganisationKind.TRUST, Purpose.TREAT
    )
    own = labels | {Label.OWN}

    shown = levels.level_of(category, own)

    assert shown is levels.level_of(category, own ^ {Label.SEXUAL_HEALTH})
    assert shown.rank <= levels.level_of(category, labels - {Label.SEXUAL_HEALTH}).rank


@SETTINGS
@given(RULES, rules())
def test_one_more_deny_never_shows_more(given_rules, rule):
    deny = replace(rule, effect=Effect.DENY, level=Level.NONE)
    before = compile_policy(policy_of(given_rules))
    after = compile_policy(policy_of([*given_rules, deny]))
    for scope, levels in after.levels.items():
        for (category, label), level in levels.view.items():
            words = (scope.role, scope.organisation_kind, scope.purpose)
            found = before.levels_for(*words).view
            assert level.rank <= found[category, label].rank
    scope = (deny.role, deny.organisation_kind, deny.purpose)
    assert decided(after, scope, deny.category, frozenset({deny.label})) is Level.NONE


@SETTINGS
@given(RULES, st.randoms(use_true_random=False))
def test_the_order_of_rules_never_matters(given_rules, random):
    shuffled = list(given_rules)
    random.shuffle(shuffled)

    assert table(compile_policy(policy_of(given_rules))) == table(
        compile_policy(policy_of(shuffled))
    )


def test_levels_are_ordered_from_nothing_to_all():
    assert sorted(Level, key=lambda level: level.rank) == list(ORDER)


def test_a_cell_that_is_missing_shows_nothing():
    levels = Levels({(Category.PROBLEMS, Label.NORMAL): Level.ALL}, frozenset())

    assert levels.level_of(Category.PROBLEMS, frozenset()) is Level.ALL
    assert levels.level_of(Category.PROBLEMS, frozenset({Label.OWN})) is Level.NONE
    assert levels.level_of(Category.ALERTS, frozenset()) is Level.NONE
