"""The bench's parts run and report in the stated shape; how fast anything is, no test says."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench import frozen
from bench.everything import CALLERS, running
from bench.frozen import BaselineChangedError, refuse_changed
from bench.load import at_once
from bench.recording import Recording, key_of, other_numbers
from bench.report import BEGIN, END, REACH, Measured, as_table, figures_of, put_into

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def figures():
    command = [sys.executable, "bench/everything.py", "--json", "--resources", "60"]
    done = subprocess.run([*command, "--seconds", "0"], cwd=ROOT, capture_output=True, check=True)
    return json.loads(done.stdout)


def test_every_system_is_measured_alone_and_at_once(figures):
    systems = ("floor", "naive", "gateway_cold", "gateway_warm")

    for name in systems:
        assert figures["measurements"][f"{name}_c1"]["p50_ms"] > 0
        assert figures["measurements"][f"{name}_c8"]["requests_per_second"] > 0


def test_eight_long_records_at_once_all_come_whole():
    async def refused(systems):
        people = await systems.people(0, 2 * CALLERS)
        burst = await at_once(systems.gateway, [each.gateway_target for each in people], CALLERS)
        return burst.refused

    with running(1200) as systems:
        assert asyncio.run(refused(systems)) == 0


def test_every_reach_has_its_ratio(figures):
    assert figures["ratios"].keys() >= REACH.keys()
    assert all(ratio > 0 for ratio in figures["ratios"].values())


def test_the_gateway_shows_most_of_what_the_sources_sent(figures):
    record = figures["measurements"]["record"]

    assert record["gateway_resources"] > record["source_resources"] / 2


def test_the_table_names_every_ratio(figures):
    table = as_table(figures)

    assert all(name.replace("_", " ") in table for name in figures["ratios"])


def test_a_document_keeps_a_place_for_the_table(figures):
    written = put_into(f"before\n{BEGIN}\nold\n{END}\nafter\n", figures)

    assert written.startswith(f"before\n{BEGIN}\n")
    assert written.endswith(f"|\n{END}\nafter\n")
    assert as_table(figures) in written
    assert "old" not in written


def test_ratios_are_of_rounds_so_that_a_slow_round_decides_nothing():
    measured = Measured(after_last_byte=[0.002], served={"source_bytes": 1_000_000})
    for slowness in (1, 10, 1):
        for name, seconds in (("floor_c1", 1), ("gateway_cold_c1", 4), ("gateway_warm_c1", 2)):
            measured.add_latencies(name, [seconds * slowness])
        measured.add_latencies("naive_c1", [400.0 * slowness])
        for name in ("floor_c8", "naive_c8", "gateway_cold_c8", "gateway_warm_c8"):
            measured.add_rate(name, 1 / slowness, 0)

    ratios = figures_of(measured)["ratios"]

    assert (ratios["gateway_over_floor_p50"], ratios["naive_over_gateway_p50"]) == (4, 100)
    assert ratios["after_last_byte_ms_per_mb"] == pytest.approx(2)


def test_the_baselines_are_those_that_results_are_stated_over():
    refuse_changed()


def test_a_changed_baseline_is_refused_with_what_to_do(monkeypatch):
    monkeypatch.setitem(frozen.DIGESTS, "floor.py", "another")

    with pytest.raises(BaselineChangedError, match=r"floor\.py.*bench\.frozen"):
        refuse_changed()


def test_a_renumbered_record_is_another_persons():
    body = b'{"id":"h0123456789-1","subject":"pat-fedcba9876543210","identifier":"9991234567"}'
    recorded = Recording(
        {("hospital", b"/fhir/Patient/pat-fedcba9876543210/$everything"): body},
        "9991234567",
        "0123456789",
        {"hospital": "pat-fedcba9876543210"},
    )

    [number] = other_numbers(1)
    other = recorded.renumbered(5, number)

    [((_source, key), changed)] = other.answers.items()
    assert other.patient_ids["hospital"].encode() in key
    assert len(changed) == len(body)
    assert not any(old in changed for old in (b"0123456789", b"9991234567"))


@pytest.mark.parametrize(
    ("target", "key"),
    [
        (b"/fhir/Patient/p1/$everything?_count=500", b"/fhir/Patient/p1/$everything"),
        (b"/fhir/Patient?identifier=s%7C9991234567&_count=1", b"/fhir/Patient|9991234567"),
    ],
)
def test_a_question_is_known_by_its_path_and_number(target, key):
    assert key_of(target) == key
