"""Read the agreements that bind an organisation, and keep new ones and early ends, each on record before its effect.

Decides nothing. Who may keep one, and why: docs/decisions/0018, section 4.
"""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256

import orjson

from gateway.audit.agreement_acts import AgreementAdded, AgreementEnded
from gateway.audit.log import AuditLog
from gateway.errors import ConflictError
from gateway.store.agreement_feeds import AgreedFeed, add_feeds, feeds_to
from gateway.store.agreements import (
    Agreement,
    Terms,
    add_agreement,
    agreements_of,
    end_agreement,
    parties_among,
)
from gateway.store.engine import Store


@dataclass(frozen=True, slots=True)
class StoredAgreements:
    """The agreements of the deployment's own database. `sources` are the organisations that run its sources."""

    store: Store
    sources: frozenset[str]

    async def of(self, organisation: str) -> tuple[Terms, ...]:
        """Give every agreement of a party, in force or not."""
        return await self.store.read(agreements_of, organisation)

    async def feeds(self, recipient: str) -> tuple[AgreedFeed, ...]:
        """Give what was ever agreed to be given to a recipient, in force or not."""
        return await self.store.read(feeds_to, recipient)

    async def parties(
        self, agreements: Iterable[str], practice: str | None
    ) -> frozenset[tuple[str, str]]:
        """Say which of the sources' organisations, and of one practice, are parties: (agreement, organisation)."""
        asked_about = self.sources if practice is None else self.sources | {practice}
        return await self.store.read(parties_among, tuple(agreements), asked_about)


@dataclass(frozen=True, slots=True)
class Signatures:
    """The two people who stand for an entry, as they name themselves: who made it, and who read it against the text."""

    entered_by: str
    checked_by: str


@dataclass(frozen=True, slots=True)
class AgreementRegistry:
    """Keep agreements and end them."""

    log: AuditLog
    clock: Callable[[], datetime]

    async def add(self, agreement: Agreement, signatures: Signatures) -> str:
        """Keep a new agreement; give the hash of all that it says.

        Raises ConflictError when its id is taken, UnavailableError.
        """
        terms, digest = agreement.terms, digest_of(agreement)
        event = AgreementAdded(
            at=self.clock(),
            user_id=signatures.entered_by,
            checked_by=signatures.checked_by,
            agreement=terms.id,
            digest=digest,
            parties=len(agreement.parties),
            items=tuple(sorted(terms.items)),
            purposes=tuple(sorted(terms.purposes)),
            starts_at=terms.starts_at,
            ends_at=terms.ends_at,
            feeds=tuple(f"{one.dataset}/{one.project}/{one.recipient}" for one in agreement.feeds),
        )
        async with self.log.recorded(event) as session:
            _must_have_been_free(await session.do(add_agreement, agreement))
            await session.do(add_feeds, terms.id, agreement.feeds)
        return digest

    async def end(self, agreement: str, ends_at: datetime, entered_by: str) -> None:
        """End an agreement earlier than it says.

        Raises ConflictError when there is none that would end later, UnavailableError.
        """
        event = AgreementEnded(self.clock(), entered_by, agreement, ends_at)
        async with self.log.recorded(event) as session:
            _must_have_ended(await session.do(end_agreement, agreement, ends_at))


def _must_have_been_free(is_kept: bool) -> None:  # noqa: FBT001 - what the store says
    if not is_kept:
        raise ConflictError("There is an agreement of this id: end it, and add another.")


def _must_have_ended(has_ended: bool) -> None:  # noqa: FBT001 - what the store says
    if not has_ended:
        raise ConflictError("There is no such agreement that would end later than that.")


def digest_of(agreement: Agreement) -> str:
    """Give the hash, in hex, of all that an agreement says; when it was kept is no part of it."""
    terms = agreement.terms
    said: list[object] = [
        terms.id,
        sorted(terms.items),
        sorted(terms.purposes),
        *(each.isoformat() for each in (terms.starts_at, terms.ends_at, agreement.review_at)),
        sorted(agreement.parties),
        agreement.contact,
        agreement.document,
    ]
    if agreement.feeds:
        # Only then: an agreement that names none keeps the hash that is on record.
        said.append([asdict(each) for each in agreement.feeds])
    return sha256(orjson.dumps(said)).hexdigest()
