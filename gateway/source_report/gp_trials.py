"""Try out one GP practice: its description, its refusals, and the structured record of a test person.

Names no user: the practice's audit is told that a configuration is being checked. Follows GP Connect
Access Record Structured 1.6.2.
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus

from adapters.contract import Caller, Outcome, Reason, SourceAnswer
from adapters.gp_connect import answer_of
from adapters.gp_headers import (
    DESCRIPTION,
    RECORD,
    GpConsumer,
    GpEndpoint,
    Interaction,
    headers_for,
)
from adapters.gp_parameters import parameters_for
from adapters.source_clients import Surroundings
from fhir_profiles.nhs_number import NhsNumber
from fhir_profiles.vocabulary import Category
from gateway.settings import Settings
from gateway.source_report.asking import NO_TOKEN, Answer, Questioner
from gateway.source_report.explaining import codes_of, refused_badly
from gateway.source_report.r4_trials import NOBODY
from gateway.source_report.seen import Seen, fine, problem
from gateway.sources import consumer_of

_OPERATION = "Patient/$gpc.getstructuredrecord"
_EVERY_AREA = frozenset(Category) - {Category.END_OF_LIFE, Category.SOCIAL_CARE}


class NobodyToAskAsError(ValueError):
    """Say that no organisation of the settings has an ASID, so no practice may be asked."""


@dataclass(frozen=True, slots=True)
class Practice:
    """One practice to try out, and who asks it."""

    questioner: Questioner
    endpoint: GpEndpoint
    consumer: GpConsumer
    caller: Caller
    surroundings: Surroundings

    def headers(self, interaction: Interaction) -> Mapping[str, str]:
        """Write Spine's headers for one request."""
        trace_id, now = self.surroundings.new_id(), self.surroundings.now()
        return headers_for(self.caller, self.consumer, self.endpoint, trace_id, now, interaction)

    async def describe(self) -> Answer:
        """Ask for the practice's description."""
        return await self.questioner.ask_with(self.headers(DESCRIPTION), "metadata")

    async def record(self, number: NhsNumber) -> SourceAnswer:
        """Ask for a whole record, as a view does."""
        body = parameters_for(number, _EVERY_AREA)
        answer = await self.questioner.post(_OPERATION, self.headers(RECORD), body)
        return answer_of(self.questioner.config.id, answer.result, _EVERY_AREA)


def asking_as(settings: Settings) -> tuple[GpConsumer, Caller]:
    """Choose in whose name practices are asked: the first organisation with an ASID.

    Raises NobodyToAskAsError when there is none.
    """
    named = next((each for each in settings.organisation if each.asid is not None), None)
    if named is None:
        raise NobodyToAskAsError("No organisation has an asid: GP Connect is asked in its name.")
    caller = Caller(
        user_id="configuration-check",
        role_profile_id="",
        role_code="",
        family_name="Configuration check",
        given_name="",
        organisation=named.code,
        organisation_name=named.name,
    )
    return consumer_of(settings), caller


async def try_practice(practice: Practice, number: NhsNumber | None) -> AsyncIterator[Seen]:
    """Try refusals, then the test person where there is one."""
    yield _judge_refusal("no Spine headers", await practice.questioner.ask_with({}, "metadata"))
    headers = {**practice.headers(DESCRIPTION), **NO_TOKEN}
    yield _judge_refusal("bad token", await practice.questioner.ask_with(headers, "metadata"))
    yield _judge_nobody(await practice.record(NOBODY))
    if number is not None:
        yield _judge_record(await practice.record(number))


def _judge_refusal(trial: str, answer: Answer) -> Seen:
    refused = {HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}
    if answer.status in refused:
        told = ", ".join(sorted(codes_of(answer)))
        return refused_badly(trial, answer) or fine(
            trial, f"refused with status {answer.status} {told}"
        )
    return problem(
        trial,
        f"not refused: status {answer.status}",
        "Spine and the practice must refuse this: check that base_url is the practice's own endpoint.",
    )


def _judge_nobody(answer: SourceAnswer) -> Seen:
    trial = "unknown person"
    if (answer.outcome, answer.reason) == (Outcome.REFUSED, Reason.NOT_FOUND):
        return fine(trial, "PATIENT_NOT_FOUND, as it should be")
    return _unusable(trial, answer)


def _judge_record(answer: SourceAnswer) -> Seen:
    trial = "test person"
    if answer.outcome in {Outcome.DATA, Outcome.EMPTY, Outcome.WITHHELD}:
        size = sum(map(len, answer.bodies))
        return fine(trial, f"a structured record, outcome {answer.outcome}, {size} bytes of R4")
    return _unusable(trial, answer)


def _unusable(trial: str, answer: SourceAnswer) -> Seen:
    status = f", status {answer.http_status}" if answer.http_status else ""
    return problem(
        trial,
        f"outcome {answer.outcome} ({answer.reason}{status})",
        "Check the practice's ASID and endpoint, that GP Connect is switched on there, and the test number.",
    )
