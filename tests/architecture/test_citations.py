"""What code and tests cite, an outside reader can open: a decision of this repository, with a section that it has."""

import re
from pathlib import Path

import pytest

from tests.architecture.source_tree import PACKAGES, ROOT, Sources, sources

WRITTEN = sorted((ROOT / "docs" / "decisions").glob("*.md"))
PAGES = {path.name[:4]: path for path in WRITTEN}
CITED = re.compile(r"docs/decisions/([0-9]{4})(?:[a-z-]+\.md)?(?:,\s+sections?\s+([0-9]+))?")
NOBODY_CAN_OPEN = re.compile(
    r"\bbriefs?\b[,):;]|\b[Dd]esign(?:'s)?\s+decisions\b|\bdecisions\.md\b"
)
EXAMPLES = "tests/architecture/test_citations.py"


def unopenable(found: Sources) -> set[str]:
    """Give what is cited and cannot be opened, with where it is cited."""
    faults = set()
    for path, text in found.items():
        if path == EXAMPLES:
            continue
        faults |= {f"{path}: {each}" for each in NOBODY_CAN_OPEN.findall(text)}
        for page, section in CITED.findall(text):
            if page not in PAGES or not _has(page, section):
                faults.add(f"{path}: {page}, section {section}")
    return faults


def _has(page: str, section: str) -> bool:
    return not section or f"\n## {section}. " in PAGES[page].read_text("utf-8")


def test_everything_that_is_cited_can_be_opened():
    found = sources(*PACKAGES, "tests", "bench")

    assert len(CITED.findall("".join(found.values()))) > 30
    assert unopenable(found) == set()


def test_no_two_decisions_have_one_number():
    numbers = [path.name[:4] for path in WRITTEN]

    assert numbers == [f"{number:04}" for number in range(1, len(WRITTEN) + 1)]


@pytest.mark.parametrize("page", WRITTEN, ids=lambda page: page.stem)
def test_a_decision_is_headed_by_its_number(page: Path):
    assert page.read_text("utf-8").startswith(f"# {int(page.name[:4])}. ")


@pytest.mark.parametrize(
    "text",
    [
        "docs/decisions/0099",
        "docs/decisions/0007, section 99",
        "Order: role brief, section 6.",
        "(design decisions 4)",
        "see decisions.md",
    ],
)
def test_a_citation_that_leads_nowhere_is_found(text: str):
    assert unopenable({"a.py": text}) != set()
