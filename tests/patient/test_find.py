import pytest

from adapters.contract import AddressUse, FindRequest, Trace, TraceOutcome
from gateway.errors import (
    AuditUnavailableError,
    BadRequestError,
    NoDemographicsError,
    PolicyChangedError,
    RefusedError,
    UnavailableError,
)
from gateway.patient.find import Finder, Found, People
from rbac.types import Levels, Purpose
from tests.patient.factories import (
    IDS,
    NUMBER,
    OLD_NUMBER,
    OTHER_NUMBER,
    PATIENT_ID,
    clock,
    levels,
    person,
    principal,
)
from tests.patient.records import Deployment, OnePolicy, Pds, compiled, found
from tests.store_factories import activate

FINDER = Finder(principal(), Purpose.TREAT, "request-7")
REQUEST = FindRequest("Okafor", "1980-02-03")
RESTRICTED = person(nhs_number=OTHER_NUMBER, address_use=AddressUse.RESTRICTED)


@pytest.fixture
async def deployment(log):
    await activate(log)
    return Deployment(log)


def people(deployment, *known, trace=None):
    deployment.pds = Pds(trace or found(*known))
    return People(deployment.access, deployment.pds, IDS, deployment.log, clock)


async def rows(deployment):
    return (await deployment.rows())[1:]


async def test_a_number_leads_to_the_person_under_an_opaque_id(deployment):
    search = people(deployment, person())

    assert await search.by_number(FINDER, OLD_NUMBER) == (Found(PATIENT_ID, person(), 1.0),)
    assert deployment.pds.asked == [OLD_NUMBER]


async def test_both_rows_are_written_for_a_number(deployment):
    await people(deployment, person()).by_number(FINDER, OLD_NUMBER)

    asked, disclosed = await rows(deployment)
    assert (asked["act"], asked["decision"], asked["reason"]) == ("find", "allowed", "permitted")
    assert (asked["patient"], asked["request_id"]) == (IDS.seal(OLD_NUMBER), "request-7")
    assert (disclosed["patient"], disclosed["outcome"]) == (PATIENT_ID, "disclosed")
    assert disclosed["sources"] == {"pds": ["data", "none"]}
    assert (disclosed["shown"], disclosed["withheld"]) == ({"demographics": 1}, {"restricted": 0})


async def test_people_are_found_by_demographics_best_first(deployment):
    other = person(nhs_number=OTHER_NUMBER)
    trace = Trace(TraceOutcome.FOUND, (person(), other), (1.0, 0.7))

    shown = await people(deployment, trace=trace).by_demographics(FINDER, REQUEST)

    assert [(each.person, each.score) for each in shown] == [(person(), 1.0), (other, 0.7)]
    assert deployment.pds.asked == [REQUEST]


async def test_everybody_whom_a_search_shows_is_named_by_a_row_of_their_own(deployment):
    other = person(nhs_number=OTHER_NUMBER)
    trace = Trace(TraceOutcome.FOUND, (person(), RESTRICTED, other), (1.0, 0.8, 0.7))

    await people(deployment, trace=trace).by_demographics(FINDER, REQUEST)

    asked, *disclosed = await rows(deployment)
    assert {each["decision_id"] for each in disclosed} == {asked["decision_id"]}
    assert asked["patient"] is None
    assert [each["patient"] for each in disclosed] == [PATIENT_ID, IDS.seal(OTHER_NUMBER)]
    assert [each["shown"] for each in disclosed] == [{"demographics": 1}] * 2
    assert [each["withheld"] for each in disclosed] == [{"restricted": 1}, {"restricted": 0}]


async def test_restricted_people_are_absent_and_only_audit_knows(deployment):
    search = people(deployment, person(), RESTRICTED)

    [shown] = await search.by_demographics(FINDER, REQUEST)

    assert shown.person == person()
    [*_rest, disclosed] = await rows(deployment)
    assert disclosed["withheld"] == {"restricted": 1}


async def test_a_restricted_person_is_as_good_as_not_there(deployment):
    restricted = await people(deployment, RESTRICTED).by_number(FINDER, OTHER_NUMBER)
    nobody = await people(deployment, trace=Trace(TraceOutcome.NOT_FOUND)).by_number(
        FINDER, OTHER_NUMBER
    )

    assert restricted == nobody == ()
    outcomes = [row["outcome"] for row in await rows(deployment) if row["action"] == "disclosed"]
    assert outcomes == ["nothing", "nothing"]


@pytest.mark.parametrize(
    ("outcome", "error", "told"),
    [
        (TraceOutcome.TOO_MANY, BadRequestError, "refused"),
        (TraceOutcome.UNAVAILABLE, NoDemographicsError, "failed"),
    ],
)
async def test_how_pds_ended_otherwise_is_told_and_recorded(deployment, outcome, error, told):
    with pytest.raises(error):
        await people(deployment, trace=Trace(outcome)).by_demographics(FINDER, REQUEST)

    [_asked, disclosed] = await rows(deployment)
    assert (disclosed["outcome"], disclosed["sources"]["pds"][0]) == ("nothing", told)


class NoTrace:
    async def read(self, _nhs_number):
        raise LookupError

    async def find(self, _request):
        return None


async def test_a_broken_pds_is_unavailable(deployment):
    search = People(deployment.access, NoTrace(), IDS, deployment.log, clock)

    with pytest.raises(UnavailableError):
        await search.by_number(FINDER, NUMBER)
    with pytest.raises(UnavailableError):
        await search.by_demographics(FINDER, REQUEST)

    rows_b = [row for row in await rows(deployment) if row["action"] == "disclosed"]
    assert [row["sources"]["pds"] for row in rows_b] == [["failed", "none"]] * 2


@pytest.mark.parametrize(
    ("asks", "seen", "purpose", "reason"),
    [
        (principal(), levels(), Purpose.HRESCH, "purpose-not-allowed"),
        (principal(role="researcher"), levels(), Purpose.TREAT, "purpose-not-allowed"),
        (principal(), Levels(levels().view, frozenset()), Purpose.TREAT, "no-patient-access"),
    ],
)
async def test_a_refusal_is_row_a_alone_and_asks_nobody(deployment, asks, seen, purpose, reason):
    deployment.policies = OnePolicy(compiled(seen))
    search = people(deployment, person())

    with pytest.raises(RefusedError) as refused:
        await search.by_number(Finder(asks, purpose, "r"), NUMBER)

    [row] = await rows(deployment)
    assert (refused.value.reason, row["reason"], row["decision"]) == (reason, reason, "refused")
    assert deployment.pds.asked == []


async def test_a_search_under_an_older_policy_is_not_made(deployment):
    deployment.policies = OnePolicy(compiled(levels(), "older"))
    search = people(deployment, person())

    with pytest.raises(PolicyChangedError):
        await search.by_number(FINDER, NUMBER)

    assert deployment.pds.asked == []


async def test_without_an_audit_nobody_is_looked_up(deployment):
    search = people(deployment, person())
    await deployment.log.aclose()

    with pytest.raises(AuditUnavailableError):
        await search.by_number(FINDER, NUMBER)

    assert deployment.pds.asked == []
