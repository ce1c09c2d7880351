"""Read a FHIRPath expression of the subset that views may use into a tree.

It evaluates nothing and knows no data. What lies outside the subset is refused, never guessed at.
Follows FHIRPath, "Expressions" and its grammar (http://hl7.org/fhirpath/grammar.html), and SQL on FHIR v2,
"Shareable View Definition", required and experimental FHIRPath.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final


class ViewError(Exception):
    """A view that cannot be run, or a value that the specification says is an error."""


@dataclass(frozen=True, slots=True)
class Literal:
    value: str | bool | int | Decimal


@dataclass(frozen=True, slots=True)
class Name:
    name: str


@dataclass(frozen=True, slots=True)
class This:
    pass


@dataclass(frozen=True, slots=True)
class Variable:
    name: str


@dataclass(frozen=True, slots=True)
class Call:
    name: str
    arguments: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Step:
    left: "Node"
    right: "Node"


@dataclass(frozen=True, slots=True)
class Index:
    left: "Node"
    position: "Node"


@dataclass(frozen=True, slots=True)
class Minus:
    operand: "Node"


@dataclass(frozen=True, slots=True)
class Binary:
    operator: str
    left: "Node"
    right: "Node"


Node = Literal | Name | This | Variable | Call | Step | Index | Minus | Binary

_TOKEN: Final = re.compile(
    r"""(?P<space>[ \t\r\n]+)
    |(?P<string>'(?:\\.|[^'\\])*')
    |(?P<number>[0-9]+(?:\.[0-9]+)?)
    |(?P<variable>%(?:[A-Za-z_][A-Za-z0-9_]*|`[^`]+`))
    |(?P<this>\$this\b)
    |(?P<name>[A-Za-z_][A-Za-z0-9_]*|`[^`]+`)
    |(?P<sign><=|>=|!=|[.,()\[\]+\-*/<>=])""",
    re.VERBOSE | re.DOTALL,
)

# Grammar: from what binds loosest to what binds tightest; all of them bind to the left.
_LEVELS: Final = (("or",), ("and",), ("=", "!="), ("<", "<=", ">", ">="), ("+", "-"), ("*", "/"))

# FHIRPath, "String": the escapes; anything else after a backslash is itself.
_ESCAPES: Final = {"r": "\r", "n": "\n", "t": "\t", "f": "\f"}


def parse(expression: str) -> Node:
    """Give the tree of an expression.

    Raises ViewError when it is no expression of the subset.
    """
    reader = _Reader([*_tokens(expression)], expression)
    tree = reader.expression()
    reader.expect("end")
    return tree


def walk(node: Node) -> Iterator[Node]:
    """Give a tree's every node, itself first."""
    yield node
    match node:
        case Call(arguments=parts):
            pass
        case Step(left=left, right=right) | Index(left=left, position=right):
            parts = (left, right)
        case Binary(left=left, right=right):
            parts = (left, right)
        case Minus(operand=operand):
            parts = (operand,)
        case _:
            parts = ()
    for part in parts:
        yield from walk(part)


def _tokens(expression: str) -> Iterator[tuple[str, str]]:
    at = 0
    while at < len(expression):
        found = _TOKEN.match(expression, at)
        if found is None:
            raise ViewError(f"{expression!r} cannot be read at character {at}")
        at = found.end()
        kind, text = str(found.lastgroup), found.group()
        if kind != "space":
            yield (text if kind == "sign" or text in {"and", "or"} else kind), text
    yield "end", ""


class _Reader:
    def __init__(self, tokens: list[tuple[str, str]], expression: str) -> None:
        self._tokens = tokens
        self._expression = expression

    def expression(self, level: int = 0) -> Node:
        if level == len(_LEVELS):
            return self._signed()
        left = self.expression(level + 1)
        while self._next() in _LEVELS[level]:
            operator = self._take()
            left = Binary(operator, left, self.expression(level + 1))
        return left

    def expect(self, kind: str) -> str:
        if self._next() != kind:
            raise ViewError(f"{self._expression!r}: {kind} expected, not {self._next()}")
        return self._take()

    def _signed(self) -> Node:
        if self._next() in {"+", "-"}:
            return Minus(self._signed()) if self._take() == "-" else self._signed()
        return self._chain()

    def _chain(self) -> Node:
        node = self._term()
        while self._next() in {".", "["}:
            if self._take() == ".":
                node = Step(node, self._invocation())
            else:
                node = Index(node, self.expression())
                self.expect("]")
        return node

    def _term(self) -> Node:
        match self._next():
            case "(":
                self._take()
                inner = self.expression()
                self.expect(")")
                return inner
            case "string":
                return Literal(_unescaped(self._take()))
            case "number":
                text = self._take()
                return Literal(Decimal(text) if "." in text else int(text))
            case "variable":
                return Variable(self._take()[1:].strip("`"))
            case _:
                return self._invocation()

    def _invocation(self) -> Node:
        if self._next() == "this":
            self._take()
            return This()
        text = self.expect("name")
        if self._next() == "(":
            return Call(text, self._arguments())
        # A delimited identifier is a name whatever it spells.
        return Literal(text == "true") if text in {"true", "false"} else Name(text.strip("`"))

    def _arguments(self) -> tuple[Node, ...]:
        self.expect("(")
        given: list[Node] = []
        while self._next() != ")":
            if given:
                self.expect(",")
            given.append(self.expression())
        self.expect(")")
        return tuple(given)

    def _next(self) -> str:
        return self._tokens[0][0]

    def _take(self) -> str:
        return self._tokens.pop(0)[1]


def _unescaped(quoted: str) -> str:
    def one(found: re.Match[str]) -> str:
        code, letter = found.group(1), found.group(2)
        return chr(int(code, 16)) if code else _ESCAPES.get(letter, letter)

    text = re.sub(r"\\(?:u([0-9A-Fa-f]{4})|(.))", one, quoted[1:-1], flags=re.DOTALL)
    # Two code units of one character are that character.
    return text.encode("utf-16", "surrogatepass").decode("utf-16")
