"""Take out of somebody's own words what identifies a patient or opens a door: NHS numbers, and access tokens.

Pure. What else they say of a person stays as they said it: no rule tells clinical words from others. The number: NHS Data
Dictionary, NHS NUMBER (ten digits, modulus 11). Tokens: RFC 6750, section 2.1; RFC 7519, section 3.
"""

import re

from fhir_profiles.nhs_number import InvalidNhsNumberError, NhsNumber

NUMBER_SHOWN = "[NHS number]"
TOKEN_SHOWN = "[token]"  # noqa: S105 - what stands in place of one

_TEN_DIGITS = re.compile(r"(?<!\d)(?=(\d(?:[\s.,/\-\u2010-\u2015]{0,3}\d){9})(?!\d))")
"""Ahead alone: digits before a number, such as a bed's, may belong to no number together with it."""

_TOKEN = re.compile(
    r"\beyJ[\w\-]{5,}(?:\.[\w\-]*)*"  # a JWT: base64url of `{"`
    r"|(?<=\bbearer )\s*(?=\S*\d)[\w\-.~+/]{8,}=*",  # a word without a digit follows a bearer of news
    re.ASCII | re.IGNORECASE,
)


def without_identifiers(text: str) -> str:
    """Show each NHS number, however it is grouped, and each token as a word that says what stood there."""
    return _TOKEN.sub(TOKEN_SHOWN, _without_numbers(text))


def is_nhs_number(text: str) -> bool:
    """Say whether ten digits, however they are grouped, are an NHS number."""
    try:
        NhsNumber("".join(str(int(each)) for each in text if each.isdecimal()))
    except InvalidNhsNumberError:
        return False
    return True


def _without_numbers(text: str) -> str:
    kept, done = [], 0
    for found in _TEN_DIGITS.finditer(text):
        start, end = found.span(1)
        if is_nhs_number(found[1]):
            # Digits that two numbers could share belong to either.
            kept += [] if start < done else [text[done:start], NUMBER_SHOWN]
            done = end
    return "".join((*kept, text[done:]))
