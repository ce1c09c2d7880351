"""What machines are told of a release counts nobody, names no type of FHIR for rows, and repeats nothing that was sent."""

import re
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fhir_profiles.classify import CATEGORY_OF_TYPE, INFRASTRUCTURE
from gateway.api.bulk_manifest import type_of
from gateway.api.bulk_parameters import Parameter, by_name, shown
from gateway.errors import BadRequestError
from gateway.population.contents.files import BLOCK
from gateway.population.datasets import load_datasets
from tests.population.bulk.world import CLIENT

_NAMES = st.from_regex(r"[a-z][a-z0-9]{0,9}(-[a-z][a-z0-9]{0,9}){0,3}", fullmatch=True)
_KNOWN = frozenset({"_type", "release"})


@given(_NAMES, _NAMES)
def test_a_type_is_a_plain_word_that_a_file_may_be_called(dataset, table):
    assert re.fullmatch(r"([A-Z][a-z0-9]*){2,}", type_of(dataset, table))


def test_tables_that_are_declared_have_types_of_their_own_and_none_of_fhirs():
    types = [
        type_of(dataset.name, table)
        for dataset in load_datasets().values()
        for table in ("rows", *(each.name for each in dataset.tables))
    ]

    assert len(set(types)) == len(types) > 4
    assert not set(types) & {*CATEGORY_OF_TYPE, *INFRASTRUCTURE}


def read(parameters) -> list[Parameter] | str:
    try:
        return list(chain.from_iterable(by_name(parameters, _KNOWN).values()))
    except BadRequestError as fault:
        return str(fault)


@given(st.lists(st.builds(Parameter, st.text(min_size=20) | st.sampled_from(sorted(_KNOWN)))))
def test_parameters_are_given_by_name_or_refused_without_a_word_of_theirs(parameters):
    found = read(parameters)

    unknown = [each.called for each in parameters if each.called not in _KNOWN]
    assert found == parameters or isinstance(found, str)
    assert not unknown or not any(each in found for each in unknown)


@pytest.mark.parametrize(
    ("sent", "told"), [("_typeFilter", "_typeFilter"), ("9434765919", "of that name")]
)
def test_only_names_that_a_specification_has_are_repeated(sent, told):
    assert shown(sent) == told


async def test_t17_t19_a_manifest_counts_nobody_and_no_file_has_a_length_that_does(world):
    await world.published()
    manifest = (await world.ask("GET", await world.begun())).json()

    assert {key for each in manifest["output"] for key in each} == {"type", "url", "extension"}
    for each in manifest["output"]:
        answer = await world.ask("GET", each["url"])
        assert len(answer.content) % BLOCK == 0
        assert answer.headers["content-length"] == str(len(answer.content))


@pytest.mark.parametrize("what", ["kept", "found"])
async def test_de_07_where_exports_cannot_be_kept_nothing_is_begun_or_told(world, what):
    release = await world.published()
    folder = world.jobs.desk.folders.root / ".exports"
    path = await world.begun() if what == "found" else ""
    folder.rename(folder.with_name("aside")) if what == "found" else None
    folder.touch()

    answer = await (world.ask("GET", path) if path else world.begin())

    assert answer.status_code == 503
    assert "content-location" not in answer.headers
    assert await world.jobs.desk.uses(release.id) == ()


async def test_operations_are_declared_where_a_machine_is_registered(world, stack):
    for served, names in ((world.stack, {"export", "sql-run", "sql-export"}), (stack, set())):
        statement = (await served.client.get("/fhir/metadata")).json()
        told = statement["rest"][0].get("operation", ())
        assert {each["name"] for each in told} == names
    assert {row.client_id for row in world.stack.services.settings.bulk_client} >= {CLIENT}
