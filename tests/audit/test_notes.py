"""Checkpoints and keys in the forms that outsiders read; what is not of that form is refused."""

from base64 import b64encode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gateway.audit.merkle import EMPTY_ROOT
from gateway.audit.notes import (
    Checkpoint,
    KeyType,
    NoteError,
    SigningKey,
    VerifierKey,
    cosigned_text,
    is_witnessed,
    open_checkpoint,
    read_verifier_key,
    signature_line,
)
from tests.audit.signed_log import KEY, KEYS, ORIGIN, OTHER_KEY

ROOT = b"r" * 32
NOTE = KEY.sign(7, ROOT)
WITNESS_KEY = Ed25519PrivateKey.from_private_bytes(b"w" * 32)
WITNESS = VerifierKey("witness.test", KeyType.WITNESS, WITNESS_KEY.public_key().public_bytes_raw())


def cosigned(note: str, at: int = 1_764_403_200, seconds_told: int | None = None) -> str:
    text = note.partition("\n\n")[0] + "\n"
    told = (at if seconds_told is None else seconds_told).to_bytes(8)
    return note + signature_line(WITNESS, told + WITNESS_KEY.sign(cosigned_text(text, at).encode()))


# The example of C2SP signed-note: its key, and what that key signed.
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"


def test_a_published_verifier_key_is_read_and_written_alike():
    key = read_verifier_key(PETER)

    assert (key.name, key.id().hex(), key.text()) == ("PeterNeumann", "c74f20a3", PETER)


def test_a_checkpoint_is_what_was_signed():
    assert open_checkpoint(NOTE, KEYS) == Checkpoint(ORIGIN, 7, ROOT)
    assert NOTE.startswith(f"{ORIGIN}\n7\n{b64encode(ROOT).decode()}\n\n— {ORIGIN} ")


def test_the_same_tree_has_the_same_signature():
    assert KEY.sign(7, ROOT) == NOTE != KEY.sign(8, ROOT)


def test_an_empty_log_can_be_signed():
    assert open_checkpoint(KEY.sign(0, EMPTY_ROOT), KEYS).size == 0


def test_signatures_of_strangers_are_ignored():
    strangers = signature_line(OTHER_KEY.verifier(), b"x" * 64) + signature_line(WITNESS, b"x")

    assert open_checkpoint(NOTE + strangers, KEYS).size == 7


@pytest.mark.parametrize(
    "line",
    ["—", "— ", "— x", "— x AAAAAA==", "—  AAAAAAA=", "— a+b AAAAAAA=", "— a\u00a0b AAAAAAA="],
)
def test_a_strangers_line_that_has_not_the_form_makes_it_no_note(line: str):
    with pytest.raises(NoteError):
        open_checkpoint(f"{NOTE}{line}\n", KEYS)


def test_a_later_key_reads_what_an_earlier_one_signed():
    assert open_checkpoint(NOTE, [OTHER_KEY.verifier(), *KEYS]).size == 7


@pytest.mark.parametrize(
    "keys",
    [
        [],
        [OTHER_KEY.verifier()],
        [WITNESS],
        [SigningKey("another.test/audit", KEY.seed).verifier()],
        [VerifierKey(ORIGIN, KeyType.WITNESS, KEY.verifier().public)],
    ],
)
def test_a_checkpoint_that_none_of_the_keys_signed_is_refused(keys: list[VerifierKey]):
    with pytest.raises(NoteError, match="not signed by the log's key"):
        open_checkpoint(NOTE, keys)


BODY = f"{ORIGIN}\n7\n{b64encode(ROOT).decode()}\n"
SIGNED = NOTE.partition("\n\n")[2]


@pytest.mark.parametrize(
    "note",
    [
        "",
        BODY,
        BODY + "\n",
        f"{BODY}\n{SIGNED[:-1]}",
        f"{BODY}\n- {SIGNED[2:]}",
        f"{BODY}\n{SIGNED}\n",
        f"{BODY}more\n\n{SIGNED}",
        f"\n7\n{b64encode(ROOT).decode()}\n\n{SIGNED}",
        NOTE.replace("\n7\n", "\n07\n"),
        NOTE.replace("\n7\n", "\n-7\n"),
        NOTE.replace("\n7\n", "\n7 \n"),
        NOTE.replace("\n7\n", "\n٧\n"),
        NOTE.replace("\n7\n", f"\n{'7' * 20}\n"),
        NOTE.replace(b64encode(ROOT).decode(), b64encode(ROOT[1:]).decode()),
        NOTE.replace(b64encode(ROOT).decode(), "?"),
        NOTE.replace(b64encode(ROOT).decode(), "é"),
        NOTE.replace(b64encode(ROOT).decode(), b64encode(ROOT).decode()[:-2] + "J="),
        NOTE + "— x y z\n" * 2_000,
        NOTE.replace("— ", "— —"),
        f"{NOTE}— name ?\n",
    ],
)
def test_what_is_no_checkpoint_is_refused(note: str):
    with pytest.raises(NoteError):
        open_checkpoint(note, KEYS)


def test_a_signature_of_another_text_is_refused():
    with pytest.raises(NoteError, match="not signed"):
        open_checkpoint(NOTE.replace("\n7\n", "\n8\n"), KEYS)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "name",
        "name+00",
        PETER.replace("c74f20a3", "c74f20a4"),
        PETER.replace("c74f20a3", "C74F20A3"),
        PETER.replace("PeterNeumann", ""),
        PETER.replace("PeterNeumann", "Peter Neumann"),
        PETER[:-4],
        "x+00000000+" + b64encode(b"\x02" + ROOT).decode(),
        PETER.replace("+ARpc", "+?Rpc"),
    ],
)
def test_what_is_no_verifier_key_is_refused(text: str):
    with pytest.raises(NoteError):
        read_verifier_key(text)


def test_a_witness_is_known_by_its_countersignature():
    assert is_witnessed(cosigned(NOTE), WITNESS)


@pytest.mark.parametrize(
    "note",
    [
        NOTE,
        cosigned(KEY.sign(8, ROOT)).replace("\n8\n", "\n7\n"),
        cosigned(NOTE, seconds_told=1),
        NOTE + signature_line(WITNESS, b"x" * 64),
        NOTE + signature_line(WITNESS, b"x" * 72),
    ],
)
def test_what_a_witness_did_not_sign_is_not_witnessed(note: str):
    assert not is_witnessed(note, WITNESS)


def test_a_logs_own_key_is_no_witness():
    assert not is_witnessed(NOTE, KEY.verifier())


def test_a_signing_key_does_not_show_itself():
    assert repr(KEY.seed) not in repr(KEY)


def test_what_a_witness_signed_is_checked_by_whoever_has_its_key():
    right, wrong = cosigned(NOTE), cosigned(NOTE, seconds_told=7)

    for note, keys in ((right, (*KEYS, WITNESS)), (NOTE, (*KEYS, WITNESS)), (wrong, KEYS)):
        assert open_checkpoint(note, keys).size == 7
    with pytest.raises(NoteError, match="witness"):
        open_checkpoint(wrong, (*KEYS, WITNESS))
