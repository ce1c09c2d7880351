"""Whoever checks a proof is told in one sentence what is wrong with it, to the letter."""

from base64 import b64encode
from collections.abc import Callable
from typing import Any

import orjson
import pytest

from gateway.audit.consistency import verify_growth
from gateway.audit.entry_form import read_count, read_entry, read_instant
from gateway.audit.merkle import Frontier, consistency_proof, inclusion_proof
from gateway.audit.notes import (
    NOTE_CHARACTERS_AT_MOST,
    KeyType,
    VerifierKey,
    cosigned_text,
    is_witnessed,
    open_checkpoint,
    read_verifier_key,
    signature_line,
)
from gateway.audit.proofs import Proof, read_proof, written
from gateway.audit.tree import Tree
from gateway.audit.verify import verify_entry
from tests.audit.signed_log import KEY, KEYS, OTHER_KEY
from tests.audit.written_logs import exported_log

ROOT = b"r" * 32
NOTE = KEY.sign(7, ROOT)
WITNESS = VerifierKey("witness.test", KeyType.WITNESS, KEY.verifier().public)
TEXT_KEY = KEY.verifier().text()
PROOF = written(Proof(0, (), NOTE))
LINE, SIGNED = exported_log(1)
ENTRY = LINE.partition(b'"entry":')[2][:-2]
HELD = orjson.loads(SIGNED)["checkpoint"]
GROWN: dict[str, Any] = {"old": 1, "hashes": [], "checkpoint": HELD}

ENCODED = b64encode(ROOT).decode()
SECOND = ENTRY.replace(b'"sequence":1', b'"sequence":2')
SHORT = PROOF.replace("index 0\n", "index 0\nAAAA\n")
COSIGNED = signature_line(WITNESS, b"x" * 72)

NO_NOTE = "This is no signed note."
NOT_SIGNED = "The checkpoint is not signed by the log's key."
WRONG_WITNESS = "The witness's signature on the checkpoint is not right."
NO_KEY = "A verifier key is name+id+key."
LINE_FORM = "A signature's line is a dash, a name, and a key id with a signature."
OTHER_HELD = "The proof is of another checkpoint than the one that is held."
MEMBERS = "an entry has its seven members in their order"
SHORTEST = "an entry is written in the shortest form, with whole numbers"
TWICE = "an entry's members say what its body says"
COUNT = "a number is whole, and not below 0"
NO_DAY = "an instant is of a day and an hour that there are"


def opened(note: str, *keys: VerifierKey) -> Callable[[], object]:
    return lambda: open_checkpoint(note, keys or KEYS)


def key_read(text: str) -> Callable[[], object]:
    return lambda: read_verifier_key(text)


def of_kind(kind: int) -> str:
    return "x+00000000+" + b64encode(bytes([kind]) + ROOT).decode()


def entry(old: str, new: str) -> Callable[[], object]:
    return lambda: read_entry(ENTRY.replace(old.encode(), new.encode(), 1))


def proven(line: bytes) -> Callable[[], object]:
    """Hand out a proof of this line as that of entry 1."""
    shown, note = exported_log(1, written={1: lambda _line: line})
    entry, checkpoint = shown.partition(b'"entry":')[2][:-2], orjson.loads(note)["checkpoint"]
    document = {"entry": entry.decode(), "proof": written(Proof(0, (), checkpoint))}
    return lambda: verify_entry(document, KEYS)


def altered(line: bytes) -> Callable[[], object]:
    document = {"entry": line.decode(), "proof": written(Proof(0, (), HELD))}
    return lambda: verify_entry(document, KEYS)


def grown(held: str = HELD, **changes: object) -> Callable[[], object]:
    return lambda: verify_growth({**GROWN, **changes}, held, KEYS)


def tree_of(_level: int, _position: int) -> list[bytes]:
    return [ROOT]


def node(_level: int, _position: int) -> bytes:
    return ROOT


