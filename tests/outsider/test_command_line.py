"""The outsider's verifier runs on files, and prints what every verdict must tell."""

import json
from pathlib import Path

import pytest

from tests.outsider.verifier import main
from tests.outsider.written_logs import (
    NEXT_SEED,
    checkpoint,
    entry,
    export,
    growth,
    leaf,
    proof,
    verifier_key,
)

ENTRIES = [entry(sequence) for sequence in range(1, 4)]
LEAVES = [leaf(raw) for raw in ENTRIES]
KEYS = ["--key", verifier_key(NEXT_SEED), verifier_key()]


@pytest.fixture
def held(tmp_path: Path) -> list[str]:
    (tmp_path / "held").write_text(checkpoint(LEAVES[:2]), "utf-8")
    return ["--held", str(tmp_path / "held")]


def write(folder: Path, text: bytes) -> str:
    (folder / "file").write_bytes(text)
    return str(folder / "file")


def test_an_export_is_checked_and_what_is_gone_is_told(tmp_path: Path, held: list[str], capsys):
    whole = write(tmp_path, b"".join(export(ENTRIES)))
    assert main(["export", whole, *KEYS, *held]) == 0

    broken = write(tmp_path, b"".join(export(ENTRIES, gone=(1,))))
    assert main(["export", broken, *KEYS, *held]) == 3

    assert "3 entries, 1 of them null, first broken at 1" in capsys.readouterr().out


def test_a_loss_is_told(tmp_path: Path, capsys):
    names = {"origin": "log.example/audit", "former_origin": "before", "former_root": ""}
    told = entry(1, action="log-begun-anew", **names, former_size=7, first_lost=2)

    assert main(["export", write(tmp_path, b"".join(export([told]))), *KEYS]) == 0

    assert "before: entries from 2 to 7 were lost" in capsys.readouterr().out


def test_proofs_are_checked(tmp_path: Path, held: list[str]):
    shown = write(tmp_path, json.dumps(proof(ENTRIES[0], 0, LEAVES)).encode())
    assert main(["entry", shown, *KEYS]) == 0

    grown = write(tmp_path, json.dumps(growth(2, LEAVES), indent=1).encode())
    assert main(["consistency", grown, *KEYS, *held]) == 0
    assert main(["consistency", grown, "--key", verifier_key(NEXT_SEED), *held]) == 2


def test_a_document_with_a_member_twice_is_refused(tmp_path: Path):
    shown = json.dumps(proof(ENTRIES[0], 0, LEAVES)).replace("{", '{"entry":"",', 1)

    assert main(["entry", write(tmp_path, shown.encode()), *KEYS]) == 3
