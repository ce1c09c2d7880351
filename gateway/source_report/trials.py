"""Choose the trials of a source by its kind, in the order in which an integration engineer meets them.

A source that cannot be reached is asked nothing more.
"""

import ipaddress
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from statistics import median
from urllib.parse import urlsplit

from adapters.ambulance import AMBULANCE
from adapters.contract import Reason
from adapters.source_config import SourceDialect
from adapters.transport import Unfetched
from fhir_profiles.nhs_number import NhsNumber
from gateway.source_report.asking import Answer, Questioner
from gateway.source_report.declaration import (
    Declaration,
    judge_types,
    judge_version,
    read_declaration,
)
from gateway.source_report.explaining import explain
from gateway.source_report.gp_trials import Practice, try_practice
from gateway.source_report.pds_trials import judge_knock, knock, try_pds
from gateway.source_report.person_trials import OnePerson, try_person
from gateway.source_report.r4_trials import NOBODY, looking_for, try_admission, try_refusals
from gateway.source_report.seen import Seen, Standing, fine, problem, remark, untried

TIMED = 5
"""Requests whose middle is told: enough to be past the first connection, few enough to be no load."""

_UNREACHED = frozenset({Reason.CONNECTION, Reason.TLS, Reason.DEADLINE})


@dataclass(frozen=True, slots=True)
class OnTrial:
    """One source to try out; `practice` is who is asked where it is GP Connect."""

    questioner: Questioner
    is_demo: bool
    practice: Practice | None = None

    @property
    def dialect(self) -> SourceDialect:
        """Give what the source speaks."""
        return self.questioner.config.dialect

    @property
    def never_held(self) -> frozenset[str]:
        """Give the types that this kind of source is not asked for."""
        is_ambulance = self.dialect is SourceDialect.AMBULANCE_R4
        return AMBULANCE.never_held if is_ambulance else frozenset()

    async def knock(self) -> Answer:
        """Ask the first question."""
        if self.practice is not None:
            return await self.practice.describe()
        if self.dialect is SourceDialect.PDS:
            return await knock(self.questioner)
        return await self.questioner.ask("metadata")


async def first_trials(source: OnTrial) -> AsyncIterator[Seen]:
    """Try what every deployment must have: a connection, a description, and leave to ask."""
    answer = await source.knock()
    if isinstance(answer.result, Unfetched) and answer.result.reason in _UNREACHED:
        wrong = explain(answer)
        assert wrong is not None
        yield problem("connection", wrong.saw, wrong.remedy)
        return
    yield fine("connection", "the source answers")
    yield _judge_transport(source)
    if source.dialect is SourceDialect.PDS:
        yield judge_knock(source.questioner, answer)
        return
    declared = read_declaration(answer)
    yield declared if isinstance(declared, Seen) else judge_version(declared, _version_of(source))
    if source.practice is None:
        if isinstance(declared, Declaration):
            for each in judge_types(declared, source.never_held):
                yield each
        yield await try_admission(source.questioner)


async def all_trials(source: OnTrial, number: NhsNumber | None) -> AsyncIterator[Seen]:
    """Try everything; what needs a test person is left untried without one."""
    lets_us_in = True
    async for each in first_trials(source):
        lets_us_in = lets_us_in and not _is_in_the_way(source, each)
        yield each
    if not lets_us_in:
        yield untried("everything else", "the problem above is in the way of every other question")
        return
    async for each in _further(source, number):
        yield each
    if number is None:
        yield untried("test person", "no test number was given (--number-file)")
    yield await _time(source)


def _is_in_the_way(source: OnTrial, seen: Seen) -> bool:
    # A practice is known by its description alone; other sources may do without one.
    needed = {"connection", "admission", *(("description",) if source.practice else ())}
    return seen.standing is Standing.PROBLEM and seen.trial in needed


async def _further(source: OnTrial, number: NhsNumber | None) -> AsyncIterator[Seen]:
    if source.practice is not None:
        trials = try_practice(source.practice, number)
    elif source.dialect is SourceDialect.PDS:
        trials = try_pds(source.questioner, number)
    else:
        trials = _further_r4(source, number)
    async for each in trials:
        yield each


async def _further_r4(source: OnTrial, number: NhsNumber | None) -> AsyncIterator[Seen]:
    async for each in try_refusals(source.questioner):
        yield each
    if number is not None:
        declared = read_declaration(await source.questioner.ask("metadata"))
        known = declared if isinstance(declared, Declaration) else None
        person = OnePerson(source.questioner, number, known, source.never_held)
        async for each in try_person(person):
            yield each


def _version_of(source: OnTrial) -> str:
    return "3.0." if source.practice is not None else "4.0."


def _judge_transport(source: OnTrial) -> Seen:
    parts = urlsplit(source.questioner.config.base_url)
    if parts.scheme == "https":
        return fine("transport", "TLS 1.2 or later; certificate and name are verified")
    if source.is_demo or _is_loopback(parts.hostname or ""):
        return remark("transport", "in clear, on this machine or in a demo")
    return problem(
        "transport", "in clear", "Have the source serve https, and give base_url with https."
    )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


async def _time(source: OnTrial) -> Seen:
    trial, deadline = "timing", source.questioner.config.deadline_seconds
    answers = [await _question(source)() for _each in range(TIMED)]
    middle = median(each.seconds for each in answers)
    told = (
        f"p50 of {TIMED} small questions: {middle * 1000:.0f} ms, deadline {deadline * 1000:.0f} ms"
    )
    if any(isinstance(each.result, Unfetched) for each in answers):
        return problem(
            trial, f"{told}; not all were answered", "Find out what the source waits for."
        )
    if middle > deadline / 2:
        remedy = "A record takes several questions one after the other: make the source faster."
        return problem(trial, told, remedy)
    return fine(trial, told)


def _question(source: OnTrial) -> Callable[[], Awaitable[Answer]]:
    if source.practice is not None or source.dialect is SourceDialect.PDS:
        return source.knock
    return lambda: source.questioner.ask("Patient", looking_for(NOBODY))


def problems_in(seen: Sequence[Seen]) -> int:
    """Count the trials that came to a problem."""
    return sum(each.standing is Standing.PROBLEM for each in seen)
