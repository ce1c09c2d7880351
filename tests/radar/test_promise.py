"""The radar on the cohort's traffic, of which 2 % is snooping: what is found, and how often an alert is right.

Worlds on paper are counted by the dozen; that the gateway's audit holds just what stands on paper is shown over HTTP
(`test_over_http.py`). Seeds are the run's, so that nothing was fitted to them.
"""

import os

import pytest

from adapters.simulators.traffic.visits import SnoopingKind
from gateway.audit.radar.rules import RadarRule
from tests.radar.table import judged, table_of, with_table
from tests.run_seed import SWITCH

WORLDS = int(os.environ.get("SCR_PROVE_WORLDS", "4"))  # noqa: TID251 - a switch of the test run
SEED = int(os.environ[SWITCH])  # noqa: TID251 - as above
FIXED = 40
"""A seed of the slice of every run."""

RECALL, PRECISION = 0.9, 0.5
OF_FEW_WORLDS = 0.06
"""How far chance alone may lead a few worlds off: three times the deviation of some 240 visits at 0.9."""


@pytest.mark.parametrize("first", [FIXED, 100_000 + SEED * 100])
def test_most_snooping_is_found_and_most_alerts_are_right(first, record_property):
    counted = judged(first, WORLDS)

    for name in ("worlds", "visits", "accesses", "recall", "precision", "snooping"):
        record_property(name, getattr(counted, name))
    leeway = OF_FEW_WORLDS if WORLDS < 20 else 0.0
    assert counted.snooping == pytest.approx(0.02, abs=0.001)
    assert counted.recall >= RECALL - leeway
    assert counted.precision >= PRECISION - leeway


def test_the_page_is_written_in_its_place():
    page = "before\n<!-- measured -->\nold\n<!-- /measured -->\nafter\n"

    assert with_table(page, "new\n") == page.replace("old", "new")


def test_the_table_tells_of_every_rule_and_every_kind():
    told = "".join(table_of(judged(FIXED, 1), FIXED))

    for name in (*RadarRule, *SnoopingKind):
        assert f"| `{name}` |" in told
