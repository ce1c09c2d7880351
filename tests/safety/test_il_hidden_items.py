"""What is hidden leaves no trace (IL-01, IL-03, IL-05, IL-06, IL-08; AZ-02, AZ-03)."""

from collections.abc import Iterable

import pytest

from adapters.simulators.truth import Fact, Statement
from tests.safety.siege import ASKED_ABOUT, person_of, rows
from tests.stack import Bundle, Stack

# Each reader, a person, and the labels of that person's items which the reader must not know of.
HIDDEN = [
    ("ed-consultant", "sexual-health", {"sexual-health"}),
    ("paramedic", "sexual-health", {"sexual-health"}),
    ("receptionist", "sexual-health", {"sexual-health"}),
    ("receptionist", "mental-health", {"mental-health"}),
    ("discharge-officer", "mental-health", {"mental-health"}),
    ("pharmacist", "safeguarding", {"safeguarding"}),
    ("ed-consultant", "unknown-label", {"research-interest"}),
    ("gp", "unknown-label", {"research-interest"}),
]


def hidden_from(stack: Stack, user: str, name: str, labels: set[str]) -> list[Statement]:
    """Give what sources say of a person that this reader must not know of."""
    number = stack.london.people[name]
    own = {"gp": "F84004", "receptionist": "F84004"}.get(user, "RRV")
    return [
        each
        for each in stack.london.cohort.statements[number]
        if each.fact.labels & labels
        and not ("sexual-health" in labels and each.organisation == own)
    ]


def words_of(fact: Fact) -> Iterable[str]:
    yield from (fact.coding.code, fact.coding.display)


@pytest.mark.parametrize(("user", "name", "labels"), HIDDEN)
async def test_il_06_no_word_code_or_id_of_a_hidden_item_is_in_any_byte(
    stack: Stack, user: str, name: str, labels: set[str]
):
    hidden = hidden_from(stack, user, name, labels)
    shown = [
        each
        for each in stack.london.cohort.statements[stack.london.people[name]]
        if each not in hidden
    ]
    known = {word for each in shown for word in (*words_of(each.fact), each.coding.code)}

    told = (await stack.everything(user, name)).response.text

    assert hidden
    strange = {word for each in hidden for word in (*words_of(each.fact), each.coding.code)} - known
    assert [word for word in strange if f'"{word}"' in told] == []
    assert [each.local_id for each in hidden if f"{each.local_id}" in told] == []


@pytest.mark.parametrize("kind", ["Condition", "Encounter", "Observation", "Flag"])
async def test_il_01_counts_of_a_search_count_only_what_is_shown(stack: Stack, kind: str):
    path = f"/fhir/{kind}?patient={stack.patient('sexual-health')}"

    answer = Bundle(await stack.get("ed-consultant", path))

    assert answer.body["total"] == len(answer.of(kind))


async def test_il_03_pages_of_a_narrowed_search_are_never_short(stack: Stack):
    path = f"/fhir/Condition?patient={stack.patient('sexual-health')}"
    whole = Bundle(await stack.get("ed-consultant", path))

    first = Bundle(await stack.get("ed-consultant", path + "&_count=2"))

    assert len(whole.resources) > 2
    assert len(first.resources) == 2
    assert first.body["total"] == len(whole.resources)


async def ids_that_are_not_the_readers(stack: Stack) -> dict[str, str]:
    """Give addresses of Conditions which an ED consultant must not tell apart."""
    by_gp = await stack.everything("gp", "sexual-health")
    hidden = next(each["id"] for each in by_gp.of("Condition", "gp") if "Gonorrhoea" in str(each))
    shown = (await stack.everything("ed-consultant", ASKED_ABOUT)).of("Condition")[0]["id"]
    stranger = stack.patient("other-practice")
    swapped = ("b" if shown[0] == "a" else "a") + shown[1:]
    return {
        "hidden": hidden,
        "somebody-else's": stranger + shown[36:],
        "objected": stack.patient("objects-to-all") + shown[36:],
        "restricted": stack.patient("restricted") + shown[36:],
        "in-another-record": stack.patient("mental-health") + shown[36:],
        "never-was": shown[:36] + 26 * "0",
        "tampered": swapped,
        "cut-short": shown[:-1],
        "capitals": shown.upper(),
        "plain": "1",
    }


