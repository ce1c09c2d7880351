"""Write down all that an answer tells, so that two can be held against each other byte by byte.

Put aside are only what is new in every answer whatever is asked: the request's id, and a cursor's random key. A
list's tag is made over its links, so where a cursor stands in it, the tag is as new as the cursor.
"""

import re
from dataclasses import dataclass

import httpx2

_CURSOR = re.compile(rb"_cursor=[A-Za-z0-9_-]+")
_NEW_EACH_TIME = {"x-request-id", "date"}


@dataclass(frozen=True)
class Told:
    """One answer: its status, every header, every byte."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


def told(answer: httpx2.Response) -> Told:
    """Give what an answer tells."""
    body = _CURSOR.sub(lambda found: b"_cursor=" + b"." * len(found[0]), answer.content)
    aside = _NEW_EACH_TIME | ({"etag"} if body != answer.content else set())
    headers = sorted((name, value) for name, value in answer.headers.items() if name not in aside)
    return Told(answer.status_code, tuple(headers), body)


def next_page(answer: httpx2.Response) -> str | None:
    """Give the address of the following page, without its host."""
    if b'"relation":"next"' not in answer.content:
        return None
    links = {each["relation"]: each["url"] for each in answer.json()["link"]}
    return str(links["next"]).partition("/fhir/")[1] + str(links["next"]).partition("/fhir/")[2]


def difference(one: Told, other: Told) -> str:
    """Say in a few words where two answers part."""
    if one.status != other.status:
        return f"status {one.status}, status {other.status}"
    at = next(
        (
            at
            for at, pair in enumerate(zip(one.body, other.body, strict=False))
            if pair[0] != pair[1]
        ),
        0,
    )
    headers = sorted(set(one.headers) ^ set(other.headers))
    near = slice(max(0, at - 150), at + 150)
    return f"headers {headers}\nfrom byte {at}:\n{one.body[near]!r}\n{other.body[near]!r}"
