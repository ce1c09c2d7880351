"""Write the radar's table into docs/radar.md: `python -m tests.radar.table SEED WORLDS`.

Each world has a seed of its own, from SEED on. Choose seeds that nothing was fitted to, and say which.
"""

import sys
from collections.abc import Iterator

from adapters.simulators.traffic.visits import SnoopingKind
from gateway.audit.radar.rules import RadarRule
from gateway.audit.radar.suspicions import suspicions_in
from tests.prove import ROOT
from tests.radar.judged import Judged
from tests.radar.paper import accesses_on_paper
from tests.radar.town import Size, cohort_of, traffic_of

PAGE = ROOT / "docs" / "radar.md"
BEGIN, END = "<!-- measured -->\n", "<!-- /measured -->\n"


def judged(first: int, worlds: int) -> Judged:
    """Lay out so many worlds on paper and judge what the radar tells of them."""
    counted = Judged()
    for seed in range(first, first + worlds):
        cohort = cohort_of(seed, Size())
        _staff, traffic = traffic_of(cohort, seed, Size())
        accesses = accesses_on_paper(cohort, traffic)
        counted.add(traffic, len(accesses), suspicions_in(accesses))
    return counted


def table_of(counted: Judged, first: int) -> Iterator[str]:
    """Give the lines of the page."""
    size = Size()
    last = first + counted.worlds - 1
    yield f"Seeds {first} to {last}: {counted.worlds} worlds of {size.days} days and {size.people} people, "
    yield f"{counted.visits:,} visits, {counted.accesses:,} requests, {counted.snooping:.1%} of the visits snooping.\n\n"
    yield f"**Recall {counted.recall:.3f}** (of snooping visits), **precision {counted.precision:.3f}** (of alerts): "
    yield f"{counted.alerts_right + counted.alerts_wrong:,} alerts, {counted.alerts_right:,} right.\n\n"
    yield "| rule | alerts it is part of | right | false | precision |\n| --- | --: | --: | --: | --: |\n"
    for rule in RadarRule:
        right, wrong = counted.right[rule], counted.wrong[rule]
        share = f"{right / (right + wrong):.2f}" if right + wrong else ""
        yield f"| `{rule}` | {right + wrong} | {right} | {wrong} | {share} |\n"
    yield "\n| what it truly was | visits | found | recall |\n| --- | --: | --: | --: |\n"
    for kind in SnoopingKind:
        found, missed = counted.found[kind], counted.missed[kind]
        share = f"{found / (found + missed):.2f}" if found + missed else ""
        yield f"| `{kind}` | {found + missed} | {found} | {share} |\n"


def with_table(page: str, table: str) -> str:
    """Put the table in its place of the page."""
    before, _mark, rest = page.partition(BEGIN)
    _old, _mark, after = rest.partition(END)
    return f"{before}{BEGIN}{table}{END}{after}"


def main(first: int, worlds: int) -> None:
    """Measure, and write what was measured into the page."""
    counted = judged(first, worlds)
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(with_table(page, "".join(table_of(counted, first))), encoding="utf-8")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
