"""An entry has one form; every other is a fault, even with the leaf hash of what stands there."""

from collections.abc import Callable

import orjson
import pytest

from gateway.audit.entry_form import EntryFormError, read_entry
from gateway.audit.notes import NoteError
from gateway.audit.proofs import Proof, written
from gateway.audit.verify import verify_entry, verify_export
from tests.audit.signed_log import KEYS
from tests.audit.written_logs import exported_log

ID = "00000000-0000-0000-0000-000000000001"
BODY = f'{{"action":"asked","decision_id":"{ID}","patient":null,"user_id":"u1"}}'
LINE = (
    f'{{"sequence":1,"recorded_at":"2026-03-02T09:30:00Z","action":"asked","decision_id":"{ID}",'
    f'"patient":null,"user_id":"u1","body":{BODY}}}'
)


def instead(old: str, new: str) -> str:
    assert old in LINE
    return LINE.replace(old, new)


def within(member: str) -> str:
    return LINE.replace('"body":{', f'"body":{{{member},')


FORMS = {
    "no JSON": "not json",
    "no object": f"[{LINE}]",
    "a member more": LINE.replace(BODY, BODY + ',"x":{}'),
    "a member twice": within('"action":"asked"'),
    "a member twice inside": within('"x":{"y":1,"y":1}'),
    "another order": instead('"patient":null,"user_id":"u1","body"', '"user_id":"u1","patient":null,"body"'),
    "a space": instead('"sequence":1', '"sequence": 1'),
    "a space in the body": within('"x": 1'),
    "a line break": LINE + "\n",
    "a letter escaped": within('"x":"\\u0041"'),
    "a slash escaped": within('"x":"\\/"'),
    "an upper-case escape": within('"x":"\\u001F"'),
    "half a character": within('"x":"\\ud800"'),
    "a fraction": within('"x":1.0'),
    "an exponent": within('"x":[1e3]'),
    "minus nothing": within('"x":-0'),
    "twenty digits": within('"x":10000000000000000000'),
    "not a number": within('"x":NaN'),
    "a hundred levels": within('"x":' + "[" * 99 + "]" * 99),
    "no sequence": instead('"sequence":1', '"sequence":"1"'),
    "a sequence that is true": instead('"sequence":1', '"sequence":true'),
    "another action": LINE.replace('"asked"', '"told"', 1),
    "another user than in the body": instead('null,"user_id":"u1","body"', 'null,"user_id":"u2","body"'),
    "another patient": instead('"patient":null,"user_id":"u1","body"', '"patient":"p","user_id":"u1","body"'),
    "another decision": LINE.replace(ID, ID.replace("1", "2"), 1),
    "a user that is a number": LINE.replace('"u1"', "1"),
    "an action that is none": LINE.replace('"asked"', "null"),
    "a body that is a list": LINE.replace(BODY, "[]"),
    "who is no object": within('"who":"u1"'),
    "who is somebody else": within('"who":{"user_id":"u2"}'),
    "no time": instead('"2026-03-02T09:30:00Z"', "null"),
    "a time elsewhere": instead("09:30:00Z", "09:30:00+00:00"),
    "a fraction of nothing": instead("09:30:00Z", "09:30:00.000000Z"),
    "a day that is not": instead("2026-03-02", "2026-02-30"),
}  # fmt: skip


@pytest.mark.parametrize("line", FORMS.values(), ids=FORMS)
def test_an_entry_of_any_other_form_is_none(line: str):
    with pytest.raises(EntryFormError):
        read_entry(line.encode())


@pytest.mark.parametrize("levels", [1, 98])
@pytest.mark.parametrize("text", ["é\u2028\x7f", '"\\\b\t\n\f\r\x01', ""])
def test_an_entry_of_the_form_is_read(levels: int, text: str):
    value = "[" * levels + orjson.dumps(text).decode() + "]" * levels
    read = read_entry(within(f'"x":{value},"y":9999999999999999999,"z":-1').encode())

    assert (read.sequence, read.action, read.body["user_id"]) == (1, "asked", "u1")
    assert read.recorded_at.isoformat() == "2026-03-02T09:30:00+00:00"


HASHED = {
    "a space": lambda line: line[:-1] + b" }",
    "a member more": lambda line: line[:-1] + b',"x":{}}',
    "no JSON": lambda line: b"not json" + line,
    "another user than in the body": lambda line: line.replace(b'"u1"', b'"u2"', 1),
    "the next entry": lambda line: line.replace(b'"sequence":4', b'"sequence":5'),
}


@pytest.mark.parametrize("otherwise", HASHED.values(), ids=HASHED)
def test_a_line_that_was_hashed_in_another_form_is_a_fault(otherwise: Callable[[bytes], bytes]):
    fault = verify_export(exported_log(9, written={4: otherwise}), KEYS).fault

    assert fault is not None
    assert (fault.first, fault.last) == (4, 4)


def test_an_entry_of_another_form_is_not_proven():
    line, note = exported_log(1, written={1: HASHED["another user than in the body"]})
    entry = line.partition(b'"entry":')[2][:-2].decode()
    proof = written(Proof(0, (), orjson.loads(note)["checkpoint"]))

    with pytest.raises(NoteError, match="not of the form"):
        verify_entry({"entry": entry, "proof": proof}, KEYS)
