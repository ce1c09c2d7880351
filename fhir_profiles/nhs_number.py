"""Parse NHS numbers.

Does not say whether a number was ever allocated, nor to whom.
Follows the NHS Data Dictionary, attribute NHS NUMBER (ten digits, modulus 11).
"""

import re
from dataclasses import dataclass
from typing import Self

from nhs_number.validate import calculate_checksum
from typing_extensions import override

_TEN_ASCII_DIGITS = re.compile(r"[0-9]{10}")


class InvalidNhsNumberError(ValueError):
    """Say that a text is not an NHS number; the message never holds the text."""


@dataclass(frozen=True, slots=True, order=True)
class NhsNumber:
    """Hold ten ASCII digits whose check digit is right and which are not all the same."""

    digits: str

    def __post_init__(self) -> None:
        if not _is_nhs_number(self.digits):
            raise InvalidNhsNumberError("Expected ten digits with a right check digit.")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a number as people write it: ASCII spaces are dropped, nothing else is.

        Raises InvalidNhsNumberError when what is left is not an NHS number.
        """
        return cls(text.replace(" ", ""))

    @property
    def grouped(self) -> str:
        """Give the number as pages show it: 3-3-4."""
        return f"{self.digits[:3]} {self.digits[3:6]} {self.digits[6:]}"

    @override
    def __repr__(self) -> str:
        # A repr ends up in logs and tracebacks, where a number identifies a person.
        return "NhsNumber(…)"

    __str__ = __repr__


def _is_nhs_number(digits: str) -> bool:
    # The library's own `is_valid` takes Arabic-Indic digits and 0000000000, and asks a real date of
    # numbers that look Scottish; all ten same-digit numbers pass modulus 11.
    return (
        _TEN_ASCII_DIGITS.fullmatch(digits) is not None
        and len(set(digits)) > 1
        and calculate_checksum(digits[:9]) == int(digits[9])
    )