async def test_il_05_every_way_of_not_being_yours_reads_the_same(stack: Stack):
    ids = await ids_that_are_not_the_readers(stack)

    answers = {
        way: await stack.get("ed-consultant", f"/fhir/Condition/{each}")
        for way, each in ids.items()
    }

    assert {way: each.status_code for way, each in answers.items()} == dict.fromkeys(ids, 404)
    assert len({each.content for each in answers.values()}) == 1
    assert len({_fixed_headers(each) for each in answers.values()}) == 1


async def test_il_05_the_original_of_what_is_not_yours_reads_the_same(stack: Stack):
    ids = await ids_that_are_not_the_readers(stack)

    answers = [
        await stack.get("ed-consultant", f"/fhir/Condition/{each}/$original")
        for each in ids.values()
    ]

    assert {each.status_code for each in answers} == {404}
    assert len({(each.content, _fixed_headers(each)) for each in answers}) == 1


async def test_az_02_an_item_is_not_found_under_another_type(stack: Stack):
    shown = (await stack.everything("ed-consultant", ASKED_ABOUT)).of("Condition")[0]["id"]

    answer = await stack.get("ed-consultant", f"/fhir/Encounter/{shown}")

    assert answer.status_code == 404


def _fixed_headers(answer) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name, value)
        for name, value in answer.headers.items()
        if name not in {"x-request-id", "date"}
    )


@pytest.mark.parametrize("user", ["gp", "ed-consultant"])
async def test_il_08_a_search_for_a_person_by_get_is_refused_and_kept_out_of_every_log(
    stack: Stack, capfd: pytest.CaptureFixture[str], user: str
):
    digits = person_of(stack, ASKED_ABOUT).nhs_number.digits

    answer = await stack.get(user, f"/fhir/Patient?identifier={digits}")

    assert answer.status_code == 400
    assert digits not in answer.text
    assert digits not in "".join(capfd.readouterr())
    assert await rows(stack, "asked") == []


async def test_il_08_no_log_line_of_a_view_tells_of_the_person(
    stack: Stack, capfd: pytest.CaptureFixture[str]
):
    person = person_of(stack, ASKED_ABOUT)
    token = await stack.token("ed-consultant")

    await stack.everything("ed-consultant", ASKED_ABOUT)
    await stack.post(
        "ed-consultant", "/fhir/Patient/_search", {"identifier": person.nhs_number.digits}
    )

    logged = "".join(capfd.readouterr())
    assert "request" in logged
    words = (person.nhs_number.digits, person.family_name, stack.patient(ASKED_ABOUT), token)
    assert [each for each in words if each in logged] == []


@pytest.mark.parametrize(
    "query",
    [
        "patient={0}&patient={1}",
        "patient={0},{1}",
        "patient={0}&subject={1}",
        "patient:identifier={1}",
        "patient.identifier={1}",
        "patient={0}&_include=*",
        "patient={0}&_revinclude=Observation:subject",
        "patient={0}&_has:Observation:patient:code=1",
        "patient={0}&_filter=subject eq {1}",
        "patient={0}&subject:Patient.name=a",
        "",
    ],
)
async def test_az_03_no_search_reaches_beyond_the_one_person(stack: Stack, query: str):
    one, other = stack.patient(ASKED_ABOUT), stack.patient("sexual-health")

    answer = await stack.get("ed-consultant", "/fhir/Encounter?" + query.format(one, other))

    assert answer.status_code in {400, 404}
    assert other not in answer.text
