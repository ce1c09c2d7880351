"""Write datasets and releases for planners, and for those who review what planners are given.

Decides nothing. Wording: NHS content style guide.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import msgspec

from gateway.population.datasets import Column, Dataset, Role, TableRule, Unit
from gateway.population.release_order import ReleaseManifest
from gateway.store.releases import Release, ReleaseProgress, ReleaseUse
from gateway.store.words import ReleaseState
from gateway.web.dates_in_words import date_in_words, instant_in_words
from gateway.web.facts import Fact
from rbac.types import Purpose

STATES: Mapping[ReleaseState, str] = {
    ReleaseState.REQUESTED: "Waits for approval",
    ReleaseState.APPROVED: "Approved, not made yet",
    ReleaseState.RUNNING: "Being made",
    ReleaseState.PUBLISHED: "Published",
    ReleaseState.REFUSED: "Refused",
    ReleaseState.CANCELLED: "Cancelled",
    ReleaseState.EXPIRED: "Expired",
    ReleaseState.RECALLED: "Recalled",
    ReleaseState.DESTROYED: "Unlinked for ever: its key was destroyed",
}

PURPOSES: Mapping[str, str] = {
    Purpose.PUBHLTH.value: "Public health",
    Purpose.HOPERAT.value: "Running and planning services",
    Purpose.HRESCH.value: "Research",
}

_ROLES: Mapping[Role, str] = {
    Role.PERSON: "stands for a person",
    Role.IDENTIFIER: "stands for a record",
    Role.KNOWN: "may be known of somebody",
    Role.SENSITIVE: "tells something of somebody",
    Role.HIGHLY_SENSITIVE: "tells something that hurts",
}

_UNITS: Mapping[Unit, str] = {
    Unit.PEOPLE: "people",
    Unit.EVENTS: "contacts or events",
    Unit.POUNDS: "pounds",
}

_HEADINGS = {
    "projects": "Safe projects: what for, and by which law",
    "people": "Safe people: who is given it, under which agreement",
    "settings": "Safe settings: where it is kept and used",
    "data": "Safe data: by which rules",
    "outputs": "Safe outputs: what was tried on it",
}


@dataclass(frozen=True, slots=True)
class Told:
    """One thing of a list: what it is called, its facts, and where it is told whole, if it is."""

    title: str
    facts: tuple[Fact, ...]
    path: str = ""


def dataset_in_words(dataset: Dataset) -> Told:
    """Write a line of the catalogue."""
    given = ", ".join(dataset.recipient_kinds)
    facts = (
        Fact("What for", dataset.purpose),
        Fact("By which law", dataset.legal_basis),
        Fact("Given to", given),
        Fact("Covers", f"{dataset.months} whole months"),
        Fact("Kept for", f"{dataset.retention_days} days at most"),
    )
    return Told(dataset.title, facts, f"datasets/{dataset.name}")


def column_in_words(column: Column) -> Told:
    """Write an entry of the dictionary."""
    unit = f", {column.unit}" if column.unit else ""
    facts = [
        Fact("Type", f"{column.type}{unit}"),
        Fact("Values", column.allowed),
        Fact("What it does", _ROLES[column.role]),
        Fact("Why it is safe", column.why_safe),
    ]
    if not column.given:
        facts.append(Fact("Given", "no: it is used by the checks alone"))
    return Told(column.name, tuple(facts))


def table_in_words(table: TableRule) -> Told:
    """Write what a table of counts or costs has in its cells."""
    facts = [
        Fact("Counts", _UNITS[table.unit]),
        Fact("By", ", ".join(each.replace("_", " ") for each in table.dimensions)),
    ]
    if table.rounded_to is not None:
        facts.append(Fact("Rounded to", f"£{table.rounded_to:,}"))
    return Told(table.title, tuple(facts))


def rules_in_words(dataset: Dataset) -> tuple[str, ...]:
    """Write by which rules a dataset is released."""
    rule = dataset.opt_out_rule
    opt_outs = (
        "Whoever opted out nationally is in no row, count or denominator."
        if rule.exemption is None
        else f"The national opt-out does not apply: {rule.exemption.replace('-', ' ')}."
    )
    return (
        opt_outs,
        f"At least {dataset.profile.fewest_people} people are alike in what may be known of them.",
        "Counts of 1 to 7 are kept back and shown as *; all others are rounded to the nearest 5.",
        "What has changed by 1 to 7 people since it was released is told as it was, or kept back.",
    )


def release_in_line(release: Release, titles: Mapping[str, str], names: Mapping[str, str]) -> Told:
    """Write a release as one of a list."""
    asked = release.request
    facts = [
        Fact("Project", asked.project),
        Fact("For", names.get(asked.recipient, asked.recipient)),
        Fact("Asked for", instant_in_words(asked.requested_at)),
    ]
    if release.state is ReleaseState.PUBLISHED:
        facts.append(Fact("Until", _last_day(release)))
    title = f"{titles.get(asked.dataset, asked.dataset)}: {STATES[release.state].lower()}"
    return Told(title, tuple(facts), f"releases/{asked.id}")


def request_in_words(release: Release, names: Mapping[str, str]) -> tuple[Fact, ...]:
    """Write what was asked for: an approver agrees to exactly this."""
    asked = release.request
    return (
        Fact("Dataset", asked.dataset),
        Fact("Project", asked.project),
        Fact("Recipient", names.get(asked.recipient, asked.recipient)),
        Fact("Purpose of use", PURPOSES.get(asked.purpose_of_use, asked.purpose_of_use)),
        Fact("What for", asked.purpose),
        Fact("By which law", asked.legal_basis),
        Fact("Agreement", f"{asked.agreement}, until {_day(asked.ends_on)}"),
        Fact("Where it is kept and used", asked.setting),
    )


def course_in_words(
    release: Release, progress: ReleaseProgress | None, reader: str
) -> tuple[Fact, ...]:
    """Write what has become of a release, and who stood for it."""
    asked = release.request
    facts = [_by("Asked for", asked.requested_by, asked.requested_at, reader)]
    if release.approved_by is not None:
        facts.append(_by("Approved", release.approved_by, release.approved_at, reader))
    if release.state is ReleaseState.RUNNING and progress is not None:
        facts.append(Fact("Making it", f"{progress.step}, {progress.done} of {progress.steps}"))
    if release.published_at is not None:
        facts.append(Fact("Published", _instant(release.published_at)))
        facts.append(Fact("Until", _last_day(release)))
    if release.ended_by is not None:
        facts.append(_by("Ended", release.ended_by, release.ended_at, reader))
    facts += (Fact("Why", each) for each in release.why)
    if release.manifest_sha256 is not None:
        facts.append(Fact("SHA-256 of its manifest", release.manifest_sha256))
    return tuple(facts)


def uses_in_words(uses: tuple[ReleaseUse, ...], reader: str) -> tuple[Fact, ...]:
    """Write who fetched which file, and when."""
    return tuple(_by(use.file, use.user_id, use.at, reader) for use in uses)


def manifest_in_words(manifest: ReleaseManifest) -> tuple[Fact, ...]:
    """Write what a release is, as its manifest says."""
    return (
        Fact("Dataset", f"{manifest.dataset}, version {manifest.dataset_version}"),
        Fact(
            "Covers",
            f"{date_in_words(manifest.first_month)} to {date_in_words(manifest.last_month)}",
        ),
        Fact("Ordered", _day(manifest.ordered_on)),
        Fact("Destroy by", _day(manifest.destroy_by)),
        Fact("Made of", ", ".join(f"{each.source}, pull {each.pull}" for each in manifest.pulls)),
        Fact("SHA-256 of its declaration", manifest.dataset_sha256),
    )


def files_in_words(manifest: ReleaseManifest) -> tuple[Told, ...]:
    """Write its files; sizes are whole blocks, and tell no number of rows."""
    return tuple(
        Told(each.name, (Fact("Bytes", f"{each.size:,}"), Fact("SHA-256", each.sha256)))
        for each in manifest.files
    )


@dataclass(frozen=True, slots=True)
class Safe:
    """One of the five headings that a governance lead decides by, and what is said under it."""

    heading: str
    sayings: tuple[str, ...]


class Sayings(msgspec.Struct, frozen=True):
    """What a release's report says under each heading; its attacks as data are left out: the outputs say them in words."""

    projects: tuple[str, ...]
    people: tuple[str, ...]
    settings: tuple[str, ...]
    data: tuple[str, ...]
    outputs: tuple[str, ...]


