import base64
import json
import stat

import pytest

from gateway.keys import (
    KEY_BYTES,
    KeyFileError,
    KeyPurpose,
    Keys,
    add_missing_keys,
    make_keys,
    read_keys,
    write_keys,
)

KEY = base64.b64encode(bytes(KEY_BYTES)).decode()
WHOLE = {purpose.value: [KEY] for purpose in KeyPurpose}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "keys.json"


def test_new_keys_are_random_and_one_for_each_purpose():
    one, other = make_keys(), make_keys()

    made = [keys.current(purpose) for keys in (one, other) for purpose in KeyPurpose]
    assert len(set(made)) == 2 * len(KeyPurpose)
    assert {len(key) for key in made} == {KEY_BYTES}


def test_keys_are_read_back_as_they_were_written(path):
    keys = make_keys()

    write_keys(path, keys)

    assert read_keys(path) == keys


def test_only_the_owner_may_read_a_key_file(path):
    write_keys(path, make_keys())

    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_key_file_is_never_replaced(path):
    write_keys(path, make_keys())
    before = path.read_bytes()

    with pytest.raises(FileExistsError):
        write_keys(path, make_keys())

    assert path.read_bytes() == before


def test_the_first_key_is_current_and_later_ones_are_kept_for_reading():
    old, new = b"o" * KEY_BYTES, b"n" * KEY_BYTES
    keys = Keys({KeyPurpose.REGISTRY: (new, old)})

    assert keys.current(KeyPurpose.REGISTRY) == new
    assert keys.all_of(KeyPurpose.REGISTRY) == (new, old)


def test_keys_are_in_no_repr():
    keys = make_keys()

    assert repr(keys.current(KeyPurpose.REGISTRY)) not in repr(keys)


@pytest.mark.parametrize(
    "document",
    [
        None,
        "{",
        "[]",
        "7",
        json.dumps({**WHOLE, "registry": None}),
        json.dumps({**WHOLE, "registry": KEY}),
        json.dumps({**WHOLE, "registry": ["not base64!"]}),
        json.dumps({**WHOLE, "registry": [KEY, 7]}),
    ],
)
def test_a_key_file_that_cannot_be_read_says_what_to_do(path, document):
    if document is not None:
        path.write_text(document, encoding="utf-8")

    with pytest.raises(KeyFileError, match="scr keys init"):
        read_keys(path)


@pytest.mark.parametrize("length", [0, KEY_BYTES - 1, KEY_BYTES + 1])
def test_a_key_of_another_length_is_named_as_the_fault(path, length):
    short = base64.b64encode(bytes(length)).decode()
    path.write_text(json.dumps({**WHOLE, "registry": [KEY, short]}), encoding="utf-8")

    with pytest.raises(KeyFileError, match=f"{KEY_BYTES} bytes"):
        read_keys(path)


def test_a_purpose_without_a_key_is_named_as_the_fault(path):
    path.write_text(json.dumps({**WHOLE, "registry": []}), encoding="utf-8")

    with pytest.raises(KeyFileError, match="at least one"):
        read_keys(path)


def test_a_key_file_of_an_earlier_version_is_completed_and_otherwise_kept(path):
    earlier = {name: value for name, value in WHOLE.items() if name != "audit-log"}
    path.write_text(json.dumps(earlier), encoding="utf-8")
    with pytest.raises(KeyFileError, match="no audit-log key: `scr keys complete`"):
        read_keys(path)

    assert add_missing_keys(path) == (KeyPurpose.AUDIT_LOG,)
    assert add_missing_keys(path) == ()

    keys = read_keys(path)
    assert keys.current(KeyPurpose.REGISTRY) == base64.b64decode(KEY)
    assert keys.current(KeyPurpose.AUDIT_LOG) != keys.current(KeyPurpose.REGISTRY)
    assert path.stat().st_mode & 0o777 == 0o600
