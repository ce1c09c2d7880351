"""Find every object and member of a JSON text, with the bytes that each occupies.

Does not check the grammar: the text must be known to be valid JSON. Slow and exact, for what the fast
ways refuse to judge. Keeps its own stack, so depth costs memory only. Follows RFC 8259.
"""

import json
import re
from dataclasses import dataclass

import msgspec

_TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+"|[{}\[\],:]|[^\s{}\[\],:"]++', re.DOTALL)


# A decimal may get longer by being written anew; in its place stands what cannot.
_DECODE = msgspec.json.Decoder(float_hook=lambda _text: 0).decode
_ENCODE = msgspec.json.Encoder().encode

# Every key that is ever looked for is made of letters, and those are U+0041 to U+007A.
_ESCAPED_LETTER = re.compile(rb"\\u00[4-7]")


@dataclass(frozen=True, slots=True)
class Member:
    """One member of an object: its decoded key and where key and value stand (ends exclusive)."""

    key: str
    key_start: int
    key_end: int
    value_start: int
    value_end: int


@dataclass(frozen=True, slots=True)
class JsonObject:
    """One object: where it stands, the keys that lead to it (arrays add none), and its members in order."""

    start: int
    end: int
    path: tuple[str, ...]
    members: tuple[Member, ...]

    def member(self, key: str) -> Member | None:
        """Give the first member of that key."""
        return next((member for member in self.members if member.key == key), None)


def objects_in(text: bytes) -> tuple[JsonObject, ...]:
    """List every object of a valid JSON text, outer before inner, in document order."""
    scan = _Scan()
    for token in _TOKEN.finditer(text):
        scan.take(token[0], token.start(), token.end())
    return tuple(sorted(scan.found, key=lambda item: item.start))


def repeats_a_key(text: bytes) -> bool:
    """Tell whether any object of a valid JSON text has one key twice."""
    return not _is_written_back_whole(text) and any(
        len({member.key for member in item.members}) < len(item.members)
        for item in objects_in(text)
    )


def _is_written_back_whole(text: bytes) -> bool:
    """Tell, quickly, that nothing was lost by reading; False says nothing, for an escape gets shorter too."""
    try:
        compact = msgspec.json.format(text, indent=-1)
        return len(_ENCODE(_DECODE(compact))) == len(compact)
    except (ValueError, RecursionError):
        return False


def may_escape_a_key(text: bytes) -> bool:
    """Tell, quickly, whether any escape in the text could spell a letter of a key."""
    # The single-byte search settles it for most texts.
    return b"\\" in text and _ESCAPED_LETTER.search(text) is not None


def escapes_a_key(text: bytes) -> bool:
    """Tell whether any key of a valid JSON text is written with a backslash."""
    return any(
        b"\\" in text[member.key_start : member.key_end]
        for item in objects_in(text)
        for member in item.members
    )


@dataclass(slots=True)
class _Open:
    # An object or array that has not ended yet; `key` is that of the member being read.
    start: int
    path: tuple[str, ...]
    is_object: bool
    members: list[Member]
    key: str | None = None
    key_start: int = 0
    key_end: int = 0
    value_start: int = -1


class _Scan:
    def __init__(self) -> None:
        self.found: list[JsonObject] = []
        self._open: list[_Open] = []

    def take(self, token: bytes, start: int, end: int) -> None:
        match token:
            case b"{" | b"[":
                self._begin(token, start)
            case b"}" | b"]":
                self._finish(end)
            case b"," | b":":
                pass
            case _:
                self._scalar(token, start, end)

    def _begin(self, token: bytes, start: int) -> None:
        path = self._value_begins(start)
        self._open.append(_Open(start, path, token == b"{", []))

    def _finish(self, end: int) -> None:
        closed = self._open.pop()
        if closed.is_object:
            self.found.append(JsonObject(closed.start, end, closed.path, tuple(closed.members)))
        self._value_ends(end)

    def _scalar(self, token: bytes, start: int, end: int) -> None:
        within = self._open[-1] if self._open else None
        if within is not None and within.is_object and within.key is None:
            within.key = json.loads(token) if b"\\" in token else token[1:-1].decode()
            within.key_start, within.key_end = start, end
            return
        self._value_begins(start)
        self._value_ends(end)

    def _value_begins(self, start: int) -> tuple[str, ...]:
        if not self._open:
            return ()
        within = self._open[-1]
        if within.key is None:
            return within.path
        within.value_start = start
        return (*within.path, within.key)

    def _value_ends(self, end: int) -> None:
        within = self._open[-1] if self._open else None
        if within is None or within.key is None:
            return
        within.members.append(
            Member(within.key, within.key_start, within.key_end, within.value_start, end)
        )
        within.key = None
