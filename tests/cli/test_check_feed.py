"""`scr check` says whether the receiver of the audit answers, and sends it nothing."""

from pathlib import Path

from gateway.commands.check import Finding, findings
from gateway.settings import Settings
from tests.audit.receiving import receiving


def settings(folder: Path, address: str | None) -> Settings:
    return Settings.model_validate(
        {
            "base_url": "https://record.example",
            "database_url": f"sqlite:///{folder / 'scr.db'}",
            "key_file": folder / "keys.json",
            "source": [{"id": "pds", "kind": "pds", "base_url": "http://127.0.0.1:9"}],
            "audit_feed": None if address is None else {"url": address},
        }
    )


async def about_the_feed(chosen: Settings) -> list[Finding]:
    return [each for each in await findings(chosen) if each.what == "audit feed"]


async def test_a_receiver_that_answers_is_fine_and_one_that_does_not_is_a_fault(tmp_path: Path):
    async with receiving() as receiver:
        chosen = settings(tmp_path, receiver.address)
        [well] = await about_the_feed(chosen)
    [down] = await about_the_feed(chosen)

    assert (well.is_fine, well.saw) == (True, "the receiver answers")
    assert (down.is_fine, receiver.batches) == (False, [])
    assert down.saw == "the receiver does not describe itself; it was sent nothing"


async def test_without_a_receiver_there_is_nothing_to_look_at(tmp_path: Path):
    assert await about_the_feed(settings(tmp_path, None)) == []
