"""What is ordered and what was made can be kept as text and read again."""

from datetime import UTC, date, datetime

from gateway.population.pull_manifest import PullManifest, write_manifest
from gateway.population.release_order import (
    InputPull,
    ReleasedFile,
    ReleaseManifest,
    SourceKind,
    StoreSource,
    sources_now,
)

NOW = datetime(2026, 11, 1, tzinfo=UTC)
MANIFEST = ReleaseManifest(
    release="r1",
    dataset="violence",
    dataset_version=1,
    dataset_sha256="00",
    project="patrols",
    recipient="Community Safety Partnership",
    purpose="where to patrol",
    legal_basis="Serious Violence Duty",
    agreement="DSA-17",
    ends_on=date(2026, 12, 31),
    ordered_on=date(2026, 11, 1),
    destroy_by=date(2027, 11, 1),
    first_month="2025-11",
    last_month="2026-10",
    columns=("month",),
    policy={"small numbers": "00"},
    rules=("counts of 1 to 7 are kept back",),
    pulls=(InputPull("hospital", 1, "00"),),
    files=(ReleasedFile("rows.csv", "00", 65536),),
)


def test_a_manifest_that_was_written_is_read_as_it_was():
    assert ReleaseManifest.from_json(MANIFEST.to_json()) == MANIFEST
    assert MANIFEST.to_json() == MANIFEST.to_json()


def test_the_sources_of_a_release_are_those_that_were_pulled_from_up_to_their_last_pull(tmp_path):
    for number in (1, 2):
        pull = PullManifest(
            number, "hospital", "violence", "p", "a", (), (), None, NOW, False, NOW, ()
        )
        write_manifest(tmp_path / "hospital", pull)

    found = sources_now(tmp_path, {"hospital": SourceKind.HOSPITAL, "gp": SourceKind.GP})

    assert found == (StoreSource("hospital", SourceKind.HOSPITAL, 2),)
