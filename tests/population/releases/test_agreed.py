"""A job makes only what an agreement in force names, for two people who still act, of what the dataset is made of."""

from dataclasses import replace
from uuid import UUID

import pytest

from fhir_profiles.vocabulary import Category
from gateway.population.datasets import load_datasets
from gateway.population.releases.agreed import AgreedReleases, categories_of
from gateway.population.releases.requests import request_of
from gateway.store.releases import Release
from rbac.types import Purpose
from tests.access.feeds import ASSAULTS, LINKED, VIOLENCE, Feeds, Given
from tests.agreed import DAY, agreed
from tests.patient.factories import NOW
from tests.population.releases.deployment import WANTED
from tests.population.releases.small_making import DATASET
from tests.store_factories import anyio_backend

__all__ = ["anyio_backend"]

DATASETS = load_datasets()
ASKED = replace(
    WANTED, dataset="violence", project="safer-streets", recipient="CSP1", agreement="all"
)


def approved(**changes) -> Release:
    request = request_of(replace(ASKED, **changes), UUID(int=1), "asker", NOW)
    return Release(request, approved_at=NOW, approved_by="approver")


def permits(**given) -> AgreedReleases:
    return AgreedReleases(Given(**given).access, DATASETS)


@pytest.mark.parametrize(
    ("dataset", "categories"), [("linked-activity", LINKED), ("violence", VIOLENCE)]
)
def test_the_declared_datasets_are_made_of_what_agreements_are_asked_for(dataset, categories):
    assert categories_of(DATASETS[dataset]) == categories


def test_what_nobody_knows_is_made_of_everything_or_asked_for_in_vain():
    unknown = replace(DATASET, views=("another",))

    assert categories_of(unknown) == frozenset(Category)
    wanted = permits().wanted("another", "p", "CSP1", Purpose.PUBHLTH)
    assert wanted.categories == frozenset()


async def test_what_an_agreement_in_force_names_may_be_made():
    assert permits().wanted("violence", "safer-streets", "CSP1", Purpose.PUBHLTH) == ASSAULTS
    assert await permits().why_not(approved()) is None


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"project": "another"}, "not permitted now"),
        ({"agreement": "an-older-one"}, "Another agreement permits it"),
    ],
)
async def test_what_no_agreement_names_may_not(changes, told):
    assert told in await permits().why_not(approved(**changes))


async def test_after_its_agreement_or_without_a_second_person_it_may_not():
    over = permits(agreements=Feeds(rows=(agreed(ends_at=NOW - DAY),)))

    assert "not permitted now" in await over.why_not(approved())
    alone = replace(approved(), approved_by=None)
    assert "not permitted now" in await permits().why_not(alone)
