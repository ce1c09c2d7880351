"""Whatever is done to the log is found, and where: in the database and in an exported file (AI-01, AI-02, P06).

SCR_PROVE_COUNT sets how many entries have every bit flipped, SCR_PROVE_SEED repeats a run.
"""

import os
import time
from collections.abc import Callable, Sequence
from copy import copy
from itertools import pairwise
from random import Random

import orjson
import pytest

from gateway.audit.following import Fault, Following, Verdict
from gateway.audit.notes import NoteError
from gateway.audit.verify import _follow_line, verify_export
from tests.audit.signed_log import (
    KEYS,
    OTHER_KEY,
)
from tests.audit.written_logs import exported_log

COUNT = int(os.environ.get("SCR_PROVE_COUNT", "25"))  # noqa: TID251 - a switch of the test run
SEED = int(os.environ.get("SCR_PROVE_SEED", time.time_ns() % 10**6))  # noqa: TID251 - as above

ENTRY = b'{"leaf"'


def checked(lines: Sequence[bytes], held: Sequence[str] = ()) -> Verdict:
    return verify_export(lines, KEYS, held)


def is_found(lines: Sequence[bytes], held: Sequence[str] = ()) -> bool:
    return checked(lines, held).fault is not None


# The exported file


def test_ai_01_p06_every_single_bit_of_every_line_counts(
    record_property: Callable[[str, object], None],
):
    lines, following, bits = exported_log(COUNT, every=100), Following(KEYS), 0
    for place, line in enumerate(lines):
        for byte in range(len(line)):
            for bit in range(8):
                altered = bytearray(line)
                altered[byte] ^= 1 << bit
                fault = _fault_of(copy(following), bytes(altered), lines[place + 1 :][:2])
                bits += 1
                assert fault is not None, (place, byte, bit)
                assert fault.first == following.size + 1 or not line.startswith(ENTRY)
        _follow_line(following, line)
    record_property("bits", bits)
    assert following.end() == Verdict(COUNT, -(-COUNT // 100), COUNT, 0, (), None)


def _fault_of(following: Following, altered: bytes, then: Sequence[bytes]) -> Fault | None:
    # A file is cut at line feeds: one that a flip made or took away changes the lines.
    for line in b"".join([altered, *then]).splitlines(keepends=True):
        _follow_line(following, line)
        if following.fault is not None:
            return following.fault
    # What was flipped is the last checkpoint's own line feed.
    return verify_export([altered], KEYS).fault


def test_ai_02_p06_every_deletion_swap_insertion_and_doubling_is_found():
    lines = exported_log(40)
    for place in range(len(lines)):
        assert is_found([*lines[:place], *lines[place + 1 :]]), f"{place} deleted"
        assert is_found([*lines[: place + 1], *lines[place:]]), f"{place} doubled"
    for one, other in pairwise(range(len(lines))):
        swapped = [*lines]
        swapped[one], swapped[other] = lines[other], lines[one]
        assert is_found(swapped), f"{one} and {other} swapped"
    for place in range(len(lines)):
        for strange in exported_log(40, altered=place + 1)[place : place + 1]:
            assert is_found([*lines[:place], strange, *lines[place:]]), f"{place} inserted"


def test_ai_02_a_log_cut_off_after_a_checkpoint_is_found_by_one_held_outside():
    lines = exported_log(40, every=10)
    held = orjson.loads(lines[-1])["checkpoint"]
    ends = [place for place, line in enumerate(lines) if not line.startswith(b'{"leaf"')]
    for end in ends[:-1]:
        cut = lines[: end + 1]
        assert not is_found(cut)
        fault = checked(cut, [held]).fault
        assert fault is not None
        assert fault.first == sum(each.startswith(b'{"leaf"') for each in cut) + 1


def test_two_checkpoints_held_of_one_size_break_the_log_at_one_place_in_either_order():
    right, wrong = (
        orjson.loads(exported_log(20, altered=altered)[-1])["checkpoint"] for altered in (0, 3)
    )
    faults = [checked(exported_log(40), held).fault for held in ((right, wrong), (wrong, right))]

    assert faults == [Fault(1, 20, "the entries are not those that were signed")] * 2


def at_the_beginning_of_time(line: bytes) -> bytes:
    return line.replace(b"2026-03-02T09:30:00Z", b"0001-01-01T00:00:00Z")


def test_an_entry_of_the_first_year_of_all_gives_a_verdict():
    assert checked(exported_log(9, written={3: at_the_beginning_of_time})).fault is None


def test_ai_02_a_log_written_anew_with_the_logs_own_key_is_found_by_a_checkpoint_held_outside():
    held = [
        orjson.loads(line)["checkpoint"]
        for line in exported_log(40, every=10)
        if b"checkpoint" in line[:14]
    ]
    anew = exported_log(40, every=7, altered=12)

    assert not is_found(anew)
    fault = checked(anew, held).fault
    assert fault is not None
    assert (fault.first, fault.last) == (11, 20)


def test_p06_random_alterations_of_ten_thousand_entries_are_found(
    record_property: Callable[[str, object], None],
):
    random = Random(SEED)
    record_property("seed", SEED)
    lines = exported_log(10_000, every=1_000)
    for _each in range(20):
        place = random.randrange(len(lines))
        altered = bytearray(lines[place])
        altered[random.randrange(len(altered) - 1)] ^= 1 << random.randrange(8)
        assert is_found([*lines[:place], bytes(altered), *lines[place + 1 :]]), SEED


def test_a_whole_file_is_found_whole():
    verdict = checked(exported_log(25, every=10))

    assert verdict == Verdict(25, 3, 25, 0, (), None)


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"\n",
        b"{}\n",
        b"[]\n",
        b"null\n",
        b"\xff\xfe\n",
        b"[" * 100_000 + b"\n",
        b'{"checkpoint":1}\n',
        b'{"checkpoint":"x","checkpoint":"y"}\n',
        b'{"checkpoint":"x"}',
        b'{"checkpoint": "x"}\n',
        b'{"leaf":"","entry":null}\n',
        b'{"leaf":"' + b"A" * 44 + b'","entry":null}\n',
        b'{"leaf":"' + b"A" * 43 + b'=","entry":[]}\n',
        b'{"leaf":"' + b"A" * 43 + b'=","entry":{}}\n',
        b'{"leaf":"' + b"A" * 43 + b'=","entry":{"sequence":1}}\n',
        b'{"leaf":"' + b"A" * 43 + b'=","entry":{"sequence":1,"recorded_at":5,"action":""}}\n',
        b'{"leaf":"' + b"A" * 43 + b'=","entry":{"sequence":1,"recorded_at":"x","action":""}}\n',
        b'{"leaf":"' + b"\xff" * 44 + b'","entry":null}\n',
        b'{"leaf":"' + b"A" * 43 + b'=","entry":null,"more":1}\n',
    ],
)
def test_a_line_of_any_other_form_is_a_fault_where_it_stands(line: bytes):
    fault = checked([line]).fault

    assert fault is not None
    assert fault.first == 1


