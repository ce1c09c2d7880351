"""Leave of the resources of one source what the planning store may hold: bytes in, bytes out.

Reads and writes nothing, opts nobody out and coarsens for no release. What is not listed as kept is left out:
default deny. A line becomes one line or none, whatever the lines around it, so any cut between lines, and any
number of processes, give the same bytes. docs/decisions/0029.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from gateway.population.ground import Ground
from gateway.population.json_parts import in_quotes, is_json, is_text, members_of
from gateway.population.left_out import Refused, Report
from gateway.population.rules import rules_of
from gateway.population.type_reading import TypeReading


@dataclass(frozen=True, slots=True)
class Deidentified:
    """What the store may hold, one resource a line, and what was left out of it."""

    ndjson: bytes
    report: Report


class Deidentifier:
    """De-identify resources of one source, again and again; nothing is remembered from one time to the next."""

    def __init__(self, ground: Ground) -> None:
        """Make what the lists say ready for use.

        Raises AllowListError, KeyLengthError, SourceNameError.
        """
        self._rules = rules_of(ground)
        self._people = ground.people

    def __call__(self, ndjson: bytes, said_to_be: str = "") -> Deidentified:
        """Leave of each line what may be kept; where all are said to be of one type, nothing of one that is of another."""
        readings = [TypeReading(rules, self._people) for rules in self._rules]
        return _Pass(readings, in_quotes(said_to_be) if said_to_be else b"").over(ndjson)


def deidentify(ndjson: bytes, ground: Ground) -> Deidentified:
    """Leave of each line, a resource of one source, what the planning store may hold of it.

    Raises AllowListError, KeyLengthError, SourceNameError.
    """
    return Deidentifier(ground)(ndjson)


class _Pass:
    """Go over the lines once."""

    def __init__(self, readings: Iterable[TypeReading], said_to_be: bytes) -> None:
        self._by_type = {in_quotes(one.resource_type): one for one in readings}
        self._said_to_be = said_to_be
        self._refused: Counter[tuple[str, Refused]] = Counter()

    def over(self, ndjson: bytes) -> Deidentified:
        lines = [line for line in ndjson.split(b"\n") if line and not line.isspace()]
        kept = b"".join(map(self._line, lines))
        own = Report(len(lines), {}, self._refused, {})
        reports = [reading.report() for reading in self._by_type.values()]
        return Deidentified(kept, Report.of_all([own, *reports]))

    def _line(self, line: bytes) -> bytes:
        if not is_text(line):
            return self._refuse(Refused.NOT_JSON)
        members = members_of(line)
        if members is None:
            return self._refuse(Refused.NO_RESOURCE if is_json(line) else Refused.NOT_JSON)
        resource_type = members.get("resourceType")
        if resource_type is None:
            return self._refuse(Refused.NO_RESOURCE)
        if self._said_to_be not in {b"", bytes(resource_type)}:
            return self._refuse(Refused.ANOTHER_TYPE)
        reading = self._by_type.get(bytes(resource_type))
        return reading.write(members) if reading else self._refuse(Refused.UNLISTED_TYPE)

    def _refuse(self, why: Refused) -> bytes:
        self._refused["", why] += 1
        return b""
