"""Know the applications that may be launched, and which scopes they get of those that they ask for.

Signs nobody in and makes no tokens. SMART App Launch 2.2; RFC 8252 section 7.3 (loopback addresses).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import Self

from joserfc.jwk import KeySet

LAUNCH, LAUNCH_PATIENT = "launch", "launch/patient"

_CLINICAL = re.compile(r"(patient|user)/(\*|[A-Z][A-Za-z]*)\.(read|write|\*|(?=.)c?r?u?d?s?)")
_LETTERS_OF_VERSION_1 = {"read": "rs", "write": "cud", "*": "cruds"}
_LOOPBACK = re.compile(r"(http://127\.0\.0\.1)(?::[0-9]{1,5})?(/[^\s#]*)")


@dataclass(frozen=True, slots=True)
class SmartApp:
    """A registered application; without keys it is a public client.

    A redirect address on 127.0.0.1 is registered without a port and fits any. `launch_url` is where an EHR
    launch of it begins, None when it has none.
    """

    client_id: str
    redirect_uris: frozenset[str]
    scopes: frozenset[str]
    launch_url: str | None = None
    public_keys: KeySet | None = None

    def may_return_to(self, redirect_uri: str) -> bool:
        """Say whether a person may be sent back to an address."""
        loopback = _LOOPBACK.fullmatch(redirect_uri)
        known = redirect_uri if loopback is None else "".join(loopback.groups())
        return known in self.redirect_uris

    def granted(self, asked: str) -> str:
        """Give the scopes that are both asked for and registered, narrowed where only a part of one is."""
        found = (grant for scope in asked.split() for grant in self._granted(scope))
        return " ".join(dict.fromkeys(found))

    def _granted(self, scope: str) -> Iterator[str]:
        if scope in self.scopes:
            yield scope
            return
        for mine, registered in product(_read((scope,)), _read(self.scopes)):
            if (common := mine.within(registered)) is not None:
                yield common.text()


@dataclass(frozen=True, slots=True)
class _Scope:
    """One scope about records; `is_of_version_1` as it was asked for."""

    context: str
    type: str
    letters: str
    is_of_version_1: bool

    def within(self, other: Self) -> Self | None:
        """Give what this and another scope have in common, if anything."""
        types = {self.type, other.type} - {"*"}
        letters = "".join(each for each in self.letters if each in other.letters)
        if self.context != other.context or len(types) > 1 or not letters:
            return None
        return type(self)(self.context, (*types, "*")[0], letters, self.is_of_version_1)

    def text(self) -> str:
        is_read = self.is_of_version_1 and self.letters == "rs"
        return f"{self.context}/{self.type}.{'read' if is_read else self.letters}"


def _read(scopes: Iterable[str]) -> Iterator[_Scope]:
    # A scope with a query is not read: it could not be kept, so it is not given.
    for match in filter(None, map(_CLINICAL.fullmatch, scopes)):
        context, resource_type, letters = match.groups()
        is_old = letters in _LETTERS_OF_VERSION_1
        yield _Scope(context, resource_type, _LETTERS_OF_VERSION_1.get(letters, letters), is_old)
