"""AU-10, P13: the published JOSE vectors through our check of form, keys and signature. None that is invalid is taken."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from gateway.compact_tokens import read_compact
from gateway.errors import NotAuthenticatedError
from gateway.identity import Issuer, check_signature
from gateway.issuer_keys import usable_keys
from tests.safety.published_lists import FOLDER, needs_lists

pytestmark = needs_lists

PINNED = Issuer.__dataclass_fields__["algorithms"].default
WIDEST = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""More than any provider of ours may use: what is refused must be refused for its fault, not for its algorithm."""

DEFECTIVE = {"json_web_signature": {367, 370, 372, 373}}
"""Vectors that contradict themselves: two are byte for byte a valid one, two call illegal characters valid."""


@dataclass(frozen=True, eq=False)
class Vector:
    file: str
    number: int
    text: str
    keys: tuple[dict[str, Any], ...]
    is_valid: bool
    comment: str


def vectors(file: str) -> Iterator[Vector]:
    document = json.loads((FOLDER / f"wycheproof/testvectors_v1/{file}_test.json").read_bytes())
    for group in document["testGroups"]:
        key = group.get("public") or group["private"]
        keys = tuple(key.get("keys", (key,)))
        for test in group["tests"]:
            text = test["jws"] if "jws" in test else test["jwe"]
            is_valid = test["result"] == "valid"
            yield Vector(file, test["tcId"], as_text(text), keys, is_valid, test["comment"])


def as_text(token: object) -> str:
    return token if isinstance(token, str) else json.dumps(token)


def sound(file: str) -> list[Vector]:
    return [each for each in vectors(file) if each.number not in DEFECTIVE.get(file, ())]


def is_taken(vector: Vector, algorithms: tuple[str, ...] = WIDEST) -> bool:
    """Check a vector exactly as a token is: form, key set, key, signature."""
    try:
        compact = read_compact(vector.text)
        key = usable_keys({"keys": list(vector.keys)}).get(compact.key_id)
        if key is None or compact.algorithm not in algorithms:
            return False
        check_signature(compact, key, algorithms)
    except NotAuthenticatedError:
        return False
    return True


FILES = ("json_web_signature", "json_web_key", "json_web_crypto", "json_web_encryption")
COUNTS = {
    "json_web_signature": 397,
    "json_web_key": 26,
    "json_web_crypto": 83,
    "json_web_encryption": 139,
}


@pytest.mark.parametrize("algorithms", [PINNED, WIDEST], ids=["pinned", "widest"])
@pytest.mark.parametrize("file", FILES)
@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
def test_au_10_p13_no_invalid_vector_is_taken(file, algorithms):
    found = sound(file)

    wrong = [each for each in found if not each.is_valid and is_taken(each, algorithms)]

    assert len(found) == COUNTS[file]
    assert wrong == []


def reason_of(vector: Vector) -> str | None:
    """Say why a valid vector is none for us: a closed list."""
    key = vector.keys[0]
    if key["kty"] == "oct":
        return "shared secret"
    if key.get("use") == "enc":
        return "encrypted"
    if vector.comment == "emptyPayload":
        return "says nothing"
    named = read_compact(vector.text).algorithm
    return "key for another algorithm" if key["alg"] != named else None


@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
def test_au_10_every_valid_vector_is_taken_or_its_reason_is_listed():
    valid = [each for file in FILES[:3] for each in sound(file) if each.is_valid]

    told = {each: (is_taken(each), reason_of(each)) for each in valid}

    assert Counter(told.values()) == {
        (True, None): 29,
        (False, "shared secret"): 15,
        (False, "says nothing"): 6,
        (False, "key for another algorithm"): 4,
        (False, "encrypted"): 1,
    }
