"""Set up what operators read: events on standard error, and failures by class and place alone.

Writes no event itself. What an unforeseen failure says of itself may quote a record, so it is never written.
"""

import logging
import sys
import traceback
from types import TracebackType

import structlog
from typing_extensions import override

_SPEAKERS = ("uvicorn", "asyncio")
"""Those who report failures that nobody caught."""

ExceptionInformation = (
    tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
)


class PlacesOnly(logging.Formatter):
    """Write a failure as its class and the places it came through, without its message."""

    @override
    def formatException(self, ei: ExceptionInformation) -> str:
        """Name class and places, innermost last."""
        kind, _fault, trace = ei
        places = (f"  {at.filename}:{at.lineno} {at.name}" for at in traceback.extract_tb(trace))
        return "\n".join((kind.__name__ if kind else "no failure", *places))


def log_everything() -> None:
    """Write every event, one JSON object a line."""
    _log_from(logging.INFO)


def log_warnings() -> None:
    """Write only what went wrong."""
    _log_from(logging.WARNING)


def _log_from(level: int) -> None:
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(level),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(PlacesOnly())
    for speaker in _SPEAKERS:
        logger = logging.getLogger(speaker)
        logger.handlers = [handler]
        logger.propagate = False
        logger.setLevel(logging.WARNING)
