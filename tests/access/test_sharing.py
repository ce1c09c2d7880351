"""What organisations share lets through what it names and nothing else; no two different ones read the same."""

from itertools import combinations

import pytest

from fhir_profiles.vocabulary import Category, Label
from gateway.access.sharing import NOTHING, Coverage, Sharing

PROBLEMS = frozenset({Category.PROBLEMS})
COVERAGES = [
    NOTHING,
    Coverage(PROBLEMS),
    Coverage(PROBLEMS | {Category.RESULTS}),
    Coverage(PROBLEMS, frozenset({Label.SEXUAL_HEALTH})),
    Coverage(PROBLEMS, mixed=PROBLEMS),
    Coverage(mixed=PROBLEMS),
    Coverage(PROBLEMS, has_images=True),
]
SHARINGS = [
    Sharing(),
    *(Sharing({"RRV": each}) for each in COVERAGES),
    *(Sharing({"RRU": each}) for each in COVERAGES),
    Sharing({"RRV": NOTHING, "RRU": Coverage(PROBLEMS)}),
    Sharing({"RRV": Coverage(PROBLEMS), "RRU": NOTHING}),
]


def test_whatever_differs_is_written_differently():
    assert all(one.words != other.words for one, other in combinations(COVERAGES, 2))
    assert all(one.words != other.words for one, other in combinations(SHARINGS, 2))


def test_the_same_is_written_alike_in_whatever_order_it_came():
    one = Sharing({"RRV": NOTHING, "RRU": Coverage(PROBLEMS)})
    other = Sharing({"RRU": Coverage(PROBLEMS), "RRV": NOTHING})

    assert one.words == other.words


def test_nobody_in_particular_shares_nothing():
    sharing = Sharing({"RRV": Coverage(PROBLEMS)})

    assert sharing.with_organisation("RRV") == Coverage(PROBLEMS)
    assert sharing.with_organisation("RRU") is None
    assert sharing.with_organisation(None) is None


SHARED = Coverage(
    frozenset({Category.PROBLEMS, Category.RESULTS, Category.DOCUMENTS}),
    frozenset({Label.SEXUAL_HEALTH, Label.MENTAL_HEALTH}),
    frozenset({Category.DOCUMENTS}),
)


@pytest.mark.parametrize(
    ("categories", "labels", "is_let_through"),
    [
        ((), (), True),
        ((Category.PROBLEMS,), (), True),
        ((Category.PROBLEMS, Category.RESULTS), (Label.SAFEGUARDING,), True),
        ((Category.ALERTS,), (), False),
        ((Category.PROBLEMS, Category.ALERTS), (), False),
        ((Category.DOCUMENTS,), (), False),
        ((Category.PROBLEMS, Category.DOCUMENTS), (), False),
        ((Category.PROBLEMS,), (Label.SEXUAL_HEALTH,), False),
        ((Category.PROBLEMS,), (Label.MENTAL_HEALTH, Label.SAFEGUARDING), False),
        ((), (Label.MENTAL_HEALTH,), False),
        ((Category.PROBLEMS,), (Label.OWN, Label.SEXUAL_HEALTH), True),
        ((Category.PROBLEMS,), (Label.OWN, Label.MENTAL_HEALTH), False),
        ((Category.PROBLEMS,), (Label.OWN, Label.SEXUAL_HEALTH, Label.MENTAL_HEALTH), False),
        ((Category.ALERTS,), (Label.OWN, Label.SEXUAL_HEALTH), False),
    ],
)
def test_what_is_shared_lets_through_its_categories_without_its_barred_labels(
    categories, labels, is_let_through
):
    assert SHARED.lets_through(iter(categories), frozenset(labels)) is is_let_through


def test_what_is_not_agreed_lets_nothing_through():
    assert not any(NOTHING.lets_through([each], frozenset()) for each in Category)
    assert not SHARED.has_images
