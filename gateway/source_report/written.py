"""Write a report on one source: as text to read, or as data.

Judges nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict

from gateway.source_report.seen import Seen, Standing
from gateway.source_report.trials import OnTrial, problems_in

_MARKS = {
    Standing.FINE: "ok      ",
    Standing.REMARK: "note    ",
    Standing.PROBLEM: "PROBLEM ",
    Standing.UNTRIED: "untried ",
}


def as_text(source: OnTrial, seen: Sequence[Seen]) -> Iterator[str]:
    """Write a heading, a line for each trial with its remedy below, and the count of problems."""
    config = source.questioner.config
    yield f"Source {config.id}, {config.dialect}, at {config.base_url}"
    for each in seen:
        yield f"{_MARKS[each.standing]} {each.trial}: {each.saw}"
        if each.remedy:
            yield f"{'':10}{each.remedy}"
    count = problems_in(seen)
    yield "No problem was found." if count == 0 else f"Problems found: {count}."


def as_document(source: OnTrial, seen: Sequence[Seen]) -> dict[str, object]:
    """Give the same as data."""
    config = source.questioner.config
    return {
        "source": config.id,
        "kind": config.dialect.value,
        "base_url": config.base_url,
        "problems": problems_in(seen),
        "trials": [asdict(each) for each in seen],
    }
