"""What organisations share, written down: no two different ones read the same."""

from itertools import combinations

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
