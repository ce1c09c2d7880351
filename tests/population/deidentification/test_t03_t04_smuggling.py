"""T3, T4: NHS numbers where codes stand, and free text where anything is kept, come out nowhere."""

from itertools import islice
from random import Random

import pytest

from adapters.simulators.invention import nhs_numbers
from gateway.population.allow_list import Kept, Kind
from gateway.population.canaries import Canary, Identifier, traces_of
from gateway.population.deidentify import deidentify
from gateway.population.elements import Coding
from tests.population.deidentification.grounds import (
    ALLOW_LISTS,
    GROUND,
    about,
    concept,
    left_of,
    ndjson,
)
from tests.population.deidentification.whole import whole

CODED = {Kind.CODE, Kind.CODING, Kind.CONCEPT}
NUMBERS = [number.digits for number in islice(nhs_numbers(7), 50)]
PLACES = [
    (one.resource_type, kept) for one in ALLOW_LISTS for kept in one.kept if kept.kind in CODED
]
TEXTS = [
    (one.resource_type, kept.path)
    for one in ALLOW_LISTS
    for kept in one.inside("")
    if kept.path not in {"id", "subject", "patient"}
]
STORY = "Jane Zqxjkvyl of 1 High Street, seen with her mother"
TOLD = Canary({Identifier.FREE_TEXT: STORY, Identifier.NAME: "Zqxjkvyl"})


def with_code(resource_type: str, kept: Kept, number: str) -> dict[str, object]:
    """Put a number where a code stands, with the system that the place has."""
    resource = whole(resource_type)
    *groups, name = kept.path.split(".")
    holder = resource
    for group in groups:
        inner = holder[group]
        holder = inner[0] if isinstance(inner, list) else inner
    holder[name] = _numbered(holder[name], number)
    return resource


def _numbered(value: object, number: str) -> object:
    match value:
        case list():
            return [_numbered(one, number) for one in value]
        case {"coding": [coding]}:
            return {"coding": [{**coding, "code": number}]}
        case dict():
            return {**value, "code": number}
        case _:
            return number


@pytest.mark.parametrize(("resource_type", "kept"), PLACES, ids=lambda one: getattr(one, "path", one))  # fmt: skip
def test_t03_nhs_numbers_smuggled_as_codes_are_rejected(resource_type, kept):
    lines = ndjson(*(with_code(resource_type, kept, number) for number in NUMBERS))

    done = deidentify(lines, GROUND)

    assert done.report.kept == {resource_type: len(NUMBERS)}
    assert [number for number in NUMBERS if number.encode() in done.ndjson] == []
    rejected = [path for path in done.report.left_out if path.endswith("(code not listed)")]
    assert [done.report.left_out[path] for path in rejected] == [len(NUMBERS)]


def test_t03_a_check_of_a_codes_shape_would_let_them_through(monkeypatch):
    def by_shape(self, members):
        code = bytes(members["code"])
        return {"code": code} if 8 <= len(code) <= 20 else {}

    monkeypatch.setattr(Coding, "kept_of", by_shape)

    assert NUMBERS[0] in str(left_of(about("Condition", code=concept(NUMBERS[0]))))


@pytest.mark.parametrize("where", ["text", "display", "code", "system", "version", "unit", "end"])
@pytest.mark.parametrize(("resource_type", "name"), TEXTS)
def test_t04_free_text_in_what_is_kept_comes_out_nowhere(resource_type, name, where):
    resource = whole(resource_type)
    told = _telling(resource[name], where)

    done = deidentify(ndjson({**resource, name: told}, {**resource, name: STORY}), GROUND)

    assert traces_of(TOLD, done.ndjson + str(done.report).encode()) == frozenset()


def _telling(value: object, where: str) -> object:
    match value:
        case list():
            return [_telling(one, where) for one in value]
        case dict():
            return {where: STORY} | {name: _telling(one, where) for name, one in value.items()}
        case _:
            return value


def test_t04_wordings_are_the_lists_and_not_the_sources():
    random = Random(4)
    texts = ["".join(random.choices("abcdefgh ", k=30)) for _ in range(50)]
    lines = ndjson(*(about("Condition", code=concept("38341003", display=each)) for each in texts))

    done = deidentify(lines, GROUND)

    assert done.ndjson.count(b'"display":"Hypertension"') == 50
    assert [each for each in texts if each.encode() in done.ndjson] == []


def test_t04_a_source_that_is_believed_in_its_wording_is_found_out(monkeypatch):
    def believing(_self, members):
        return {name: bytes(members[name]) for name in ("code", "display") if name in members}

    monkeypatch.setattr(Coding, "kept_of", believing)
    told = about("Condition", code=concept("38341003", display=STORY))

    assert traces_of(TOLD, str(left_of(told)).encode()) != frozenset()
