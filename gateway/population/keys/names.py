"""Say what a key is for, in the one spelling that a wrapped key is bound to.

Holds no key. A purpose's keys serve nothing else; a project's are one recipient's alone.
"""

import json
import re
from dataclasses import dataclass
from enum import StrEnum

from typing_extensions import override

_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,63}")


class Purpose(StrEnum):
    """What a key of the population side is for."""

    STORE = "store"
    PROJECT = "project"
    VAULT = "vault"


class KeyNameError(ValueError):
    """Say that a key is asked for by words that name none."""


@dataclass(frozen=True, slots=True, order=True)
class KeyName:
    """A purpose; for a project's key also the project and who receives its releases.

    Raises KeyNameError.
    """

    purpose: Purpose
    project: str = ""
    recipient: str = ""

    def __post_init__(self) -> None:
        words = (self.project, self.recipient)
        if self.purpose is Purpose.PROJECT:
            if not all(_WORD.fullmatch(each) for each in words):
                raise KeyNameError(
                    "A project's key needs project and recipient, each of 1 to 64 letters, digits and hyphens."
                )
        elif any(words):
            raise KeyNameError("Only a project's key has a project and a recipient.")

    def described(self, epoch: int) -> bytes:
        """Spell one epoch's key: what wraps it is bound to these bytes, so it cannot stand for another."""
        parts = ["scr-population-key-v1", self.purpose, self.project, self.recipient, epoch]
        return json.dumps(parts, separators=(",", ":")).encode()

    @override
    def __str__(self) -> str:
        return "/".join(filter(None, (self.purpose.value, self.project, self.recipient)))
