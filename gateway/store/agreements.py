"""Keep which organisations share what with one another, for which purposes and until when.

Does not decide what an agreement lets through: `gateway/access` does. An agreement is never changed, only ended.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    BindParameter,
    Column,
    Row,
    Select,
    Table,
    bindparam,
    case,
    insert,
    select,
    update,
)

from gateway.store.agreement_feeds import Feed, feeds_of
from gateway.store.sessions import Reading, Writing
from gateway.store.tables import agreement as table
from gateway.store.tables import agreement_item as item_table
from gateway.store.tables import agreement_party as party_table
from gateway.store.tables import agreement_purpose as purpose_table
from gateway.store.words import DataItem
from rbac.types import Purpose


@dataclass(frozen=True, slots=True)
class Terms:
    """What an agreement says, from `starts_at` until just before `ends_at`."""

    id: str
    items: frozenset[DataItem]
    purposes: frozenset[Purpose]
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Agreement:
    """A whole agreement. `parties` are ODS codes, or codes of another scheme as `scheme:code`, sorted.

    `contact` and `document` say whom to ask, and where the signed text is. `feeds` are the releases that it names, sorted.
    """

    terms: Terms
    parties: tuple[str, ...]
    review_at: datetime
    contact: str
    document: str
    recorded_at: datetime
    feeds: tuple[Feed, ...] = ()


_PARTY: BindParameter[str] = bindparam("party")
_OF_PARTY = (
    select(table.c.id, table.c.starts_at, table.c.ends_at)
    .join(party_table, party_table.c.agreement == table.c.id)
    .where(party_table.c.party == _PARTY)
    .order_by(table.c.id)
)


def _parts_of_party(part: Table, column: Column[str]) -> Select[str, str]:
    return (
        select(part.c.agreement, column)
        .join(party_table, party_table.c.agreement == part.c.agreement)
        .where(party_table.c.party == _PARTY)
    )


_ITEMS_OF_PARTY = _parts_of_party(item_table, item_table.c.item)
_PURPOSES_OF_PARTY = _parts_of_party(purpose_table, purpose_table.c.purpose)

_AMONG = select(party_table.c.agreement, party_table.c.party).where(
    party_table.c.party.in_(bindparam("parties", expanding=True)),
    party_table.c.agreement.in_(bindparam("agreements", expanding=True)),
)


_ENDED = select(table.c.id).where(
    table.c.id.in_(bindparam("agreements", expanding=True)), table.c.ends_at <= bindparam("at")
)


def agreements_of(reading: Reading, party: str) -> tuple[Terms, ...]:
    """List what was ever agreed with a party, in force or not, sorted by id."""
    given = {"party": party}
    items = _by_agreement(reading.connection.execute(_ITEMS_OF_PARTY, given))
    purposes = _by_agreement(reading.connection.execute(_PURPOSES_OF_PARTY, given))
    return tuple(
        _terms(items, purposes, *row) for row in reading.connection.execute(_OF_PARTY, given)
    )


def parties_among(
    reading: Reading, agreements: Iterable[str], organisations: Iterable[str]
) -> frozenset[tuple[str, str]]:
    """Say which of these organisations are parties to which of these agreements: (agreement, organisation)."""
    given = {"agreements": tuple(agreements), "parties": tuple(organisations)}
    return frozenset((each, party) for each, party in reading.connection.execute(_AMONG, given))


def ended_among(reading: Reading, agreements: Iterable[str], at: datetime) -> frozenset[str]:
    """Say which of these agreements have ended at an instant."""
    given = {"agreements": tuple(agreements), "at": at}
    return frozenset(reading.connection.execute(_ENDED, given).scalars())


def agreements(reading: Reading) -> tuple[Agreement, ...]:
    """List every agreement, ended ones too, sorted by id."""
    items = _by_agreement(_all_of(reading, item_table, item_table.c.item))
    purposes = _by_agreement(_all_of(reading, purpose_table, purpose_table.c.purpose))
    parties = _by_agreement(_all_of(reading, party_table, party_table.c.party))
    feeds: dict[str, list[Feed]] = defaultdict(list)
    for each in feeds_of(reading):
        feeds[each.agreement].append(each.feed)
    return tuple(
        Agreement(
            _terms(items, purposes, row.id, row.starts_at, row.ends_at),
            tuple(sorted(parties[row.id])),
            row.review_at,
            row.contact,
            row.document,
            row.recorded_at,
            tuple(sorted(feeds[row.id])),
        )
        for row in reading.connection.execute(select(table).order_by(table.c.id))
    )


def add_agreement(writing: Writing, agreement: Agreement) -> bool:
    """Keep a new agreement; say whether its id was free. One that is there stays as it is."""
    terms = agreement.terms
    taken = select(table.c.id).where(table.c.id == terms.id)
    if writing.connection.execute(taken).one_or_none() is not None:
        return False
    writing.connection.execute(
        insert(table).values(
            id=terms.id,
            starts_at=terms.starts_at,
            ends_at=terms.ends_at,
            review_at=agreement.review_at,
            contact=agreement.contact,
            document=agreement.document,
            recorded_at=agreement.recorded_at,
        )
    )
    _add_parts(writing, party_table, terms.id, "party", agreement.parties)
    _add_parts(writing, item_table, terms.id, "item", sorted(terms.items))
    _add_parts(writing, purpose_table, terms.id, "purpose", sorted(terms.purposes))
    return True


def end_agreement(writing: Writing, agreement: str, ends_at: datetime) -> bool:
    """End an agreement earlier than it says; say whether there was one to end. It never ends later."""
    ended = writing.connection.execute(
        update(table)
        .where(
            table.c.id == agreement, table.c.ends_at > ends_at, table.c.ends_at > table.c.starts_at
        )
        # One that has not begun never does.
        .values(ends_at=case((table.c.starts_at > ends_at, table.c.starts_at), else_=ends_at))
    )
    return ended.rowcount > 0


def _terms(
    items: Mapping[str, list[str]],
    purposes: Mapping[str, list[str]],
    id_: str,
    starts_at: datetime,
    ends_at: datetime,
) -> Terms:
    return Terms(
        id_,
        frozenset(map(DataItem, items[id_])),
        frozenset(map(Purpose, purposes[id_])),
        starts_at,
        ends_at,
    )


def _by_agreement(rows: Iterable[Row[str, str]]) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for agreement, word in rows:
        found[agreement].append(word)
    return found


def _all_of(reading: Reading, part: Table, column: Column[str]) -> Iterable[Row[str, str]]:
    return reading.connection.execute(select(part.c.agreement, column))


def _add_parts(
    writing: Writing, part: Table, agreement: str, column: str, words: Iterable[str]
) -> None:
    rows = [{"agreement": agreement, column: word} for word in words]
    if rows:
        writing.connection.execute(insert(part), rows)
