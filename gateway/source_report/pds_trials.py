"""Try out the Personal Demographics Service: how it refuses, what it knows of nobody, and of a test person.

It declares nothing of itself, so whether it is PDS shows in how it refuses a number that is none. Follows
the PDS FHIR API (R4) and its error codes.
"""

from collections.abc import AsyncIterator
from http import HTTPStatus

from adapters.contract import TraceOutcome
from adapters.demographics import PdsAdapter
from fhir_profiles.nhs_number import NhsNumber
from gateway.source_report.asking import NO_TOKEN, Answer, Questioner
from gateway.source_report.explaining import codes_of, explain, refused_badly
from gateway.source_report.r4_trials import NOBODY
from gateway.source_report.seen import Seen, fine, problem, untried

_NO_NUMBER = "Patient/0000000000"


async def knock(questioner: Questioner) -> Answer:
    """Ask PDS for what is no NHS number."""
    return await questioner.ask(_NO_NUMBER)


def judge_knock(questioner: Questioner, answer: Answer) -> Seen:
    """Say whether who answers is PDS, and lets us in."""
    if "INVALID_RESOURCE_ID" in codes_of(answer):
        kind = questioner.config.auth.kind
        return fine(
            "admission", f"PDS answers us, with auth kind {kind}, and refuses what is no number"
        )
    wrong = explain(answer)
    if wrong is not None and answer.status != HTTPStatus.BAD_REQUEST:
        return problem("admission", f"asked as ourselves: {wrong.saw}", wrong.remedy)
    return problem(
        "admission",
        "what is no NHS number is not refused as PDS refuses it (INVALID_RESOURCE_ID)",
        "Check base_url: it must be the base of the PDS FHIR API, to which /Patient is added.",
    )


async def try_pds(questioner: Questioner, number: NhsNumber | None) -> AsyncIterator[Seen]:
    """Try refusals, then the test person where there is one."""
    yield await _try_bad_token(questioner)
    yield await _try_nobody(questioner)
    if number is not None:
        yield await _try_number(questioner, number)


async def _try_bad_token(questioner: Questioner) -> Seen:
    trial, kind = "bad token", questioner.config.auth.kind
    if kind in {"none", "mtls"}:
        return untried(trial, f"auth kind {kind} shows no token")
    answer = await questioner.ask_with(NO_TOKEN, _NO_NUMBER)
    if answer.status == HTTPStatus.UNAUTHORIZED:
        return refused_badly(trial, answer) or fine(trial, "refused with status 401")
    return problem(
        trial, f"status {answer.status}, not 401", "Check that this address is PDS itself."
    )


async def _try_nobody(questioner: Questioner) -> Seen:
    trial = "unknown person"
    answer = await questioner.ask(f"Patient/{NOBODY.digits}")
    if answer.status == HTTPStatus.NOT_FOUND and "RESOURCE_NOT_FOUND" in codes_of(answer):
        return fine(trial, "RESOURCE_NOT_FOUND, as it should be")
    return problem(
        trial,
        f"status {answer.status} without the code RESOURCE_NOT_FOUND",
        "Nobody can be told from a service that fails: have it answer 404 with that code.",
    )


async def _try_number(questioner: Questioner, number: NhsNumber) -> Seen:
    trial = "test person"
    trace = await PdsAdapter(questioner.client).read(number)
    match trace.outcome:
        case TraceOutcome.FOUND:
            return fine(trial, "found, and readable in full")
        case TraceOutcome.NOT_FOUND:
            return problem(
                trial, "not found", "Check that this environment of PDS holds the test number."
            )
        case _:
            told = f"{trace.outcome} ({trace.reason})"
            return problem(
                trial, told, "The answer cannot be used: look at what PDS sends for this number."
            )