def report_in_words(report: Mapping[str, Sayings]) -> tuple[Safe, ...]:
    """Write a disclosure report, of rows and of tables, under the five headings."""
    return tuple(Safe(words, tuple(_said(report, word))) for word, words in _HEADINGS.items())


def _said(report: Mapping[str, Sayings], word: str) -> Iterator[str]:
    """Give what is said of rows and of tables; what both say, once."""
    parts: dict[str, list[str]] = {}
    for part in sorted(report):
        for said in getattr(report[part], word):
            parts.setdefault(said, []).append(part)
    for said, of in parts.items():
        yield said if len(of) == len(report) else f"{' and '.join(of).capitalize()}: {said}"


def _by(term: str, user_id: str, at: datetime | None, reader: str) -> Fact:
    who = "you" if user_id == reader else user_id
    return Fact(term, f"{_instant(at)}, by {who}")


def _last_day(release: Release) -> str:
    """Write the last day on which a release is there; it expires when that day, in UTC, is over."""
    if release.expires_at is None:
        return ""
    return _day((release.expires_at.astimezone(UTC) - timedelta(microseconds=1)).date())


def _instant(at: datetime | None) -> str:
    return "" if at is None else instant_in_words(at if at.tzinfo else at.replace(tzinfo=UTC))


def _day(day: date) -> str:
    return date_in_words(day.isoformat())
