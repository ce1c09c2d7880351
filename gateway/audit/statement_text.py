"""Write a statement as plain text, as it is printed and as its reading grade is measured.

Pure; holds no words of its own beside the headings of the parts.
"""

from collections.abc import Iterator

from gateway.audit.statement import Line, Statement
from gateway.audit.statement_words import END, PREFACE, SEALED, TITLE


def text_of(statement: Statement) -> str:
    """Write the whole statement: a title, what it is, and a paragraph for each access."""
    end = END.format(last=statement.last)
    lines = map(_paragraph, statement.lines)
    paragraphs = (f"{TITLE}.", " ".join(PREFACE), *lines, f"{' '.join(SEALED)} {end}")
    return "\n\n".join(paragraphs) + "\n"


def _paragraph(line: Line) -> str:
    return "\n".join(_rows(line))


def _rows(line: Line) -> Iterator[str]:
    yield f"{line.when}."
    yield from (f"{heading}: {said}" for heading, said in line.parts)
    yield f"Entries: {', '.join(map(str, line.access.sequences))}."