SAID: dict[str, tuple[Callable[[], object], str]] = {
    "no signed note": (opened("x"), NO_NOTE),
    "no last line feed": (opened(NOTE[:-1]), NO_NOTE),
    "a long note": (opened(NOTE + "x" * NOTE_CHARACTERS_AT_MOST + "\n"), NO_NOTE),
    "no size": (opened(NOTE.replace("\n7\n", "\nx\n")), "This is no checkpoint."),
    "a short root": (opened(NOTE.replace(ENCODED, "AAAA")), "The checkpoint has no root."),
    "no base64": (opened(NOTE.replace(ENCODED, "?")), "This is no base64."),
    "other letters": (opened(NOTE.replace(ENCODED, "é")), "This is no base64."),
    "other base64": (opened(NOTE + "— x AB==\n"), "This is no canonical base64."),
    "no dash": (opened(NOTE + "- x AAAAAAA=\n"), LINE_FORM),
    "a key id alone": (opened(NOTE + "— x AAAAAA==\n"), LINE_FORM),
    "a stranger's": (opened(NOTE, OTHER_KEY.verifier()), NOT_SIGNED),
    "a wrong witness": (opened(NOTE + COSIGNED, *KEYS, WITNESS), WRONG_WITNESS),
    "no key": (key_read("x+00000000+AAAA"), NO_KEY),
    "a key of no name": (key_read("+" + TEXT_KEY.partition("+")[2]), NO_KEY),
    "a key of kind 2": (key_read(of_kind(2)), "The verifier key is of a kind that is not known."),
    "another's id": (key_read(of_kind(1)), "The verifier key's id is not its own."),
    "no proof": (lambda: read_proof("x"), "This is no proof of an entry."),
    "a short hash": (lambda: read_proof(SHORT), "A proof's hash has 32 bytes."),
    "an altered entry": (altered(b"x"), "The proof does not show that the entry is in the log."),
    "another number": (proven(SECOND), "The proof is of another entry."),
    "no entry": (proven(b"{}"), f"The entry is not of the form: {MEMBERS}."),
    "a growth of more": (grown(further=1), "This is no proof that a log grew."),
    "a growth from text": (grown(old="1"), "This is no proof that a log grew."),
    "a growth's short hash": (grown(hashes=["AAAA"]), "A proof's hash has 32 bytes."),
    "a growth's number": (grown(hashes=[1]), "A proof's hash has 32 bytes."),
    "another held": (grown(NOTE), OTHER_HELD),
    "a log written anew": (
        grown(KEY.sign(1, ROOT)),
        "The proof does not show that the log only grew.",
    ),
    "no JSON": (lambda: read_entry(b"x"), "an entry is JSON"),
    "a list": (lambda: read_entry(b"[]"), MEMBERS),
    "a space": (entry(":1,", ": 1,"), SHORTEST),
    "a fraction": (entry(":1,", ":1.5,"), SHORTEST),
    "another action": (entry('"asked"', '"told"'), TWICE),
    "a text for a body": (entry('"body":{', '"body":"x","x":{'), MEMBERS),
    "no whole number": (lambda: read_count("1"), COUNT),
    "a number below 0": (lambda: read_count(-1), COUNT),
    "no instant": (lambda: read_instant(5), "an instant is written in UTC, to the microsecond"),
    "a day that is not": (lambda: read_instant("2026-02-30T00:00:00Z"), NO_DAY),
    "no such entry": (lambda: inclusion_proof(node, 5, 5), "no entry 5 in a tree of 5"),
    "no growth": (lambda: consistency_proof(node, 6, 5), "a tree of 6 cannot have grown to 5"),
    "no such node": (lambda: Tree(tree_of).root(2), "no node 0 of level 1 is kept"),
    "no tree": (lambda: Frontier(1), "a tree has one full subtree for each bit of its size"),
}


@pytest.mark.parametrize(("ask", "said"), SAID.values(), ids=SAID)
def test_what_is_wrong_is_said_to_the_letter(ask: Callable[[], object], said: str):
    with pytest.raises((ValueError, IndexError)) as told:
        ask()

    assert str(told.value) == said


def test_a_logs_own_key_is_no_witness_though_it_signs_as_one():
    text, at = NOTE.partition("\n\n")[0] + "\n", 1_764_403_200
    cosigned = at.to_bytes(8) + KEY._private().sign(cosigned_text(text, at).encode())

    assert not is_witnessed(NOTE + signature_line(KEY.verifier(), cosigned), KEY.verifier())
