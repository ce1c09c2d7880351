"""Decide which sources may be asked, by stage, agreement and objection.

It asks nothing of the relationship or the policy. Follows information governance,
sections 2 and 10, and the decisions, section 8.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from tests.reference.relationships import practice_told_by_pds
from tests.reference.vocabulary import EMERGENCY_PURPOSES
from tests.reference.world import Agreement, Objection, Person, Request, Source, SourceAccess, World

# Interfaces, configuration: kinds of source. PDS is a probe and ADT is a feed (decisions,
# section 7), so neither is asked for a record.
KINDS_NEVER_ASKED: Final = frozenset({"pds", "hl7v2-adt"})
ONE_PRACTICE_KIND: Final = "gp-connect"


def is_signed(world: World, organisation: str, now: datetime) -> bool:
    """Return whether an organisation is party to an agreement that is in force.

    Source: the roles file, section 6 step 1, "organisation ... signed to the DSA".
    """
    return any(_in_force(row, now) and organisation in row.parties for row in world.agreements)


def agreed_categories(
    world: World, parties: frozenset[str], purpose: str, now: datetime
) -> frozenset[str]:
    """Return the categories that agreements between these parties cover for a purpose.

    Source: information governance, section 10, "An agreement row: parties ..., items,
    purposes, start, end ...; a missing, ended or not-yet-started agreement refuses".
    """
    items = [
        row.items
        for row in world.agreements
        if _in_force(row, now) and parties <= row.parties and purpose in row.purposes
    ]
    return frozenset().union(*items)


def sources_open_to(world: World, request: Request, person: Person) -> tuple[Source, ...]:
    """Return the sources that stand open to this role, before agreement and objection."""
    return tuple(
        source
        for source in world.sources
        if source.kind not in KINDS_NEVER_ASKED
        and _stage_is_open(source, request.role)
        and _is_the_persons_practice(source, person)
    )


def sources_agreed(
    world: World, request: Request, purpose: str, sources: tuple[Source, ...]
) -> tuple[SourceAccess, ...]:
    """Return those sources with which the caller has an agreement, with what it covers."""
    return tuple(
        SourceAccess(source.id, categories)
        for source in sources
        if (categories := _categories_from(world, request, purpose, source))
    )


def sources_not_objected_to(
    world: World, person: Person, purpose: str, accesses: tuple[SourceAccess, ...]
) -> tuple[SourceAccess, ...]:
    """Return those sources to which the person does not object.

    Source: information governance, section 2, "hide all data from that source (or all)
    unless break-glass allowed"; the roles file, section 6 step 5.
    """
    refused = {objection.source for objection in _standing_objections(world, person, purpose)}
    return tuple(access for access in accesses if access.source not in refused)


def objects_to_all(world: World, person: Person, purpose: str) -> bool:
    """Return whether the person objects to every source at once."""
    standing = _standing_objections(world, person, purpose)
    return any(objection.source is None for objection in standing)


def _in_force(row: Agreement, now: datetime) -> bool:
    return row.start <= now < row.end


def _stage_is_open(source: Source, role: str) -> bool:
    # Interfaces, configuration: "shadow | safety | pilot | open" (ambiguity 15).
    return source.stage == "open" or (source.stage == "pilot" and role in source.pilot_roles)


def _is_the_persons_practice(source: Source, person: Person) -> bool:
    # Decisions, section 8: "The patient's one GP practice of the thousand". Identity,
    # section 2: GP Connect answers PATIENT_NOT_FOUND for restricted people.
    return source.kind != ONE_PRACTICE_KIND or source.organisation == practice_told_by_pds(person)


def _categories_from(
    world: World, request: Request, purpose: str, source: Source
) -> frozenset[str]:
    parties = frozenset({request.organisation, source.organisation})
    return agreed_categories(world, parties, purpose, request.time)


def _standing_objections(world: World, person: Person, purpose: str) -> Iterator[Objection]:
    # Roles file, section 4: "Never lifted: objection marked 'no exceptions'"; section 6
    # step 5: "emergency only where allowed".
    for objection in world.objections:
        lifted = purpose in EMERGENCY_PURPOSES and "emergency" in objection.exceptions
        if objection.patient == person.id and not lifted:
            yield objection
