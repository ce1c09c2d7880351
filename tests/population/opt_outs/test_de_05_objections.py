"""DE-05: a file of objections is names of the store to the last line, or nothing is released."""

import traceback

import pytest

from gateway.errors import UnavailableError
from gateway.population.objections import (
    NamedByAnotherKeyError,
    keep_objections,
    objected_in,
)
from gateway.population.opt_out_list import keep_list
from gateway.population.opt_outs import CheckList, OptOutRule
from gateway.population.release_order import SourceKind, StoreSource
from gateway.population.releases.leaving_out import ListedPeople
from gateway.population.releases.plan import ReleasePlan
from tests.population.opt_outs.conftest import subject
from tests.population.opt_outs.test_opt_outs import NOW, WEEK
from tests.population.releases.small_store import PEOPLE, fill, unmarked

HEAD = b"names under store key \n"
NOT_NAMES = {
    "a number": b"9434765919",
    "a grouped number": b"943 476 5919",
    "capitals": PEOPLE[0].upper().encode(),
    "a space after it": PEOPLE[0].encode() + b" ",
    "one letter fewer": PEOPLE[0][1:].encode(),
    "another spelling of the same": b"a" * 25 + b"b",
    "two on a line": f"{PEOPLE[0]},{PEOPLE[1]}".encode(),
    "an empty line": b"",
    "a mark of its encoding": b"\xef\xbb\xbf" + PEOPLE[0].encode(),
    "no letters": b"\xe9\x00\xff",
}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "objections.txt"


@pytest.mark.parametrize("line", NOT_NAMES.values(), ids=NOT_NAMES.keys())
async def test_de_05_a_line_that_is_no_name_stops_every_release(tmp_path, path, line):
    fill(tmp_path / "store")
    keep_list(tmp_path / "list", CheckList("run", NOW, NOW + WEEK, frozenset(PEOPLE)))
    path.write_bytes(HEAD + b"\n".join([PEOPLE[1].encode(), line, PEOPLE[2].encode(), b""]))
    people = ListedPeople(
        tmp_path / "store", tmp_path / "list", unmarked, lambda mark: objected_in(path, mark)
    )

    with pytest.raises(UnavailableError, match="line 3 "):
        await people.left_out(OptOutRule(), ReleasePlan(NOW.date(), ()), NOW)


@pytest.mark.parametrize("line", [each for each in NOT_NAMES.values() if each])
def test_de_05_a_refused_line_is_told_by_its_place_and_never_by_what_it_says(path, line):
    path.write_bytes(HEAD + line + b"\n")

    with pytest.raises(UnavailableError) as refused:
        objected_in(path, "")

    told = "".join(traceback.format_exception(refused.value)) + repr(refused.value.__cause__)
    assert "line 2 " in told
    assert line.decode("latin-1") not in told


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_de_05_who_is_named_objected_whatever_ends_the_line(path, numbers, end):
    names = [subject(each) for each in numbers]
    path.write_text((end or "\n").join([HEAD.decode().strip("\n"), *names]) + end, newline="")

    assert objected_in(path, "") == frozenset(names)


@pytest.mark.parametrize("mark", ["", "mark"])
def test_who_is_kept_is_read_again_and_is_for_the_services_own_user_alone(path, numbers, mark):
    names = frozenset(map(subject, numbers))
    keep_objections(path, names, mark)

    assert objected_in(path, mark) == names
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("content", [b"", b"\n", PEOPLE[0].encode(), HEAD, HEAD[:-3] + b"\n"])
async def test_t23_names_of_another_key_stop_every_release(tmp_path, path, content):
    path.write_bytes(content)

    with pytest.raises(NamedByAnotherKeyError, match="scr optout object --anew"):
        objected_in(path, "another")


@pytest.mark.parametrize("pull", [1, 2])
@pytest.mark.parametrize("source", ["hospital", "gp"])
async def test_t23_people_that_another_key_named_stop_every_release(tmp_path, source, pull):
    store = tmp_path / "store"
    fill(store, pull=1, key_mark="now")
    fill(store, pull=2, key_mark="now")
    fill(store, pull=pull, key_mark="before", source=source)
    keep_list(tmp_path / "list", CheckList("run", NOW, NOW + WEEK, frozenset(PEOPLE)))
    people = ListedPeople(store, tmp_path / "list", now_marked, lambda _mark: frozenset())
    plan = ReleasePlan(NOW.date(), (StoreSource("hospital", SourceKind.HOSPITAL, 1),))

    with pytest.raises(NamedByAnotherKeyError, match=f"People of {source} "):
        await people.left_out(OptOutRule(), plan, NOW)


async def now_marked() -> str:
    return "now"


def test_without_a_file_nobody_objected_and_one_that_is_missing_is_a_fault(path):
    assert objected_in(None, "") == frozenset()
    with pytest.raises(FileNotFoundError):
        objected_in(path, "")
