"""Write the resources of one type as the planning store holds them, doing the work on equal bytes once.

Remembers for one pass over one source's lines, by the whole bytes of each element, what is made of them; the pass
over, nothing is left. Most elements of an export stand in it many times: codes, references, times of one visit.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from operator import itemgetter

from msgspec import Raw

from gateway.population.elements import Element
from gateway.population.json_parts import text_of
from gateway.population.label_elements import BARRED, BARRED_META
from gateway.population.left_out import Refused, Report
from gateway.population.people import Person
from gateway.population.reference_elements import PersonReference
from gateway.population.rules import TypeRules

_DAY_IN_A_MONTH = re.compile(rb'"\d{4}-\d\d-\d\d(?:T[^"]*)?"')
_BACKSLASH = b"\\"


class Entry:
    """What is made of some bytes, what is left out of them, and how often they stood there."""

    __slots__ = ("left_out", "times", "written")

    def __init__(self, written: bytes, left_out: list[str]) -> None:
        """Begin with none."""
        self.written = written
        self.left_out = left_out
        self.times = 0


class Column:
    """One element of all the resources of a type."""

    __slots__ = ("_after", "_before", "_element", "entries")

    def __init__(self, before: bytes, element: Element, after: bytes = b"") -> None:
        """Take what is written before and after the element."""
        self._before, self._element, self._after = before, element, after
        self.entries: dict[bytes, Entry] = {}

    def meet(self, value: bytes) -> Entry:
        """Do the work on bytes that have not stood there before."""
        left_out: list[str] = []
        cleaned = self._element.clean(value, left_out)
        written = b"" if cleaned is None else self._before + cleaned + self._after
        entry = self.entries[value] = Entry(BARRED if cleaned is BARRED else written, left_out)
        return entry


class Bundle:
    """Some elements whose bytes are looked up as one: they change together, so one look does for most of them."""

    __slots__ = ("_columns", "entries", "take")

    def __init__(self, columns: Mapping[str, Column]) -> None:
        """Take the columns of two elements or more, by name."""
        self._columns = tuple(columns.values())
        self.take = itemgetter(*columns)
        self.entries: dict[bytes, Entry] = {}

    def meet(self, key: bytes, values: Iterable[bytes]) -> Entry:
        """Put together what is made of each."""
        pairs = zip(self._columns, values, strict=True)
        met = [column.entries.get(value) or column.meet(value) for column, value in pairs]
        written = [one.written for one in met]
        whole = BARRED if BARRED in written else b"".join(written)
        left_out = [path for one in met for path in one.left_out]
        self.entries[key] = entry = Entry(whole, left_out)
        return entry


class Shape:
    """Which elements some resources have: those that are kept, in the order of writing, and the paths of the others.

    `refused` says why nothing is kept of a resource that has these elements and no other.
    """

    __slots__ = ("alone", "bundles", "left_out", "refused", "times")

    def __init__(
        self, bundles: list[Mapping[str, Column]], left_out: list[str], refused: Refused | None
    ) -> None:
        """Begin with none."""
        self.bundles = [Bundle(one) for one in bundles if len(one) > 1]
        single = [next(iter(one.items())) for one in bundles if len(one) == 1]
        self.alone = [(name, column.entries, column) for name, column in single]
        self.left_out = left_out
        self.refused = refused
        self.times = 0


class TypeReading:
    """Write the resources of one type, and count them and what is left out of them."""

    def __init__(self, rules: TypeRules, people: Mapping[str, Person]) -> None:
        """Begin a pass in which the people of the source are known."""
        self.resource_type = rules.resource_type
        self._rules = rules
        self._people = people
        self._id_of = rules.ids.id_of
        self._head = b'{"resourceType":"%b","id":"' % rules.resource_type.encode()
        self._columns = {
            rule.name: Column(rule.before, rule.element, rule.after) for rule in rules.kept
        }
        self._persons: dict[bytes, tuple[bytes, Entry]] = {}
        self._shapes: dict[tuple[str, ...], Shape] = {}
        self._refused: Counter[Refused] = Counter()

    def write(self, members: Mapping[str, Raw]) -> bytes:
        """Give the line that a resource becomes; if it is refused a stub, and empty where that would be nobody's."""
        names = tuple(members)
        shape = self._shapes.get(names) or self._meet_shape(names)
        if shape.refused is not None:
            return self._refuse(shape.refused, members)
        begun = self._begin(members)
        if isinstance(begun, Refused):
            return self._refuse(begun, members)
        born_in, parts = begun
        for bundle in shape.bundles:
            values = [*map(bytes, bundle.take(members))]
            # No line holds a line break, so nothing else joins to the same key.
            key = b"\n".join(values)
            entry = bundle.entries.get(key) or bundle.meet(key, values)
            entry.times += 1
            parts.append(entry.written)
        for name, entries, column in shape.alone:
            value = bytes(members[name])
            entry = entries.get(value) or column.meet(value)
            entry.times += 1
            parts.append(entry.written)
        if BARRED in parts:
            return self._refuse(Refused.NOBODY_MAY_SEE, members)
        shape.times += 1
        parts.append(b"}\n")
        line = b"".join(parts)
        return _without_days(line, born_in) if born_in and born_in in line else line

    def report(self) -> Report:
        """Say what was kept and left out until now."""
        left_out: Counter[str] = Counter()
        for shape in self._shapes.values():
            for path in shape.left_out:
                left_out[path] += shape.times
        for entry in self._entries():
            for path in entry.left_out:
                left_out[path] += entry.times
        kept = Counter({self.resource_type: sum(shape.times for shape in self._shapes.values())})
        refused = {(self.resource_type, why): times for why, times in self._refused.items()}
        return Report(0, +kept, refused, +left_out)

    def _meet_shape(self, names: tuple[str, ...]) -> Shape:
        """See what is to be done with the elements that are there, once for all resources that have the same."""
        rules, columns = self._rules, self._columns
        met: dict[object, dict[str, Column]] = {}
        for name, column in columns.items():
            if name in names:
                met.setdefault(self._rules.pace_of(name), {})[name] = column
        apart = columns.keys() | rules.apart
        others = [rules.path_of(name) for name in names if name not in apart]
        self._shapes[names] = shape = Shape([*met.values()], others, self._refused_for(names))
        return shape

    def _refused_for(self, names: tuple[str, ...]) -> Refused | None:
        if not self._rules.refused.isdisjoint(names):
            return Refused.CHANGED_MEANING
        person = self._rules.person
        if person is not None and person.name not in names:
            return Refused.NO_PERSON
        return None if "id" in names else Refused.NO_ID

    def _begin(self, members: Mapping[str, Raw]) -> tuple[bytes, list[bytes]] | Refused:
        """Give the month of birth of whose it is, and the line begun."""
        local_id = _text_in(bytes(members["id"]))
        if not local_id:
            return Refused.NO_ID
        if self._rules.is_patient:
            return self._begin_patient(local_id)
        parts = [self._head, self._id_of(local_id).encode(), b'"']
        if self._rules.person is None:
            return b"", parts
        value = bytes(members[self._rules.person.name])
        born_in, entry = self._persons.get(value) or self._meet_person(value, self._rules.person)
        entry.times += 1
        parts.append(entry.written)
        return (born_in, parts) if entry.written else Refused.NO_PERSON

    def _begin_patient(self, local_id: bytes) -> tuple[bytes, list[bytes]] | Refused:
        person = self._people.get(local_id.decode())
        if person is None:
            return Refused.NO_PERSON
        known_as = b'","identifier":[{"value":"%b"}]' % self._id_of(local_id).encode()
        return _opening(person.born_in), [self._head, person.subject.encode(), known_as]

    def _meet_person(self, value: bytes, reference: PersonReference) -> tuple[bytes, Entry]:
        left_out: list[str] = []
        meant = reference.meant(value, left_out)
        written = b"" if meant is None else reference.written(*meant)
        born_in = b"" if meant is None else _opening(meant[0].born_in)
        self._persons[value] = met = born_in, Entry(written, left_out)
        return met

    def _entries(self) -> Iterator[Entry]:
        for column in self._columns.values():
            yield from column.entries.values()
        yield from (entry for _born_in, entry in self._persons.values())
        bundles = (bundle for shape in self._shapes.values() for bundle in shape.bundles)
        yield from (entry for bundle in bundles for entry in bundle.entries.values())

    def _refuse(self, why: Refused, members: Mapping[str, Raw]) -> bytes:
        self._refused[why] += 1
        stub = self._id_in_store(_text_in(bytes(members.get("id", b""))))
        return b"".join((self._head, stub, b'",', BARRED_META, b"}\n")) if stub else b""

    def _id_in_store(self, local_id: bytes) -> bytes:
        """Give the id of what stays barred: its person, of whom other sources may tell, or a row that stood before."""
        if self._rules.is_patient:
            person = self._people.get(local_id.decode())
            return b"" if person is None else person.subject.encode()
        return self._id_of(local_id).encode() if local_id else b""


def _text_in(value: bytes) -> bytes:
    """Give the UTF-8 of a JSON string; nothing of anything else."""
    if value.startswith(b'"') and _BACKSLASH not in value:
        return value[1:-1]
    return (text_of(value) or "").encode()


def _opening(month: str) -> bytes:
    """Give how a date within a month begins; empty when no month is known."""
    return f'"{month}-'.encode() if len(month) == len("2000-01") else b""


def _without_days(line: bytes, born_in: bytes) -> bytes:
    """Cut every time in the month of birth to the month: a first bath on the 14th tells the birthday."""
    month = born_in.rstrip(b"-") + b'"'
    return _DAY_IN_A_MONTH.sub(
        lambda found: month if found[0].startswith(born_in) else found[0], line
    )
