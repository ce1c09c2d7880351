import pytest

from adapters.contract import Reason
from adapters.paging import Endpoint, PageTrail, UnsafeSegmentError, safe_segment

BASE = "https://source.example/fhir"
FIRST = f"{BASE}/Encounter?patient.identifier=1"


@pytest.mark.parametrize("text", ["a", "9990000018", "A-b.c", "x" * 64])
def test_a_fhir_id_is_a_safe_segment(text):
    assert safe_segment(text) == text


@pytest.mark.parametrize(
    "text",
    ["", ".", "..", "a/b", "a%2fb", "a?b", "a#b", "a b", "é", "a\n", "$everything", "x" * 65],
)
def test_ip_a_value_that_could_change_the_path_is_refused(text):
    with pytest.raises(UnsafeSegmentError, match=r"^Expected"):
        safe_segment(text)


def test_values_of_a_query_are_escaped():
    url = Endpoint(f"{BASE}/").url_of("Patient", [("identifier", "https://a|1&x=y")])

    assert url == f"{BASE}/Patient?identifier=https%3A%2F%2Fa%7C1%26x%3Dy"


def test_an_empty_path_is_the_base_itself():
    assert Endpoint(BASE).url_of("") == BASE


@pytest.mark.parametrize(
    ("link", "url"),
    [
        (f"{BASE}/Encounter?page=2", f"{BASE}/Encounter?page=2"),
        (f"{BASE}?_getpages=abc", f"{BASE}?_getpages=abc"),
        ("https://SOURCE.example:443/fhir/x", "https://SOURCE.example:443/fhir/x"),
        ("?page=2", f"{BASE}/Encounter?page=2"),
        ("Encounter?page=2", f"{BASE}/Encounter?page=2"),
        ("/fhir/next", f"{BASE}/next"),
    ],
)
def test_a_next_link_of_the_same_source_is_followed(link, url):
    assert Endpoint(BASE).follow(link, FIRST) == url


@pytest.mark.parametrize(
    "link",
    [
        "https://other.example/fhir/x",
        "https://source.example.other/fhir/x",
        "http://source.example/fhir/x",
        "https://source.example:8443/fhir/x",
        "https://source.example:99999999/fhir/x",
        "https://source.example@other.example/fhir/x",
        "https://user@source.example/fhir/x",
        "//other.example/fhir/x",
        "https://source.example/admin",
        "https://source.example/fhirx",
        "https://source.example/fhir/../admin",
        "https://source.example/fhir/%2e%2e/admin",
        "https://source.example/fhir/..%2fadmin",
        "https://source.example/fhir/x%5c..%5cadmin",
        "https://source.example/fhir\\..\\admin",
        "https://source.example/fhir/x#part",
        "https://source.example/fhir/x\r\nHost: other",
        "https://source.example/fhir/ x",
        "https://[::1/fhir/x",
        "http://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "",
    ],
)
def test_so_14_a_next_link_that_leads_away_is_not_followed(link):
    endpoint = Endpoint(BASE)

    assert PageTrail(endpoint, 100).follow(link, FIRST) is Reason.PAGING_HOST


def test_so_14_the_same_page_is_never_read_twice():
    trail = PageTrail(Endpoint(BASE), 100)
    trail.begin(FIRST)
    second = trail.follow("?page=2", FIRST)

    assert trail.follow(FIRST, str(second)) is Reason.PAGING_LOOP
    assert trail.follow("?page=2", str(second)) is Reason.PAGING_LOOP


def test_so_14_pages_end_at_the_cap():
    trail = PageTrail(Endpoint(BASE), 3)
    trail.begin(FIRST)

    ends = [trail.follow(f"?page={number}", FIRST) for number in (2, 3, 4)]

    assert ends[-1] is Reason.PAGING_LIMIT
    assert Reason.PAGING_LIMIT not in ends[:-1]
