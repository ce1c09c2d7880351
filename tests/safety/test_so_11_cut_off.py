"""A good answer cut off at every byte (SO-11): no part of it is ever taken for the whole.

Every offset through the function with which an adapter reads; a sample over HTTP through the whole service.
"""

import gzip
import json
from collections.abc import Callable
from random import Random

import pytest

from adapters.contract import Outcome
from adapters.fhir_pages import judge_page
from adapters.gp_connect import answer_of
from adapters.transport import Fetched, Unfetched
from fhir_profiles.spans import UnreadablePageError, read_page
from fhir_profiles.vocabulary import Category
from tests.adapters.stu3_records import PATIENT, bundle, record_list
from tests.adapters.stub_source import Asked, response
from tests.adapters.stub_source import answer as says
from tests.safety.hostile_source import bundle_bytes, encounter, observation, patient_like, refer
from tests.safety.published_lists import SEED
from tests.safety.siege import Siege, last_row_b, others_answered

OWN = refer("Patient/p1")
FHIR = "application/fhir+json"
NOT_TAKEN = {Outcome.MALFORMED, Outcome.FAILED}
GOOD_R4 = bundle_bytes(
    {"resourceType": "Patient", "id": "p1", "name": [{"family": "Ünïcode \U0001f600"}]},
    encounter("e1", OWN, "seen"),
    observation("o1", OWN, "70.50", valueQuantity={"value": 1.50}),
)
PROBLEM = {"resourceType": "Condition", "id": "1", "subject": {"reference": "Patient/2"}}
GOOD_STU3 = json.dumps(bundle(PATIENT, PROBLEM, record_list("717711000000103"))).encode()


def read_r4(body: bytes) -> Outcome:
    """Read a page as the FHIR R4 adapter does."""
    judged = judge_page(Fetched(200, FHIR, body))
    return judged.outcome if isinstance(judged, Unfetched) else Outcome.DATA


def read_stu3(body: bytes) -> Outcome:
    """Read a record as the GP Connect adapter does; its mapped bytes are what a reader could see."""
    answer = answer_of("gp", Fetched(200, FHIR, body), frozenset(Category))
    assert answer.outcome is Outcome.DATA or answer.bodies == ()
    return answer.outcome


def read_spans(body: bytes) -> Outcome:
    """Read a page as the patient's side does."""
    try:
        read_page(body)
    except UnreadablePageError:
        return Outcome.MALFORMED
    return Outcome.DATA


READERS = {
    "fhir-r4": (read_r4, GOOD_R4),
    "gp-connect": (read_stu3, GOOD_STU3),
    "patient's side": (read_spans, GOOD_R4),
}


@pytest.mark.parametrize("reader", READERS)
def test_so_11_an_answer_cut_off_at_any_byte_is_not_read(reader: str):
    read, good = READERS[reader]

    taken = [end for end in range(len(good)) if read(good[:end]) not in NOT_TAKEN]

    assert read(good) is Outcome.DATA
    assert taken == []


@pytest.mark.parametrize("reader", READERS)
def test_so_11_an_answer_with_any_byte_behind_it_is_not_read_unless_it_is_a_blank(reader: str):
    read, good = READERS[reader]

    taken = {byte for byte in range(256) if read(good + bytes([byte])) not in NOT_TAKEN}

    assert taken == set(b" \t\r\n")


@pytest.mark.parametrize("reader", READERS)
def test_so_11_an_answer_without_its_beginning_is_not_read(reader: str):
    read, good = READERS[reader]

    assert [start for start in range(1, len(good)) if read(good[start:]) not in NOT_TAKEN] == []


def ends_of(whole: bytes) -> list[int]:
    """Give places to cut: few, because each is a failure and five open the breaker."""
    return [len(whole) - 1, Random(SEED).randrange(1, len(whole) - 1)]


def declared_cut(part: bytes, whole: bytes) -> bytes:
    return response(part)


def closed_early(part: bytes, whole: bytes) -> bytes:
    return response(whole)[: len(response(whole)) - len(whole) + len(part)]


def without_length(part: bytes, whole: bytes) -> bytes:
    return f"HTTP/1.1 200 X\r\ncontent-type: {FHIR}\r\nconnection: close\r\n\r\n".encode() + part


def last_chunk_missing(part: bytes, whole: bytes) -> bytes:
    head = f"HTTP/1.1 200 X\r\ncontent-type: {FHIR}\r\ntransfer-encoding: chunked\r\n\r\n"
    return head.encode() + b"%x\r\n%b\r\n" % (len(part), part)


def squeezed(part: bytes, whole: bytes) -> bytes:
    inside = gzip.compress(whole)
    return response(
        inside[: max(1, len(inside) * len(part) // len(whole))], content_encoding="gzip"
    )


WAYS: tuple[Callable[[bytes, bytes], bytes], ...] = (
    declared_cut,
    closed_early,
    without_length,
    last_chunk_missing,
    squeezed,
)


@pytest.mark.parametrize("way", WAYS)
async def test_so_11_nothing_of_a_cut_off_answer_is_told_and_the_gap_is(
    siege: Siege, way: Callable[[bytes, bytes], bytes]
):
    patient = patient_like(siege.person)
    cut_off = encounter("e1", OWN, "cut off")
    siege.hostile.holds(patient, cut_off)
    whole = siege.hostile.found_bytes("Encounter")
    for end in ends_of(whole):

        async def cut(asked: Asked, writer, end: int = end) -> None:
            if asked.path == "/fhir/Encounter":
                writer.write(way(whole[:end], whole))
                await writer.drain()
                writer.close()
            else:
                kind = asked.path.removeprefix("/fhir/")
                await says(siege.hostile._found(kind))(asked, writer)

        siege.hostile.misbehaves = cut
        answer = await siege.asked()

        told = f"{end} of {len(whole)}, seed {SEED}"
        assert answer.of("Encounter", "hospital") == [], told
        assert answer.outcomes["hospital"] in NOT_TAKEN, told
        assert answer.is_complete == "false", told
        assert others_answered(answer, "hospital"), told
        assert (await last_row_b(siege.stack))["sources"]["hospital"][1] != "breaker-open"
