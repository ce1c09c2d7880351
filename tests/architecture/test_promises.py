"""Every id that a test names has a meaning in docs/promises.md, and every meaning there has a test."""

import re

import pytest

from tests.architecture.source_tree import PACKAGES, ROOT, Sources, sources
from tests.promised import PROMISES

PAGE = ROOT / "docs" / "promises.md"
FAMILIES = "ai|au|av|az|de|h|il|ip|pa|so|ui"
# `SO-01` and `P03` in prose, `so_01` and `p03` in names; p50, p95 and p99 are percentiles.
ATTACK = re.compile(rf"(?<![A-Za-z0-9])({FAMILIES})[-_]([0-9]{{2}})(?![A-Za-z0-9])", re.IGNORECASE)
PROMISE = re.compile(r"(?<![A-Za-z0-9])(?:P|(?<=_)p)(?!50|95|99)([0-9]{2})(?![A-Za-z0-9])")
# T7 in prose is as often a time or a type; in names it is always the attack.
PLANNERS = re.compile(r"(?<=_)t([0-9]{2})(?=_)")
WEAKNESS = re.compile(r"^\| (T[0-9]{2}) \|[^|]+\| `(test_[a-z0-9_]+)` \|$", re.MULTILINE)
EXAMPLES = "tests/architecture/test_promises.py"


def named_in(found: Sources) -> set[str]:
    """Give the ids that paths and texts name, as the page writes them."""
    whole = "\n".join(f"{path}\n{text}" for path, text in found.items() if path != EXAMPLES)
    attacks = {f"{family.upper()}-{number}" for family, number in ATTACK.findall(whole)}
    planners = {f"T{number}" for number in PLANNERS.findall(whole)}
    return attacks | planners | {f"P{number}" for number in PROMISE.findall(whole)}


def listed() -> set[str]:
    return set(re.findall(r"^\| ([A-Z]+-?[A-Z0-9]*) \|", PAGE.read_text("utf-8"), re.MULTILINE))


def test_every_id_that_is_named_has_a_meaning():
    assert named_in(sources(*PACKAGES, "tests")) - listed() == set()


def test_every_meaning_is_of_an_id_that_a_test_names():
    assert listed() - named_in(sources("tests")) - set(PROMISES) == set()
    assert set(PROMISES) <= listed()


def test_every_attack_on_what_planners_are_given_has_a_weakness_that_a_test_catches():
    planted = dict(WEAKNESS.findall(PAGE.read_text("utf-8")))
    tests = re.findall(r"def (test_\w+)\(", "\n".join(sources("tests").values()))

    assert [*planted] == [f"T{number:02}" for number in range(1, 29)]
    assert set(planted.values()) <= set(tests)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("def test_so_99_a_thing():", {"SO-99"}),
        ("tests/safety/test_p98_storage.py", {"P98"}),
        ('"""P97: never."""  # as AV-96 says', {"P97", "AV-96"}),
        ("def test_az_05_ip_15_both():", {"AZ-05", "IP-15"}),
        ("async def test_t09_t10_two():  # as T24, at 10", {"T09", "T10"}),
        ("seconds_p99 = worst; row_h_1 = 2; stop_01 = 3", set()),
    ],
)
def test_ids_are_found_in_names_and_in_prose(text: str, named: set[str]):
    assert named_in({"a.py": text}) == named
