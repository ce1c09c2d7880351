"""Read an agreement from a file, for a command.

Keeps nothing. A date means its beginning in UTC, and an agreement no longer holds on the day that it `ends`.
"""

import tomllib
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Annotated, Self

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from gateway.access.agreements import NEEDS_NO_AGREEMENT
from gateway.access.feeding import FEED_PURPOSES
from gateway.commands.speaking import MISUNDERSTOOD, fail
from gateway.store.agreement_feeds import Feed
from gateway.store.agreements import Agreement, Terms
from gateway.store.words import DataItem
from rbac.types import Purpose

PARTIES_AT_MOST = 20_000
"""Every NHS body, council and practice of London many times over; far below what a file could be made to hold."""

Party = Annotated[
    str, StringConstraints(pattern=r"^([A-Z0-9]{3,10}|[a-z][a-z0-9-]{0,19}:[!-~]{1,40})$")
]
Words = Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=r"^[^\r\n\t]*$")]
Called = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
Instant = AwareDatetime | date


class FeedFile(BaseModel):
    """One release that the agreement names: of which declared dataset, for which project, to which of its parties."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    dataset: Called
    project: Called
    recipient: Party
    ethics: Annotated[str, StringConstraints(pattern=r"^[!-~]{1,64}$")] | None = None
    ethics_ends: Instant | None = None

    def as_kept(self) -> Feed:
        """Give it as it is kept."""
        ends_at = None if self.ethics_ends is None else _instant(self.ethics_ends)
        return Feed(self.dataset, self.project, self.recipient, self.ethics, ends_at)


class AgreementFile(BaseModel):
    """What the file says: ODS codes, or codes of another scheme as `scheme:code`; no word is repeated in a list."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")
    parties: tuple[Party, ...] = Field(min_length=2, max_length=PARTIES_AT_MOST)
    items: tuple[DataItem, ...] = Field(min_length=1)
    purposes: tuple[Purpose, ...] = Field(min_length=1)
    starts: Instant
    ends: Instant
    review: Instant
    contact: Words
    document: Words
    feed: tuple[FeedFile, ...] = Field((), max_length=PARTIES_AT_MOST)

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        for words in (self.parties, self.items, self.purposes):
            if len(set(words)) != len(words):
                raise ValueError("a party, item or purpose stands twice")
        if NEEDS_NO_AGREEMENT & set(self.purposes):
            raise ValueError("administration needs no agreement: leave HSYSADMIN out")
        if not _instant(self.starts) <= _instant(self.review) <= _instant(self.ends):
            raise ValueError("starts, review and ends must follow one another")
        if _instant(self.starts) == _instant(self.ends):
            raise ValueError("it would end when it starts")
        return self

    @model_validator(mode="after")
    def _names_feeds_of_its_own(self) -> Self:
        named = {(each.dataset, each.project, each.recipient) for each in self.feed}
        if len(named) != len(self.feed):
            raise ValueError("a feed stands twice")
        if not {each.recipient for each in self.feed} <= set(self.parties):
            raise ValueError("a feed's recipient is no party")
        if self.feed and not FEED_PURPOSES & set(self.purposes):
            raise ValueError("a feed needs a purpose of planning or research")
        if any((each.ethics is None) != (each.ethics_ends is None) for each in self.feed):
            raise ValueError("an ethics approval has an id and an end")
        return self


def read_agreement(path: Path, now: datetime) -> Agreement:
    """Read a TOML file, or end the command where it is none; a fault is told by place and kind, not by value."""
    try:
        told = AgreementFile.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        fail("The file is no TOML.", MISUNDERSTOOD)
    except ValidationError as fault:
        lines = [f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in fault.errors()]
        fail("The agreement has faults:\n" + "\n".join(lines), MISUNDERSTOOD)
    return Agreement(
        Terms(
            told.id,
            frozenset(told.items),
            frozenset(told.purposes),
            _instant(told.starts),
            _instant(told.ends),
        ),
        tuple(sorted(told.parties)),
        _instant(told.review),
        told.contact,
        told.document,
        now,
        tuple(sorted(each.as_kept() for each in told.feed)),
    )


def _instant(told: datetime | date) -> datetime:
    if isinstance(told, datetime):
        return told.astimezone(UTC)
    return datetime.combine(told, time(), UTC)
