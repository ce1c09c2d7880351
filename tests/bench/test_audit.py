"""The bench of the audit measures what it says; its figures are judged elsewhere."""

from pathlib import Path

import pytest

from bench.audit import main


def test_a_short_run_measures_everything_and_tells_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- bench:audit:begin -->\n<!-- bench:audit:end -->\nafter\n")

    ended = main(["--seconds", "0.02", "--rounds", "1", "--rows", "1500", "--into", str(page)])

    told = capsys.readouterr().out
    assert ended == 0
    assert "| SQLite, 32 |" in told
    assert "Among 1,500 rows the proof of one took" in told
    assert told.strip() in page.read_text()
