"""Tamper with exported logs in the ways that a verifier must find, each time another."""

import re
from collections.abc import Callable
from random import Random

import orjson

from gateway.audit.notes import SigningKey, open_checkpoint
from tests.audit.signed_log import KEY, KEYS
from tests.audit.written_logs import DAY, exported_log, old_until, purged_log, written_at

ENTRIES = 60
OLD = written_at(-9 * 365 * DAY)
NEW = SigningKey(f"{KEY.origin}/2", KEY.seed)

Lines = list[bytes]

VALUES = (
    *(
        r'"\/"',
        r'"\u00e9"',
        '"\u00e9"',
        r'"\u001f"',
        r'"\u001F"',
        r'"\u0008"',
        r'"\b"',
        r'"\ud83d"',
    ),
    *("1.0", "0.5", "1e3", "-0", "01", "-1", "true", "null", "[1, 2]", '{"a":1,"a":1}'),
    *("9" * 19, "9" * 20, "-" + "9" * 19, str(-(2**63)), str(-(2**63) - 1)),
    *("[" * 98 + "]" * 98, "[" * 99 + "]" * 99),
)
WRONG_INSTANTS = (
    *(None, 5, "", "2017-01-01", "2017-01-01T00:00:00+00:00", "2017-02-29T00:00:00Z"),
    *("2017-01-01T00:00:00.000000Z", "2017-01-01T00:00:00.5Z", "2016-12-31T23:59:60Z"),
    *("2017-01-01T24:00:00Z", "0000-01-01T00:00:00Z"),
)


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
    return purged_log(ENTRIES, range(1, last + 1), 40, random.randint(1, 30))


def purge_through_the_last(_lines: Lines, random: Random) -> Lines:
    last = random.randint(1, 29)
    return purged_log(ENTRIES, range(1, last + 1), 40, last + random.randint(-1, 1))


def purge_young_rows(_lines: Lines, random: Random) -> Lines:
    last, at = random.randint(1, 35), random.randint(41, ENTRIES)
    shown_young = {"minutes": lambda number: 0 if number == last // 2 else old_until(30)(number)}
    later = {"minutes": lambda number: 20 * 365 * DAY if number == at else old_until(9)(number)}
    return purged_log(
        ENTRIES, range(last // 2 + 1, last + 1), at, 40, **random.choice([{}, shown_young, later])
    )


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


def purge_without_saying_when(_lines: Lines, random: Random) -> Lines:
    told = {"through": 8, "recorded_before": random.choice(WRONG_INSTANTS)}
    told = random.choice([told, {"through": 8}])
    return purged_log(ENTRIES, range(1, random.randint(1, 7)), 40, 8, purges={40: told})


def write_values(_lines: Lines, random: Random) -> Lines:
    value = random.choice(VALUES).encode()
    return _with(random, lambda line: line.replace(b'"body":{', b'"body":{"a":%b,' % value))


def write_instants(_lines: Lines, random: Random) -> Lines:
    at = orjson.dumps(random.choice([*WRONG_INSTANTS, "0001-01-01T00:00:00Z"]))
    return _with(random, lambda line: re.sub(rb'(_at":)"[^"]*"', lambda key: key[1] + at, line))


def set_columns_against_the_body(_lines: Lines, random: Random) -> Lines:
    column = random.choice(["action", "decision_id", "patient", "user_id"]).encode()
    value = random.choice([b"null", b'"x"', b'"u1"', b"5", b"[]"])
    told = re.compile(rb'"%b":"[^"]*"' % column)
    return _with(random, lambda line: told.sub(b'"%b":%b' % (column, value), line, 1))


def say_who(_lines: Lines, random: Random) -> Lines:
    who = random.choice([b"null", b'"u1"', b"[]", b"{}", b'{"user_id":"u1"}', b'{"user_id":null}'])
    return _with(random, lambda line: line.replace(b'"body":{', b'"body":{"who":%b,' % who))


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
    purge_through_the_last,
    purge_young_rows,
    purge_without_saying_when,
    write_values,
    write_instants,
    set_columns_against_the_body,
    say_who,
)


def _with(random: Random, otherwise: Callable[[bytes], bytes]) -> Lines:
    return exported_log(ENTRIES, written={random.randint(1, ENTRIES): otherwise})


def _an_entry(lines: Lines, random: Random) -> int:
    return random.choice([at for at, line in enumerate(lines) if line.startswith(b'{"leaf"')])


def resigned(lines: Lines, key_of: Callable[[int], SigningKey]) -> Lines:
    """Sign each checkpoint with the key for its size."""
    signed = []
    for line in lines:
        if line.startswith(b'{"checkpoint"'):
            checkpoint = open_checkpoint(orjson.loads(line)["checkpoint"], KEYS)
            note = key_of(checkpoint.size).sign(checkpoint.size, checkpoint.root)
            line = orjson.dumps({"checkpoint": note}) + b"\n"
        signed.append(line)
    return signed


TOLD_OTHERWISE = (
    *({"first_lost": said} for said in (1, 30, "20", True, -1)),
    *({"former_size": said} for said in (20, 59, 99, None, 60.0)),
    *({"origin": said} for said in ("x", KEY.origin, None)),
    *({"former_origin": said} for said in ("x", NEW.origin, 5)),
    *({"former_root": said} for said in (None, "x")),
    *({} for _ in range(5)),
)


def begun_anew(random: Random) -> Lines:
    """Write a log that lost its entries from 20 on, and says so in one of those that come then, or in two."""
    said = {"origin": NEW.origin, "former_origin": KEY.origin, "former_size": 60, "first_lost": 20}
    told = {at: said | random.choice(TOLD_OTHERWISE) for at in random.sample(range(20, 41), 2)}
    telling = random.sample([*told], random.randint(1, 2))
    written = {at: lambda line, at=at: _telling(line, told[at]) for at in telling}
    lines = exported_log(ENTRIES, every=7, altered=20, written=written)
    return resigned(lines, lambda size: KEY if size < random.choice([20, 20, 40]) else NEW)


def _telling(line: bytes, said: dict[str, object]) -> bytes:
    line = line.replace(b'"asked"', b'"log-begun-anew"')
    return line[:-2] + b"," + orjson.dumps(said)[1:] + b"}"
