"""A source whose JSON holds bytes that are no UTF-8 has said nothing that can be read, and ends so."""

import pytest

from adapters.contract import FindRequest, Outcome, Reason, SourceRequest, TraceOutcome
from adapters.demographics import PdsAdapter
from adapters.fhir_contacts import probe_of
from adapters.hospital import hospital_adapter
from fhir_profiles.nhs_number import NhsNumber
from fhir_profiles.vocabulary import Category
from tests.adapters.gp_practice import CALLER
from tests.adapters.stub_source import answer, client_for, stub_source

NUMBER = NhsNumber("9990000018")
REQUEST = SourceRequest(NUMBER, CALLER, frozenset(Category), trace_id=None)
# Latin-1, as an old system writes it; and a surrogate, as a careless one does.
NO_TEXT = [b"Andr\xe9", b"\xed\xa0\x80"]


@pytest.fixture(params=NO_TEXT, ids=["latin-1", "surrogate"])
def no_text(request):
    return request.param


def searchset(entry):
    return b'{"resourceType":"Bundle","type":"searchset","total":1,"entry":[%b]}' % entry


@pytest.mark.parametrize(
    "body",
    [
        b'{"resourceType":"%b"}',
        searchset(b'{"resource":{"resourceType":"%b"}}'),
        searchset(b'{"search":{"mode":"%b"},"resource":{"resourceType":"Encounter"}}'),
        searchset(
            b'{"resource":{"resourceType":"OperationOutcome","issue":[{"severity":"%b"}]},'
            b'"search":{"mode":"outcome"}}'
        ),
        searchset(b'{"resource":{"resourceType":"Encounter","status":"%b"}}'),
    ],
)
async def test_a_record_is_malformed(body, no_text, surroundings):
    async with (
        stub_source(answer(body % no_text)) as stub,
        client_for(stub.url, surroundings) as client,
    ):
        adapter = hospital_adapter(client, surroundings.monotonic)
        given = await adapter.ask(REQUEST)
        probe = await adapter.contacts(NUMBER)

    assert (given.outcome, given.reason) == (Outcome.MALFORMED, Reason.UNREADABLE)
    assert (probe.outcome, probe.contacts) == (Outcome.MALFORMED, ())


def test_a_probe_is_malformed(no_text):
    body = searchset(b'{"resource":{"resourceType":"Encounter","status":"%b"}}' % no_text)

    assert probe_of([body], {}).outcome is Outcome.MALFORMED


async def test_a_person_is_not_known(no_text, surroundings):
    body = b'{"resourceType":"Patient","id":"%b"}' % no_text

    async with (
        stub_source(answer(body)) as stub,
        client_for(stub.url, surroundings) as client,
    ):
        trace = await PdsAdapter(client).read(NUMBER)

    assert (trace.outcome, trace.reason) == (TraceOutcome.UNAVAILABLE, Reason.UNREADABLE)


@pytest.mark.parametrize("status", [200, 404])
async def test_a_search_for_people_finds_none_for_certain(status, no_text, surroundings):
    body = b'{"resourceType":"%b","issue":[{"details":{"coding":[{"code":"%b"}]}}]}'

    async with (
        stub_source(answer(body % (no_text, no_text), status)) as stub,
        client_for(stub.url, surroundings) as client,
    ):
        trace = await PdsAdapter(client).find(FindRequest("Shah", "1980-02-29"))

    assert trace.outcome is TraceOutcome.UNAVAILABLE
