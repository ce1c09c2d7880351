"""Read what planners may be given: each dataset with its purpose, dictionary, rules and tables, as declared in a file.

Makes nothing of anybody's data. The files are `fhir_profiles/datasets/*.toml`, for a governance lead to read; beside each
stands the SQL that shapes the rows of its views. A word that is not known stops the start.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from importlib.resources import files

import msgspec

from fhir_profiles.vocabulary import Label
from gateway.population.climbing import Ladder
from gateway.population.opt_outs import Exemption, OptOutRule
from gateway.population.profile import DisclosureProfile, SensitiveColumn

_FOLDER = files("fhir_profiles") / "datasets"


class DatasetError(ValueError):
    """Say what is wrong with a declared dataset, and with which."""


class Role(StrEnum):
    """Say what a column may do to a person: name them to a project, tell them from others, or tell something of them."""

    PERSON = "person"
    IDENTIFIER = "identifier"
    KNOWN = "known-of-somebody"
    SENSITIVE = "sensitive"
    HIGHLY_SENSITIVE = "highly-sensitive"


class Unit(StrEnum):
    """Say what a table counts in its cells."""

    PEOPLE = "people"
    EVENTS = "events"
    POUNDS = "pounds"


class Column(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One entry of the dictionary; a column that is not `given` is judged by, and left in no file."""

    name: str
    role: Role
    type: str
    allowed: str
    why_safe: str
    unit: str = ""
    given: bool = True


class Climbing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A column that is told less finely where too few people are alike; the finest rung comes first."""

    column: str
    rungs: tuple[str, ...]


class TableRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table of counts or costs by columns of the dataset's shaped rows; a margin names the dimensions that it keeps.

    `per_head` divides, in what is published, by the table of people that it names; `rounded_to` is in pounds.
    """

    name: str
    title: str
    unit: Unit
    dimensions: tuple[str, ...]
    of: str = "facts"
    margins: tuple[tuple[str, ...], ...] = ((),)
    rounded_to: int | None = None
    per_head: str = ""


class OptOuts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether the national opt-out applies, and to whom else the dataset does not extend."""

    why: str
    has_the_dead: bool = False
    exemption: Exemption | None = None


class Labels(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which sensitive labels keep a row out; what nobody may see is out whatever stands here."""

    why: str
    barred: tuple[Label, ...]


class Disclosure(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How alike people must be, and what an onlooker may know of one event."""

    fewest_people: int
    furthest: float
    event: tuple[str, ...] = ()


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    version: int
    title: str
    purpose: str
    legal_basis: str
    recipient_kinds: tuple[str, ...]
    conformance: str
    months: int
    retention_days: int
    views: tuple[str, ...]
    opt_outs: OptOuts
    labels: Labels
    disclosure: Disclosure
    column: tuple[Column, ...]
    ladder: tuple[Climbing, ...]
    table: tuple[TableRule, ...]


@dataclass(frozen=True, slots=True)
class Dataset:
    """One declared dataset. `months` are whole months before the day of a release; `sql` makes its shaped rows.

    `why_opt_outs` and `why_labels` are the reasons that stand with its rule. `fingerprint` is the SHA-256 of all that declares it.
    """

    name: str
    version: int
    title: str
    purpose: str
    legal_basis: str
    recipient_kinds: tuple[str, ...]
    conformance: str
    months: int
    retention_days: int
    views: tuple[str, ...]
    opt_out_rule: OptOutRule
    columns: tuple[Column, ...]
    profile: DisclosureProfile
    ladders: tuple[Ladder, ...]
    tables: tuple[TableRule, ...]
    sql: str
    fingerprint: str
    why_opt_outs: str = ""
    why_labels: str = ""

    @property
    def given(self) -> tuple[str, ...]:
        """Name the columns that stand in files, in their order."""
        return tuple(each.name for each in self.columns if each.given)

    @property
    def follows_people(self) -> bool:
        """Say whether its rows have the one name of a person in a project, by which a history can be followed."""
        return any(each.role is Role.PERSON and each.given for each in self.columns)


def load_datasets() -> Mapping[str, Dataset]:
    """Read every declared dataset, by name.

    Raises DatasetError.
    """
    texts = [
        (path.read_text("utf-8"), (_FOLDER / path.name.replace(".toml", ".sql")).read_text("utf-8"))
        for path in sorted(_FOLDER.iterdir(), key=lambda path: path.name)
        if path.name.endswith(".toml")
    ]
    return {found.name: found for found in (read_dataset(*each) for each in texts)}


def read_dataset(text: str, sql: str) -> Dataset:
    """Read one declaration.

    Raises DatasetError when it cannot be read, or does not agree with itself.
    """
    try:
        found = msgspec.convert(tomllib.loads(text), _File)
        return _dataset(found, sql, sha256(f"{text}\0{sql}".encode()).hexdigest())
    except (tomllib.TOMLDecodeError, ValueError) as fault:
        raise DatasetError(f"A dataset cannot be read: {fault}.") from fault


def _dataset(found: _File, sql: str, fingerprint: str) -> Dataset:
    _refuse_silence(found)
    return Dataset(
        name=found.name,
        version=found.version,
        title=found.title,
        purpose=found.purpose,
        legal_basis=found.legal_basis,
        recipient_kinds=found.recipient_kinds,
        conformance=found.conformance,
        months=found.months,
        retention_days=found.retention_days,
        views=found.views,
        opt_out_rule=_opt_out_rule(found),
        columns=found.column,
        profile=_profile(found),
        ladders=tuple(Ladder(each.column, each.rungs) for each in found.ladder),
        tables=found.table,
        sql=sql,
        fingerprint=fingerprint,
        why_opt_outs=found.opt_outs.why,
        why_labels=found.labels.why,
    )


def _refuse_silence(found: _File) -> None:
    """Refuse a declaration with nothing where something must be said, or that keeps what it gives for ever."""
    said = [found.name, found.title, found.purpose, found.legal_basis, found.conformance]
    said += [found.opt_outs.why, found.labels.why, *found.recipient_kinds]
    said += [word for each in found.column for word in (each.type, each.allowed, each.why_safe)]
    if not all(map(str.strip, said)) or not found.recipient_kinds:
        raise ValueError(f"{found.title!r} does not say all that it must")
    if found.months < 1 or found.retention_days < 1:
        raise ValueError(f"{found.title!r} covers no month, or is kept for no day")


def _opt_out_rule(found: _File) -> OptOutRule:
    rule = found.opt_outs
    return OptOutRule(rule.exemption, frozenset(found.labels.barred), rule.has_the_dead)


def _profile(found: _File) -> DisclosureProfile:
    sensitive = [
        SensitiveColumn.highly(each.name)
        if each.role is Role.HIGHLY_SENSITIVE
        else SensitiveColumn(each.name)
        for each in found.column
        if each.role in {Role.SENSITIVE, Role.HIGHLY_SENSITIVE}
    ]
    return DisclosureProfile(
        dataset=found.name,
        identifiers=(*_named(found, Role.PERSON), *_named(found, Role.IDENTIFIER)),
        quasi_identifiers=_named(found, Role.KNOWN),
        sensitive=tuple(sensitive),
        fewest_people=found.disclosure.fewest_people,
        furthest=found.disclosure.furthest,
        event=found.disclosure.event,
    )


def _named(found: _File, role: Role) -> tuple[str, ...]:
    return tuple(each.name for each in found.column if each.role is role)
