"""Write names and texts into SQL, so that neither can be anything else.

Whatever comes from a definition or from the disk enters SQL here or not at all.
"""

import re

# Control characters but tab and line ends, and lone surrogates, which are no text in UTF-8.
_NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def is_text(value: str) -> bool:
    """Say whether a value can be a literal at all."""
    return _NO_TEXT.search(value) is None


def text_literal(value: str) -> str:
    """Write a text as an SQL literal.

    Source: SQL:2016 part 2, 5.3; DuckDB knows no other escape in it than the doubled quote.
    """
    if not is_text(value):
        raise ValueError("a text with control characters cannot be written into SQL")
    return "'" + value.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """Write a name as a quoted SQL identifier."""
    if not is_text(name) or not name:
        raise ValueError(
            "a name that is empty or has control characters cannot be written into SQL"
        )
    return '"' + name.replace('"', '""') + '"'
