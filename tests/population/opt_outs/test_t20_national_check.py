"""T20: the national check is asked through MESH, and who opted out is in no row, count, denominator or log."""

import logging
from collections import Counter

import pytest
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from adapters.source_config import Caps
from fhir_profiles.nhs_number import NhsNumber
from gateway.population import opt_out_check
from gateway.population.opt_out_check import Unanswered, usable_of
from gateway.population.opt_outs import CheckList, LeftOut, OptOutRule, population
from tests.population.opt_outs.conftest import (
    OURS,
    THEIRS,
    WORKFLOW,
    nobody_objects,
    row,
    subject,
)


def named(numbers) -> dict[NhsNumber, list[str]]:
    """Give what the store calls each."""
    return {each: [subject(each)] for each in numbers}


async def listed(exchange, numbers, **changes):
    async with exchange.check(**changes) as check:
        return await check.list_of(named(numbers))


def released(found, numbers, now) -> Counter[str]:
    """Release two rows of each, and count them by person."""
    subjects = [subject(each) for each in numbers]
    settled = population(OptOutRule(), nobody_objects(*subjects), found, now)
    kept, _left_out = settled.kept([row(each) for each in subjects for _ in range(2)])
    return Counter(each.subject for each in kept)


async def test_t20_who_opts_out_between_pull_and_release_is_in_no_row_count_or_denominator(
    exchange, numbers
):
    at_pull = released(await listed(exchange, numbers), numbers, exchange.at)
    exchange.mesh.opted_out.add(numbers[3])

    at_release = released(await listed(exchange, numbers), numbers, exchange.at)

    gone = subject(numbers[3])
    assert (at_pull[gone], at_release[gone]) == (2, 0)
    assert (len(at_release), at_release.total()) == (len(numbers) - 1, 2 * len(numbers) - 2)
    assert at_pull - at_release == Counter({gone: 2})


async def test_t20_who_was_never_asked_about_is_left_out(exchange, numbers):
    found = await listed(exchange, numbers[1:])
    settled = population(OptOutRule(), nobody_objects(subject(numbers[0])), found, exchange.at)

    assert settled.why_left_out(row(subject(numbers[0]))) is LeftOut.NATIONAL_OPT_OUT


async def test_t20_who_has_two_names_in_the_store_may_be_used_by_both_or_by_none(exchange, numbers):
    opted_out, other = numbers[:2]
    exchange.mesh.opted_out.add(opted_out)
    async with exchange.check() as check:
        found = await check.list_of({opted_out: ["old", "new"], other: ["older", "newer"]})

    assert found.usable == {"older", "newer"}


async def test_t20_if_everybody_opted_out_nobody_is_on_the_list(exchange, numbers):
    exchange.mesh.opted_out.update(numbers)

    assert (await listed(exchange, numbers)).usable == frozenset()


async def test_t20_the_list_is_as_old_as_its_question(exchange, numbers):
    began = exchange.at
    found = await listed(exchange, numbers)

    assert exchange.at > began
    assert (found.made_at, found.run) == (began, "run-1")


async def test_t20_no_number_is_in_logs_reprs_or_the_list(exchange, numbers, caplog, capsys):
    caplog.set_level(logging.DEBUG)
    async with exchange.check() as check:
        found = await check.list_of(named(numbers))
        told = [repr(check), repr(found), str(sorted(found.usable)), caplog.text]
    told += capsys.readouterr()

    assert [each.digits for each in numbers if each.digits in "".join(told)] == []
    assert exchange.password not in "".join(told)


async def test_t20_answers_of_other_runs_senders_and_workflows_are_not_taken(exchange, numbers):
    told = {"mex-from": THEIRS, "mex-workflowid": WORKFLOW, "mex-localid": "run-1"}
    body = f"{numbers[0].digits},\n".encode()
    for change in ({"mex-localid": "run-0"}, {"mex-from": "X"}, {"mex-workflowid": "X"}):
        exchange.mesh.post(OURS, {**told, **change}, body)

    found = await listed(exchange, numbers)

    assert len(found.usable) == len(numbers)
    assert len(exchange.mesh.lying[OURS]) == 3


async def test_an_answer_that_does_not_come_in_time_gives_no_list(exchange, numbers):
    exchange.mesh.listings_until_answer = 99

    assert await listed(exchange, numbers) is Unanswered.NO_ANSWER
    assert exchange.paused == [60.0] * 4


