"""What is declared is released whole: from the store, through the gate, by a job, to its project's folder, and to its end."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from gateway.population.datasets import load_datasets
from gateway.population.making import make_release
from gateway.population.pseudonyms import person_of, read_subject
from gateway.population.release_order import SourceKind
from gateway.population.releases.leaving_out import ListedPeople, people_in
from gateway.population.releases.sweeping import sweep
from gateway.population.releases.verifying import faults_of_release
from gateway.store.words import ReleaseState
from tests.population.making.neighbours import THERE, neighbours, store_of
from tests.population.making.stores import places, pseudonym, venues
from tests.population.releases.deployment import PROJECT_KEY
from tests.population.releases.small_store import unmarked

pytestmark = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)

DATASETS = load_datasets()
LIVES = [*neighbours(40), *neighbours(18, start=40, lsoa=THERE)]
OPTED_OUT = pseudonym(LIVES[0])


@pytest.fixture
def planning(deployment):
    """The deployment with declared datasets, lives in its store, and one person who opted out since they were pulled."""
    deployment.clock.at = datetime(2026, 11, 20, 12, tzinfo=UTC)
    lives = store_of(deployment.folder / "lives", LIVES)
    deployment.listed(usable=people_in(lives) - {OPTED_OUT})
    ground = replace(
        deployment.jobs.ground,
        datasets=DATASETS,
        store=lives,
        kinds={kind.value: kind for kind in SourceKind},
        places=places(),
        venues=venues(),
        leaving_out=ListedPeople(
            lives, deployment.folder / "list.json", unmarked, lambda _mark: frozenset()
        ),
        make=make_release,
    )
    deployment.desk = replace(deployment.desk, datasets=DATASETS)
    deployment.jobs = replace(deployment.jobs, desk=deployment.desk, ground=ground)
    return deployment


@pytest.mark.parametrize("dataset", sorted(DATASETS))
async def test_a_declared_dataset_is_released_by_a_job_whole_and_listed(planning, dataset):
    release = await planning.published(dataset=dataset)

    assert release.why == ()
    folder = planning.desk.folder_of(release)
    assert list(faults_of_release(folder, release.manifest_sha256)) == []
    assert await planning.desk.published(planning.clock()) == (release,)
    rows = (folder / "rows.csv").read_text().splitlines()
    assert len([row for row in rows if row.strip()]) > 8


async def test_t20_who_opted_out_since_the_pull_is_in_no_file_of_the_release(planning):
    release = await planning.published(dataset="linked-activity")

    with await planning.custody.open(PROJECT_KEY) as key:
        called = {each: person_of(key.material, read_subject(each)) for each in everybody()}
    folder = planning.desk.folder_of(release)
    content = b"".join(path.read_bytes() for path in folder.iterdir())
    found = {each for each, name in called.items() if name.encode() in content}
    assert len(found) > 8
    assert OPTED_OUT not in found
    assert not any(each.encode() in content for each in everybody())


async def test_t23_after_its_key_is_destroyed_it_is_gone_and_the_certificate_stands(planning):
    release = await planning.published(dataset="violence")
    await planning.custody.destroy(PROJECT_KEY)

    await sweep(planning.desk, planning.custody.keyring(), "sweep", planning.clock())

    found = await planning.desk.release(release.id)
    assert (found.state, found.certificate is not None) == (ReleaseState.DESTROYED, True)
    assert not planning.desk.folder_of(release).exists()


def everybody() -> set[str]:
    return {pseudonym(life) for life in LIVES}