def test_an_empty_file_is_no_log():
    assert is_found([])


def test_a_file_without_its_last_checkpoint_is_no_whole_log():
    fault = checked(exported_log(5)[:-1]).fault

    assert fault is not None
    assert (fault.first, fault.why) == (6, "the file does not end in a checkpoint")


def test_a_checkpoint_of_another_key_proves_nothing():
    lines = exported_log(5, key=OTHER_KEY)

    fault = checked(lines).fault
    assert fault is not None
    assert (fault.first, fault.last) == (1, 5)
    with pytest.raises(NoteError):
        checked(exported_log(5), [orjson.loads(lines[-1])["checkpoint"]])


def test_a_clock_that_went_back_is_told_and_no_fault():
    lines = exported_log(30, minutes=lambda number: -number if 10 < number <= 25 else 0)

    verdict = checked(lines)

    assert verdict.fault is None
    assert verdict.clock_went_back == tuple(range(11, 21))


def test_a_clock_that_went_back_by_seconds_is_not_told():
    assert checked(exported_log(3, minutes=lambda number: -number / 12)).clock_went_back == ()


def test_after_the_first_fault_nothing_more_is_looked_at():
    following = Following(KEYS)
    following.unreadable(1, "first")
    following.unreadable(2, "second")
    following.checkpoint("no checkpoint")
    following.node(1, 0, b"")

    assert following.end().fault is not None
    assert following.end().fault.why == "first"  # type: ignore[union-attr]
