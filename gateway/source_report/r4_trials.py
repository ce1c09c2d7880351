"""Try out a FHIR R4 server: what it declares, whom it lets in, how it refuses, how it finds nothing.

Asks about nobody: the one NHS number sent is of the 999 range, which is never issued. Follows FHIR R4
search (3.1.1) and the searches that `adapters/fhir_r4` makes.
"""

from collections.abc import AsyncIterator
from http import HTTPStatus

from adapters.fhir_pages import judge_page
from adapters.source_config import AuthKind
from adapters.transport import Fetched, Unfetched
from fhir_profiles.nhs_number import NhsNumber
from fhir_profiles.systems import NHS_NUMBER
from gateway.source_report.asking import NO_TOKEN, Answer, Query, Questioner
from gateway.source_report.explaining import explain, is_outcome, refused_badly
from gateway.source_report.seen import Seen, fine, problem, remark, untried

NOBODY = NhsNumber("9999999948")
_BY_TOKEN = frozenset({AuthKind.BEARER, AuthKind.CLIENT_CREDENTIALS, AuthKind.PRIVATE_KEY_JWT})


def looking_for(number: NhsNumber) -> Query:
    """Give the search for one person's Patient."""
    return (("identifier", f"{NHS_NUMBER}|{number.digits}"),)


async def try_admission(questioner: Questioner) -> Seen:
    """Search for a person who does not exist, as ourselves: whoever may search is told that there is none."""
    answer = await questioner.ask("Patient", looking_for(NOBODY))
    if (wrong := explain(answer)) is not None:
        return problem("admission", f"a search as ourselves: {wrong.saw}", wrong.remedy)
    kind = questioner.config.auth.kind
    shown = "with no credentials" if kind is AuthKind.NONE else f"with credentials of kind {kind}"
    return fine("admission", f"a search {shown} is answered")


async def try_refusals(questioner: Questioner) -> AsyncIterator[Seen]:
    """Ask what must be refused, or must find nothing."""
    yield await _try_bad_token(questioner)
    yield await _try_nobody(questioner)
    yield await _try_unknown_parameter(questioner)
    yield await _try_unknown_type(questioner)


async def _try_bad_token(questioner: Questioner) -> Seen:
    trial, kind = "bad token", questioner.config.auth.kind
    if kind not in _BY_TOKEN:
        return untried(trial, f"auth kind {kind} shows no token")
    answer = await questioner.ask_with(NO_TOKEN, "Patient", looking_for(NOBODY))
    if answer.status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        return refused_badly(trial, answer) or fine(trial, f"refused with status {answer.status}")
    return problem(
        trial,
        f"not refused: {_told(answer)}",
        "Have the source refuse with 401 whoever shows no token that it knows: its records stand open.",
    )


async def _try_nobody(questioner: Questioner) -> Seen:
    trial = "unknown person"
    answer = await questioner.ask("Patient", looking_for(NOBODY))
    page = judge_page(answer.result)
    if isinstance(page, Unfetched):
        return problem(
            trial,
            f"no searchset for a number that nobody has: {_told(answer)}",
            "Have the source answer a search that finds nothing with 200 and a searchset of no entries.",
        )
    if page.has_resources:
        return problem(
            trial,
            "people are found for a number that nobody has",
            "The identifier parameter is ignored or matched in part: everybody's records could be mixed up.",
        )
    return fine(trial, "an empty searchset, as it should be")


async def _try_unknown_parameter(questioner: Questioner) -> Seen:
    trial = "unknown parameter"
    query = (*looking_for(NOBODY), ("scr-no-such-parameter", "1"))
    answer = await questioner.ask("Patient", query)
    if answer.status == HTTPStatus.BAD_REQUEST:
        return refused_badly(trial, answer) or fine(trial, "refused with status 400")
    if explain(answer) is None:
        return remark(
            trial,
            "ignored without a word, as FHIR allows",
            "A misspelt parameter would go unseen: refusing it (handling=strict) is safer.",
        )
    return _failed(trial, answer)


async def _try_unknown_type(questioner: Questioner) -> Seen:
    trial = "unknown type"
    answer = await questioner.ask("ScrNoSuchType", looking_for(NOBODY))
    if answer.status in {HTTPStatus.NOT_FOUND, HTTPStatus.BAD_REQUEST}:
        return refused_badly(trial, answer) or fine(trial, f"refused with status {answer.status}")
    return _failed(trial, answer)


def _failed(trial: str, answer: Answer) -> Seen:
    return problem(
        trial,
        f"neither refused nor understood: {_told(answer)}",
        "Have the source refuse what it does not know with 400 or 404 and an OperationOutcome.",
    )


def _told(answer: Answer) -> str:
    wrong = explain(answer)
    if wrong is not None:
        return wrong.saw
    is_refusal = isinstance(answer.result, Fetched) and is_outcome(answer)
    return f"status {answer.status}, {'an OperationOutcome' if is_refusal else 'an answer'}"
