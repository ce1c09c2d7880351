"""Parse a FHIRPath expression into a tree of what is written.

Knows precedence and nothing of types: `gateway/population/views/resolve.py` says what a tree means.
Source: FHIRPath N1 (HL7, 2020), Grammar and 6.8 (Operator Precedence), as far as SQL on FHIR v2 asks for it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from gateway.population.views.faults import PathError
from gateway.population.views.lexer import Mark, Token, tokens_of

# Parentheses, arguments and indexes within each other; the published cases need three.
DEEPEST = 20
# Loosest first. Those of one row bind alike, from the left.
_PRECEDENCE = (
    ("or",),
    ("and",),
    ("=", "!="),
    ("<", "<=", ">", ">="),
    ("+", "-"),
    ("*", "/"),
)
_WORDS = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Literal:
    """A value as written."""

    value: str | bool | int | Decimal


@dataclass(frozen=True, slots=True)
class Named:
    """A constant, by the name after its percent sign."""

    name: str


@dataclass(frozen=True, slots=True)
class This:
    """What the expression is evaluated on."""


@dataclass(frozen=True, slots=True)
class Member:
    """An element by name; `of` is `None` where it begins the path."""

    of: "Path | None"
    name: str


@dataclass(frozen=True, slots=True)
class Call:
    """A function with its arguments; `of` is `None` where it begins the path."""

    of: "Path | None"
    name: str
    arguments: tuple["Path", ...]


@dataclass(frozen=True, slots=True)
class Index:
    """The item at a place, counted from 0."""

    of: "Path"
    place: "Path"


@dataclass(frozen=True, slots=True)
class Binary:
    """Two operands and the sign or word between them."""

    operator: str
    left: "Path"
    right: "Path"


@dataclass(frozen=True, slots=True)
class Negative:
    """A number with its sign turned."""

    of: "Path"


Path = Literal | Named | This | Member | Call | Index | Binary | Negative


def parse_path(text: str) -> Path:
    """Parse an expression.

    Raises PathError for whatever is outside the subset.
    """
    reading = _Reading(tokens_of(text))
    tree = reading.expression()
    reading.expect_end()
    return tree


class _Reading:
    def __init__(self, tokens: tuple[Token, ...]) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0

    def expression(self) -> Path:
        self._depth += 1
        if self._depth > DEEPEST:
            raise PathError(f"nests more than {DEEPEST} deep")
        tree = self._operation(0)
        self._depth -= 1
        return tree

    def expect_end(self) -> None:
        if self._next.mark is not Mark.END:
            raise PathError(f"has more after its end: {self._next.text!r}")

    def _operation(self, row: int) -> Path:
        if row == len(_PRECEDENCE):
            return self._signed()
        tree = self._operation(row + 1)
        while self._next_is_operator(_PRECEDENCE[row]):
            operator = self._take().text
            tree = Binary(operator, tree, self._operation(row + 1))
        return tree

    def _next_is_operator(self, operators: tuple[str, ...]) -> bool:
        return self._next.mark in {Mark.SIGN, Mark.NAME} and self._next.text in operators

    def _signed(self) -> Path:
        if self._accept("-"):
            return Negative(self._invocations())
        self._accept("+")
        return self._invocations()

    def _invocations(self) -> Path:
        tree = self._term()
        while self._next.text in {".", "["} and self._next.mark is Mark.SIGN:
            if self._accept("["):
                tree = Index(tree, self.expression())
                self._expect("]")
            else:
                self._expect(".")
                tree = self._invocation(tree)
        return tree

    def _term(self) -> Path:
        token = self._next
        if self._accept("("):
            tree = self.expression()
            self._expect(")")
            return tree
        if token.mark is Mark.NAME and token.text not in _WORDS:
            return self._invocation(None)
        return _value(self._take())

    def _invocation(self, of: Path | None) -> Path:
        token = self._take()
        if token.mark is Mark.NAME and self._accept("("):
            return Call(of, token.text, tuple(self._arguments()))
        if token.mark is Mark.NAME:
            return Member(of, token.text)
        raise PathError(f"needs the name of an element, not {token.text!r}")

    def _arguments(self) -> Iterator[Path]:
        if self._accept(")"):
            return
        yield self.expression()
        while self._accept(","):
            yield self.expression()
        self._expect(")")

    @property
    def _next(self) -> Token:
        return self._tokens[self._at]

    def _take(self) -> Token:
        token = self._next
        if token.mark is not Mark.END:
            self._at += 1
        return token

    def _accept(self, sign: str) -> bool:
        is_next = self._next == Token(Mark.SIGN, sign)
        self._at += is_next
        return is_next

    def _expect(self, sign: str) -> None:
        if not self._accept(sign):
            raise PathError(f"needs {sign!r} where it has {self._next.text!r}")


def _value(token: Token) -> Path:
    match token.mark:
        case Mark.TEXT:
            return Literal(token.text)
        case Mark.INTEGER:
            return Literal(int(token.text))
        case Mark.DECIMAL:
            return Literal(Decimal(token.text))
        case Mark.CONSTANT:
            return Named(token.text)
        case Mark.THIS:
            return This()
        case Mark.NAME:
            return Literal(_WORDS[token.text])
        case _:
            raise PathError("ends too early" if token.mark is Mark.END else "has no value there")
