"""The hazard log names only tests that exist, all tests of hostile sources, faults and access, and right risks."""

import re

import pytest

from tests.architecture.source_tree import PACKAGES, ROOT, sources

PAGE = (ROOT / "docs" / "hazards.md").read_text("utf-8")
NAMED = re.compile(
    r"(?<![A-Za-z0-9])(so|av|au|az|ai|il|ip|pa)[-_]([0-9]{2})(?![A-Za-z0-9])", re.IGNORECASE
)
PROMISE = re.compile(r"(?<![A-Za-z0-9])(?:P|(?<=_)p)([0-9]{2})(?![A-Za-z0-9])")
HAZARD = re.compile(r"\bH-[0-9]{2}\b")
MUST_BE_NAMED = ("SO", "AV", "AU", "AZ")
HAZARDS = re.findall(
    r"^\| (H-[0-9]{2}) .*? \| ([1-5]) \| ([a-z ]+), ([a-z ]+) \| ([1-5]) \|$", PAGE, re.M
)


def ids_in(text: str) -> set[str]:
    attacks = {f"{family.upper()}-{number}" for family, number in NAMED.findall(text)}
    return attacks | {f"P{number}" for number in PROMISE.findall(text)}


def ids_in_tests() -> set[str]:
    # The architecture tests speak of ids; the others bear them.
    found = sources("tests").items()
    return ids_in(
        "\n".join(f"{path}\n{text}" for path, text in found if "architecture" not in path)
    )


def matrix() -> dict[tuple[str, str], str]:
    """Give the risk of each severity and likelihood, as the page's own table has it."""
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in PAGE.splitlines()
        if re.match(r"\| (likelihood|very high|high|medium|low|very low) ", line)
    ]
    severities = rows[0][1:]
    return {
        (severity, row[0]): risk
        for row in rows[1:]
        for severity, risk in zip(severities, row[1:], strict=True)
    }


def test_every_test_that_the_log_names_exists():
    paths = re.findall(r"`(tests/[^`]+)`", PAGE)

    assert ids_in(PAGE) - ids_in_tests() == set()
    assert [each for each in paths if not (ROOT / each).is_file()] == []


def test_every_test_of_hostile_sources_faults_and_access_is_in_the_log():
    due = {each for each in ids_in_tests() if each.startswith(MUST_BE_NAMED)}

    assert len(due) > 30
    assert due - ids_in(PAGE) == set()


def test_every_hazard_has_causes_controls_evidence_and_what_is_left():
    sections = re.split(r"^## ", PAGE, flags=re.M)[1:]

    assert [section[:4] for section in sections] == [hazard for hazard, *_ in HAZARDS]
    for section in sections:
        rows = re.findall(r"^\| (?!cause|---)(.+?) \| (.+?) \| (.+?) \|$", section, re.M)
        assert rows, section[:40]
        assert all(ids_in(shown) or "`tests/" in shown for _cause, _control, shown in rows)
        assert "\nEffect: " in section
        assert "\nLeft: " in section


@pytest.mark.parametrize(("hazard", "before", "severity", "likelihood", "left"), HAZARDS)
def test_a_risk_is_what_severity_and_likelihood_give(
    hazard: str, before: str, severity: str, likelihood: str, left: str
):
    assert matrix()[severity, likelihood] == left, hazard
    assert left < before, hazard


def test_every_hazard_that_the_code_records_is_in_the_log():
    recorded = set(HAZARD.findall("\n".join(sources(*PACKAGES).values())))

    assert recorded
    assert recorded <= {hazard for hazard, *_ in HAZARDS}


def test_nobody_could_take_the_judgements_for_confirmed_ones():
    assert "for a Clinical Safety Officer to confirm" in PAGE
