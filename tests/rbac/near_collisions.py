"""Spell the words of a key in every way that a careless key would take for the same."""

import json
import unicodedata
from collections.abc import Iterator, Sequence

SEPARATORS = (",", ":", "|", "/", "\x00", "\x1f", "\n", '","', "', '", " ", "")
Words = tuple[str, ...]


def near(words: Words) -> frozenset[Words]:
    """Give the words themselves and everything that could be mistaken for them."""
    return frozenset(
        (words, *_joined(words), *_moved(words), *_spelled(words), *_as_one_text(words))
    )


def _joined(words: Words) -> Iterator[Words]:
    """Join two neighbours by a separator, or part one word where it holds a separator."""
    for at in range(len(words) - 1):
        for separator in SEPARATORS:
            yield (*words[:at], separator.join(words[at : at + 2]), *words[at + 2 :])
    for at, word in enumerate(words):
        for separator in filter(None, SEPARATORS):
            yield (*words[:at], *word.split(separator), *words[at + 1 :])


def _moved(words: Words) -> Iterator[Words]:
    """Move the border between two neighbours, change their places, or put an empty word somewhere."""
    for at in range(len(words) - 1):
        one, other = words[at : at + 2]
        yield (*words[:at], one + other[:1], other[1:], *words[at + 2 :])
        yield (*words[:at], one[:-1], one[-1:] + other, *words[at + 2 :])
        yield (*words[:at], other, one, *words[at + 2 :])
    for at in range(len(words) + 1):
        yield (*words[:at], "", *words[at:])


def _spelled(words: Words) -> Iterator[Words]:
    """Spell one word in another way that looks the same, or as a key may write it."""
    for at, word in enumerate(words):
        for other in _spellings(word):
            yield (*words[:at], other, *words[at + 1 :])


def _spellings(word: str) -> Iterator[str]:
    yield from (unicodedata.normalize(form, word) for form in ("NFC", "NFD", "NFKC", "NFKD"))
    yield from (word.upper(), word.lower(), word + " ", " " + word, word + "\x00", "0" + word)
    yield from (f"{len(word)}:{word}", f"{len(word.encode('utf-8', 'surrogatepass'))}:{word}")
    yield from (json.dumps(word), repr(word))
    yield from {"1": ["true", "True"], "true": ["1"], "": ["None", "null", "0"]}.get(word, [])


def _as_one_text(words: Sequence[str]) -> Iterator[Words]:
    yield from ((json.dumps(words),), (repr(tuple(words)),), (str(list(words)),))
    yield ("".join(f"{len(word)}:{word}" for word in words),)
