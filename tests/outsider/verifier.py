"""Run the checks of `checks.py` on files: 0 whole, 3 broken, 2 misused or useless evidence."""

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.outsider.checks import (
    UselessEvidence,
    Verdict,
    verify_consistency,
    verify_entry,
    verify_export,
)
from tests.outsider.plain_json import Fault, parse_json
from tests.outsider.signed_notes import WITNESS, parse_key, parse_keys


class _Lines:
    """Give the lines of a file as often as they are asked for."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __iter__(self) -> Iterator[bytes]:
        with self._path.open("rb") as lines:
            yield from lines


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line."""
    options = _read_arguments(arguments)
    try:
        keys = "\n".join(options.key)
        parse_keys(keys)
        for witness in options.witness:
            parse_key(witness, WITNESS)
        verdict = _verify(options, keys)
    except (Fault, OSError, UselessEvidence) as error:
        print(f"no verdict: {error}", file=sys.stderr)
        return 2
    print(_tell(verdict))
    return 0 if verdict.is_whole else 3


def _read_arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Check an audit log.")
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("export", "entry", "consistency"):
        command = commands.add_parser(name)
        command.add_argument("file", type=Path)
        command.add_argument("--key", required=True, nargs="+", action="extend")
        command.add_argument("--witness", nargs="+", action="extend", default=[])
        if name != "entry":
            command.add_argument("--held", type=Path, nargs="+", action="extend", default=[])
    return parser.parse_args(arguments)


def _verify(options: argparse.Namespace, keys: str) -> Verdict:
    if options.command == "export":
        held = [_read_note(path) for path in options.held]
        return verify_export(_Lines(options.file), keys, held, options.witness)
    try:
        document = parse_json(options.file.read_bytes())
    except Fault as fault:
        return Verdict(False, 0, None, str(fault))
    document = document if isinstance(document, dict) else {}
    if options.command == "entry":
        return verify_entry(document, keys)
    if len(options.held) != 1:
        raise UselessEvidence("a proof that the log only grew is of one checkpoint from elsewhere")
    return verify_consistency(document, keys, _read_note(options.held[0]), options.witness)


def _read_note(path: Path) -> str:
    return path.read_bytes().decode(errors="surrogateescape")


def _tell(verdict: Verdict) -> str:
    where = "" if verdict.first_broken is None else f", first broken at {verdict.first_broken}"
    gone = f", {verdict.gone} of them null" if verdict.gone else ""
    lost = "".join(
        f"\n{loss.former_origin}: entries from {loss.first_lost} to {loss.former_size} were lost"
        for loss in verdict.losses
    )
    return f"{verdict.why}; {verdict.entries} entries{gone}{where}{lost}"


if __name__ == "__main__":
    sys.exit(main())
