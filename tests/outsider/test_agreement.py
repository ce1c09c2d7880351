"""A verifier by somebody who has seen only docs/audit-format.md finds what ours finds, and where (done on logs of ours).

SCR_PROVE_COUNT sets how many logs are tampered with, SCR_PROVE_SEED repeats a run. The verifier is kept as it was written.
"""

import os
import time
from collections.abc import Callable, Sequence
from random import Random

import orjson
import pytest

from gateway.audit.verify import verify_export
from gateway.store.engine import Store
from tests.audit.signed_log import KEY, KEYS, Times, begin, export, keeper_of, sign, write_pairs
from tests.audit.test_proving import document_of
from tests.audit.written_logs import DAY, exported_log, purged_log, written_at
from tests.outsider import verifier

COUNT = int(os.environ.get("SCR_PROVE_COUNT", "60"))  # noqa: TID251 - a switch of the test run
SEED = int(os.environ.get("SCR_PROVE_SEED", time.time_ns() % 10**6))  # noqa: TID251 - as above
VERIFIER_KEY = KEY.verifier().text()
ENTRIES = 60
OLD = written_at(-9 * 365 * DAY)

Lines = list[bytes]


def both(lines: Sequence[bytes], held: Sequence[str] = ()) -> tuple[int | None, int | None]:
    """Give the first broken position as we and as they see it."""
    fault = verify_export(lines, KEYS, held).fault
    theirs = verifier.verify_export(lines, VERIFIER_KEY, held)
    assert theirs.is_whole == (theirs.first_broken is None)
    return (None if fault is None else fault.first), theirs.first_broken


def flip(lines: Lines, random: Random) -> Lines:
    place = random.randrange(len(lines))
    altered = bytearray(lines[place])
    altered[random.randrange(len(altered) - 1)] ^= 1 << random.randrange(8)
    # A flip into a line feed makes two lines of one.
    return [*lines[:place], *bytes(altered).splitlines(keepends=True), *lines[place + 1 :]]


def delete(lines: Lines, random: Random) -> Lines:
    place = _an_entry(lines, random)
    return lines[:place] + lines[place + 1 :]


def swap(lines: Lines, random: Random) -> Lines:
    one, other = _an_entry(lines, random), _an_entry(lines, random)
    swapped = [*lines]
    swapped[one], swapped[other] = lines[other], lines[one]
    return swapped


def double(lines: Lines, random: Random) -> Lines:
    place = _an_entry(lines, random)
    return lines[: place + 1] + lines[place:]


def insert(lines: Lines, random: Random) -> Lines:
    place = _an_entry(lines, random)
    strange = exported_log(ENTRIES, altered=random.randint(1, ENTRIES))[random.randrange(ENTRIES)]
    return [*lines[:place], strange, *lines[place:]]


def cut(lines: Lines, random: Random) -> Lines:
    return lines[: random.randrange(1, len(lines))]


def write_anew(_lines: Lines, random: Random) -> Lines:
    return exported_log(ENTRIES, every=random.randint(5, 30), altered=random.randint(1, ENTRIES))


def purge(_lines: Lines, random: Random) -> Lines:
    last = random.randint(1, 29)
    through = random.choice([each for each in range(1, 30) if each != last])
    return purged_log(ENTRIES, range(1, last + 1), 40, through)


def purge_what_is_above(_lines: Lines, random: Random) -> Lines:
    last = random.randint(2, 29)
    gone = random.sample(range(1, last), random.randint(0, last - 1))
    return purged_log(ENTRIES, [*gone, last], random.randint(31, 60), random.randint(0, last - 1))


def purge_ahead(_lines: Lines, random: Random) -> Lines:
    at = random.randint(31, 50)
    gone = random.sample(range(at + 1, ENTRIES), random.randint(1, ENTRIES - at - 1))
    return purged_log(ENTRIES, gone, at, random.randint(at + 1, 99))


def purge_without_saying_through(_lines: Lines, random: Random) -> Lines:
    told = {"through": random.choice(["8", 8.5, True, -1, None]), "recorded_before": OLD}
    return exported_log(ENTRIES, purges={random.randint(1, ENTRIES): told})


def write_otherwise(_lines: Lines, random: Random) -> Lines:
    otherwise: Callable[[bytes], bytes] = random.choice(
        [
            lambda line: line[:-1] + b" }",
            lambda line: line.replace(b'":', b'": ', random.randint(1, 9)),
            lambda line: line[:-1] + b',"x":{}}',
            lambda line: line[:-1],
            lambda _line: b"not json",
            lambda line: line.replace(b'{"action"', b'{"action":"asked","action"'),
        ]
    )
    return exported_log(ENTRIES, written={random.randint(1, ENTRIES): otherwise})


TAMPERINGS = (
    flip,
    delete,
    swap,
    double,
    insert,
    cut,
    write_anew,
    purge,
    purge_what_is_above,
    purge_ahead,
    purge_without_saying_through,
    write_otherwise,
)


def _an_entry(lines: Lines, random: Random) -> int:
    return random.choice([at for at, line in enumerate(lines) if line.startswith(b'{"leaf"')])


def test_outsider_both_find_the_same_in_logs_that_were_tampered_with(
    record_property: Callable[[str, object], None],
):
    record_property("seed", SEED)
    found = 0
    for number in range(COUNT):
        random = Random(f"{SEED}|{number}")
        whole = exported_log(ENTRIES, every=random.randint(7, 30))
        held = [orjson.loads(line)["checkpoint"] for line in whole if b'{"checkpoint' in line[:13]]
        tampering = TAMPERINGS[number % len(TAMPERINGS)]
        ours, theirs = both(tampering(whole, random), held if random.random() < 0.7 else [])
        assert ours == theirs, (SEED, number, tampering.__name__)
        found += ours is not None
    record_property("found by both", found)
    assert found > COUNT / 2


@pytest.mark.parametrize("entries", [1, 255, 256, 257, 10_000])
def test_both_find_a_whole_log_whole(entries: int):
    assert both(exported_log(entries, every=1_000)) == (None, None)
    assert verifier.verify_export(exported_log(entries), VERIFIER_KEY).entries == entries


async def test_both_agree_on_a_log_of_the_database_and_on_each_of_its_proofs(store: Store):
    clock = Times()
    await begin(store)
    for first in (1, 40):
        await write_pairs(store, first, 30)
        await sign(keeper_of(store, clock), clock)

    assert both(export(store)) == (None, None)
    for sequence in range(1, 122, 7):
        document = await document_of(store, sequence)
        assert verifier.verify_entry(document, VERIFIER_KEY).is_whole
        altered = {**document, "entry": document["entry"].replace('"u1"', '"u2"')}
        assert not verifier.verify_entry(altered, VERIFIER_KEY).is_whole or '"u1"' not in str(
            document
        )
