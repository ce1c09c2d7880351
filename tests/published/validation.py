"""Hold our verdicts beside the reference validator's, case by case, and keep the count in docs/validation.md.

`python -m tests.published.validation` rewrites the page; a test compares with it on each run.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from fhir_profiles.validate import verdict_r4
from tests.published.samples import SAMPLES

PAGE = Path(__file__).parents[2] / "docs" / "validation.md"
CASES = "validator_cases_r4"


class Beside(StrEnum):
    """Our verdict beside the reference's."""

    BOTH_FAULTY = "both found faults"
    BOTH_CLEAN = "both found none"
    MISSED = "missed"
    FALSE = "false alarm"
    NOT_JUDGED = "not judged (XML)"


@dataclass(frozen=True)
class Case:
    """One published case: whether a base validator can be held to it, and how the verdicts compare."""

    name: str
    module: str
    is_base: bool
    beside: Beside


def cases() -> list[Case]:
    manifest = json.loads(SAMPLES.read(f"{CASES}/manifest.json"))
    return [
        Case(each["name"], each["module"], not each["needs_support"], _beside(each))
        for each in manifest
    ]


def _beside(case: dict[str, object]) -> Beside:
    if str(case["file"]).endswith(".xml"):
        return Beside.NOT_JUDGED
    is_clean = verdict_r4(SAMPLES.read(f"{CASES}/cases/{case['file']}")).is_clean
    if case["java_valid"]:
        return Beside.BOTH_CLEAN if is_clean else Beside.FALSE
    return Beside.MISSED if is_clean else Beside.BOTH_FAULTY


def page() -> str:
    """Write the page."""
    found = cases()
    base = [each for each in found if each.is_base]
    rest = [each for each in found if not each.is_base]
    return "\n".join(
        (
            "# Validation",
            "",
            "What the checks in `fhir_profiles/validate.py` find, beside the reference: the HL7 Java validator's own",
            "verdicts on the R4 part of its published test cases (github.com/FHIR/fhir-test-cases). A verdict is *faulty*",
            "when at least one fault is found, whatever it is; that the same fault was found is not claimed.",
            "",
            "Ours is no validator of profiles, invariants, terminology or narrative: it checks structure by the models of",
            "fhir.resources, a few required bindings and UK Core's mandatory elements. It reads JSON alone, flags, and never",
            "drops a resource. So a missed case is expected wherever the reference needed more than structure.",
            "",
            "Written by `python -m tests.published.validation`; a test fails when it is stale.",
            "",
            "## Cases that need no profile or other support",
            "",
            *_table(base),
            "",
            "## Cases that need profiles, other resources or terminology",
            "",
            *_table(rest),
            "",
            "## Missed and false, by name",
            "",
            *_named(base, Beside.MISSED),
            *_named(base, Beside.FALSE),
            "",
        )
    )


def _table(found: Iterable[Case]) -> Iterator[str]:
    counts: dict[str, Counter[Beside]] = {}
    for each in found:
        counts.setdefault(each.module, Counter())[each.beside] += 1
    yield f"| module | {' | '.join(Beside)} | agreement |"
    yield "|---|" + "---|" * (len(Beside) + 1)
    for module, count in sorted(counts.items()):
        yield _row(module, count)
    yield _row("**all**", sum(counts.values(), Counter()))


def _row(name: str, count: Counter[Beside]) -> str:
    agreed = count[Beside.BOTH_FAULTY] + count[Beside.BOTH_CLEAN]
    judged = count.total() - count[Beside.NOT_JUDGED]
    cells = (str(count[each]) for each in Beside)
    return f"| {name} | {' | '.join(cells)} | {agreed} of {judged} |"


def _named(found: Iterable[Case], beside: Beside) -> Iterator[str]:
    names = ", ".join(f"`{each.name}`" for each in found if each.beside is beside)
    yield f"- {beside.capitalize()}, first table: {names or 'none'}."


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
