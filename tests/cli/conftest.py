"""Run the command as its users do: in this process, or as one of its own."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
import structlog

from gateway.cli import main
from tests.stack_fixtures import london, template

__all__ = ["london", "scr", "template"]


@dataclass(frozen=True)
class Ended:
    """How a command ended, and what it said."""

    code: int
    answer: str
    progress: str


@pytest.fixture
def scr(capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[..., Ended]]:
    """Give a function that runs `scr` with the words given."""

    def run(*words: object) -> Ended:
        with pytest.raises(SystemExit) as ended:
            main([str(word) for word in words])
        said = capsys.readouterr()
        return Ended(int(ended.value.code or 0), said.out, said.err)

    yield run
    structlog.reset_defaults()
    for speaker in ("uvicorn", "asyncio"):
        logging.getLogger(speaker).handlers = []
        logging.getLogger(speaker).propagate = True
