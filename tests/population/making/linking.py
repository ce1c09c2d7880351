"""Try to find the people of one project's release in another's, as whoever holds both would: on ids, then on all else.

The attacker knows neither key. On the columns that are left they do as well as can be done: of those whose columns say the same
in both releases they take one at random.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

Row = Mapping[str, str]
Signature = object

PERSON, IDS = "person_id", ("person_id", "activity_id")
KNOWN = ("age", "sex", "area", "practice")
"""What a register has of somebody."""


def ids_in(rows: Iterable[Row]) -> set[str]:
    return {row[each] for row in rows for each in IDS}


def by_what_is_known(rows: Sequence[Row]) -> Signature:
    """Know somebody by what a register has: of several rows, all that any says."""
    return frozenset(tuple(row[each] for each in KNOWN) for row in rows)


def by_the_whole_history(rows: Sequence[Row]) -> Signature:
    """Know somebody by every column of every row that is theirs."""
    told = (tuple(value for name, value in row.items() if name not in IDS) for row in rows)
    return frozenset(Counter(told).items())


def link_rate(
    one: Sequence[Row],
    other: Sequence[Row],
    know: Callable[[Sequence[Row]], Signature],
    truth: Mapping[str, str],
) -> float:
    """Give the share of one release's people whom the attacker is to be expected to name rightly in the other.

    `truth` has what each is called in the other. Nobody with the same signature: nobody is named.
    """
    theirs = {person: know(rows) for person, rows in _by_person(other).items()}
    among = Counter(theirs.values())
    right = 0.0
    people = _by_person(one)
    for person, rows in people.items():
        signature = know(rows)
        if theirs.get(truth[person]) == signature:
            right += 1 / among[signature]
    return right / len(people)


def _by_person(rows: Iterable[Row]) -> Mapping[str, Sequence[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row[PERSON]].append(row)
    return found