async def test_a_mailbox_that_does_not_let_us_in_gives_no_list(exchange, numbers):
    exchange.password = "wrong"

    assert await listed(exchange, numbers) is Unanswered.NOT_SENT


async def test_nobody_and_too_many_are_not_asked_about(exchange, numbers, monkeypatch):
    monkeypatch.setattr(opt_out_check, "MOST_NUMBERS", 10)

    assert await listed(exchange, []) is Unanswered.NOBODY
    assert await listed(exchange, numbers) is Unanswered.TOO_MANY
    assert exchange.mesh.nonces == set()


async def test_an_answer_larger_than_its_cap_gives_no_list(exchange, numbers):
    assert await listed(exchange, numbers, caps=Caps(decoded_bytes=100)) is Unanswered.INBOX


def mesh_that_answers(**answers) -> Starlette:
    """A server whose answers are given by outbox, inbox and message."""
    box = "/messageexchange/OURS001"
    given = {
        "outbox": JSONResponse({"message_id": "1"}),
        "inbox": JSONResponse({"messages": ["1"]}),
    }
    given |= {"message": Response(b"")} | answers
    paths = {"outbox": f"{box}/outbox", "inbox": f"{box}/inbox", "message": f"{box}/inbox/1"}

    def answering(name):
        async def answer(_request):
            return given[name]

        return answer

    return Starlette(
        routes=[
            Route(path, answering(name), methods=["GET", "POST"]) for name, path in paths.items()
        ]
    )


@pytest.mark.parametrize(
    ("answers", "why"),
    [
        ({"outbox": JSONResponse({})}, Unanswered.NOT_SENT),
        ({"outbox": Response(status_code=307)}, Unanswered.NOT_SENT),
        ({"inbox": Response(b"<html>")}, Unanswered.INBOX),
        ({"inbox": JSONResponse({"messages": ["../outbox"]})}, Unanswered.INBOX),
        ({"inbox": Response(status_code=500)}, Unanswered.INBOX),
        ({"message": Response(b"1", 206)}, Unanswered.INBOX),
        ({"message": Response(b"1", headers={"content-encoding": "gzip"})}, Unanswered.INBOX),
        ({}, Unanswered.NO_ANSWER),
    ],
)
async def test_a_mesh_that_does_not_do_as_it_should_gives_no_list(exchange, numbers, answers, why):
    assert await listed(exchange, numbers, app=mesh_that_answers(**answers)) is why


A, B = NhsNumber("9434765919"), NhsNumber("9434765870")


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"9434765919,\n", frozenset({A})),
        (b"", frozenset()),
        (b"9434765919,", Unanswered.UNREADABLE),
        (b"9434765919\n", Unanswered.UNREADABLE),
        (b"9434765919,\r\n", Unanswered.UNREADABLE),
        (b"9434765918,\n", Unanswered.UNREADABLE),
        (b"\xff434765919,\n", Unanswered.UNREADABLE),
        (b"<html></html>\n", Unanswered.UNREADABLE),
        (b"9434765870,\n", Unanswered.FOREIGN),
    ],
)
def test_an_answer_is_read_to_the_letter_or_not_at_all(content, found):
    assert usable_of(content, frozenset({A})) == found


async def test_an_unreadable_answer_gives_no_list(exchange, numbers):
    told = {"mex-from": THEIRS, "mex-workflowid": WORKFLOW, "mex-localid": "run-1"}
    exchange.mesh.post(OURS, told, b"<html>")

    assert await listed(exchange, numbers) is Unanswered.UNREADABLE


async def test_t20_a_check_that_took_any_answer_would_be_found(exchange, numbers, monkeypatch):
    told = {"mex-from": THEIRS, "mex-workflowid": WORKFLOW, "mex-localid": "run-0"}
    exchange.mesh.post(OURS, told, "".join(f"{each.digits},\n" for each in numbers).encode())
    exchange.mesh.opted_out.add(numbers[0])
    monkeypatch.setattr(opt_out_check.NationalCheck, "_is_answer", lambda *_: True)

    found = await listed(exchange, numbers)

    assert isinstance(found, CheckList)
    assert subject(numbers[0]) in found.usable
