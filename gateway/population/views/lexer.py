"""Cut a FHIRPath expression into tokens.

Knows the marks of the subset that views are written in, and nothing of what they mean.
Source: FHIRPath N1 (HL7, 2020), Grammar; SQL on FHIR v2, "Required FHIRPath Expressions/Functions".
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from gateway.population.views.faults import PathError
from gateway.population.views.quoting import is_text

# Twice the longest path of the published cases and examples; what is longer nests too deep to read or compile.
MOST_TOKENS = 200
MOST_CHARACTERS = 4_000


class Mark(StrEnum):
    """What kind of token one is."""

    NAME = "name"
    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    CONSTANT = "constant"
    THIS = "this"
    SIGN = "sign"
    END = "end"


@dataclass(frozen=True, slots=True)
class Token:
    """One token: `text` is a name without its marks, or a text without its quotes and escapes."""

    mark: Mark
    text: str


_TOKEN = re.compile(
    r"""
      (?P<space>[ \t\r\n]+)
    | (?P<decimal>[0-9]+\.[0-9]+)
    | (?P<integer>[0-9]+)
    | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
    | `(?P<delimited>[A-Za-z_][A-Za-z0-9_]*)`
    | '(?P<text>(?:[^'\\]|\\.)*)'
    | %(?P<constant>[A-Za-z_][A-Za-z0-9_]*)
    | \$(?P<this>this)\b
    | (?P<sign><=|>=|!=|[.,()\[\]+\-*/=<>])
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|(.))", re.DOTALL)
# Source: FHIRPath N1, 2.1.1 (String literals).
_ESCAPED = {"'": "'", '"': '"', "`": "`", "r": "\r", "n": "\n", "t": "\t", "f": "\f"}
_ESCAPED |= {"\\": "\\", "/": "/"}


def tokens_of(path: str) -> tuple[Token, ...]:
    """Give the tokens, the last of which is the end.

    Raises PathError where a character begins no token, or there are too many.
    """
    if len(path) > MOST_CHARACTERS:
        raise PathError(f"is longer than {MOST_CHARACTERS} characters")
    found = tuple(_tokens(path))
    if len(found) > MOST_TOKENS:
        raise PathError(f"has more than {MOST_TOKENS} parts")
    return (*found, Token(Mark.END, ""))


def _tokens(path: str) -> Iterator[Token]:
    position = 0
    while position < len(path):
        match = _TOKEN.match(path, position)
        if match is None:
            raise PathError(f"cannot be read at character {position + 1}")
        position = match.end()
        group = match.lastgroup or ""
        if group != "space":
            yield _token(group, match.group(group))


def _token(group: str, text: str) -> Token:
    match group:
        case "text":
            return Token(Mark.TEXT, _unescaped(text))
        case "delimited":
            return Token(Mark.NAME, text)
        case _:
            return Token(Mark(group), text)


def _unescaped(text: str) -> str:
    plain = _ESCAPE.sub(_meant, text)
    if not is_text(plain):
        raise PathError("has a text with control characters")
    return plain


def _meant(escape: re.Match[str]) -> str:
    if escape.group(1):
        return chr(int(escape.group(1), 16))
    if escape.group(2) not in _ESCAPED:
        raise PathError("has a text with an escape that FHIRPath does not know")
    return _ESCAPED[escape.group(2)]
