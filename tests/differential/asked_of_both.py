"""Put one question to the service and to the reference, and compare what comes of it.

Compared are the outcome as the caller is told it, which sources are asked, and the level of every category and label
of each source and of PDS.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from random import Random
from uuid import UUID

from adapters.contract import Outcome, SourceAnswer, Stage
from fhir_profiles.classify import CATEGORY_OF_TYPE
from fhir_profiles.nhs_number import NhsNumber
from fhir_profiles.vocabulary import Category, Label
from gateway.access.break_glass import BreakGlass, BreakGlassPermit
from gateway.access.decision import AccessControl, Question
from gateway.access.permit import FindPermit, Permit, Refusal, RefusalReason
from gateway.access.sharing import NOTHING
from gateway.patient.directory import KnownSource, SourceDirectory
from gateway.patient.gather import Gatherer
from gateway.patient.reductions import reductions
from rbac.types import Level, Purpose
from tests.differential.kept_world import caller
from tests.differential.random_policies import random_labels, words
from tests.differential.random_worlds import GP_SOURCE, OWNERS, Town, team_of
from tests.patient.factories import IDS
from tests.patient.records import Source
from tests.reference import access_evaluator as reference
from tests.reference import settled
from tests.reference.agreed_sources import agreed_categories
from tests.reference.item_levels import item_level
from tests.reference.world import Item, RoleProfile, Verdict, World
from tests.reference.world import Request as ReferenceRequest

OWN_SEXUAL_HEALTH = frozenset({Label.OWN, Label.SEXUAL_HEALTH})
SETS = (*(frozenset({label}) for label in Label), OWN_SEXUAL_HEALTH)
_KEPT_OF_RESTRICTED = {CATEGORY_OF_TYPE.get(each) for each in reductions().whereabouts.kept}
_ALLOWED = "allowed"


@dataclass(frozen=True)
class Asking:
    """One question, before either side's words are found for it."""

    kind: str
    user: str
    profile: RoleProfile
    session: str
    token_purposes: frozenset[str]
    purposes_asked: tuple[str, ...]
    patient: str
    at: datetime

    @property
    def purpose(self) -> Purpose | None:
        """Give the one purpose that is named, or that the token leaves; None where there are several."""
        named = self.purposes_asked or tuple(self.token_purposes)
        return Purpose(named[0]) if len(named) == 1 else None


async def compared(chance: Random, town: Town, access: AccessControl, asking: Asking) -> str:
    """Ask both, and give in a word what came of it."""
    world = town.world
    verdict = reference.decide(_as_it_is_now(town, asking), _request(world, asking))
    decision = await _decision(access, asking)
    assert told(decision) == (verdict.outward or _ALLOWED), (asking, decision, verdict.rule)
    if isinstance(decision, Permit):
        has_filters = "strip-location" in verdict.field_filters
        assert decision.hides_whereabouts is has_filters, (asking, world)
        await _compare_levels(chance, town, asking, decision, verdict)
    return f"{asking.kind} {verdict.rule}"


def told(decision: object) -> str:
    """Say in the reference's words what a caller is told."""
    match decision:
        case Permit() | FindPermit() | BreakGlassPermit():
            return _ALLOWED
        case Refusal(looks_like_not_found=True):
            return "not-found-uniform"
        case Refusal(reason=RefusalReason.CHECK_FAILED):
            return "unavailable"
        case _:
            return "forbidden"


async def _decision(access: AccessControl, asking: Asking) -> object:
    who = caller(asking.user, asking.profile, asking.session, asking.token_purposes)
    number = NhsNumber(asking.patient)
    question = Question(who, asking.purpose, number, IDS.seal(number))
    match asking.kind:
        case "record":
            return await access.decide(question)
        case "find":
            return await access.find_permit(who, asking.purpose)
        case _:
            return await BreakGlass(access).permit(question)


_WORDS: Mapping[str, tuple[str, str]] = {
    "record": ("view", "record"),
    "find": ("search", "find"),
    "break-glass": ("break-glass", "break-glass"),
}


def _request(world: World, asking: Asking) -> ReferenceRequest:
    act, route = _WORDS[asking.kind]
    kinds = {each.ods: each.kind for each in world.organisations}
    return ReferenceRequest(
        user=asking.user,
        role=asking.profile.role,
        organisation=asking.profile.organisation,
        kind=kinds[asking.profile.organisation],
        session=asking.session,
        token_purposes=asking.token_purposes,
        purposes_asked=asking.purposes_asked,
        patient=None if asking.kind == "find" else asking.patient,
        act=act,  # type: ignore[arg-type]  # one of the closed words above
        route_kind=route,  # type: ignore[arg-type]  # as above
        time=asking.at,
        step_asked=settled.step_of(asking.purpose or "") or 1,
        reason_code="risk-to-life",
        reason_text="found unconscious",
    )


def _as_it_is_now(town: Town, asking: Asking) -> World:
    # What is held of a person is not asked about them: the reference knows of no holds, and of present teams alone.
    asked = (each for each in town.world.sources if (asking.patient, each.id) not in town.held)
    staff = (replace(each, teams=_teams(town, each.user, asking.at)) for each in town.world.staff)
    return replace(town.world, sources=tuple(asked), staff=tuple(staff))


def _teams(town: Town, user: str, at: datetime) -> frozenset[str]:
    return frozenset(
        team_of(each.organisation)
        for each in town.members
        if each.user == user and each.start <= at and (each.end is None or at < each.end)
    )


async def _compare_levels(
    chance: Random, town: Town, asking: Asking, permit: Permit, verdict: Verdict
) -> None:
    asked = await _asked(town, permit)
    assert asked <= {each.source for each in verdict.sources}, (asking, town)
    caller_sees = _of_caller(town, asking)
    for labels in (*SETS, *(random_labels(chance) for _each in range(2))):
        for category in Category:
            item = (category.value, words(labels))
            for source in (GP_SOURCE, *OWNERS):
                shown = _shown(permit, source, category, labels) if source in asked else Level.NONE
                assert shown.value == verdict.level_from(source, *item), (asking, source, item)
            from_pds = _unless_hidden(permit, category, permit.levels.level_of(category, labels))
            assert from_pds.value == caller_sees(item), (asking, item)


def _shown(permit: Permit, source: str, category: Category, labels: frozenset[Label]) -> Level:
    writes = OWNERS.get(source, permit.person.practice)
    coverage = permit.sharing.with_organisation(writes) or NOTHING
    if not coverage.lets_through([category], labels):
        return Level.NONE
    return _unless_hidden(permit, category, permit.levels.level_of(category, labels))


def _unless_hidden(permit: Permit, category: Category, level: Level) -> Level:
    """Give what is left of a level where a person's whereabouts are hidden: no document tells nothing of them."""
    is_document = category is Category.DOCUMENTS and category not in _KEPT_OF_RESTRICTED
    return Level.NONE if permit.hides_whereabouts and is_document else level


def _of_caller(town: Town, asking: Asking) -> Callable[[Item], str]:
    # What the caller's own agreements cover, whoever the other parties are: PDS is everybody's.
    request, purpose = _request(town.world, asking), (asking.purpose or "")
    parties = frozenset({request.organisation})
    agreed = agreed_categories(town.world, parties, purpose, request.time)
    [known] = [each for each in town.world.people if each.id == asking.patient]

    def sees(item: Item) -> str:
        if item[0] not in agreed or not settled.frees(agreed, item[1]):
            return "none"
        return item_level(town.world, request, purpose, known, item)

    return sees


async def _asked(town: Town, permit: Permit) -> set[str]:
    stages = {each.id: each.stage for each in town.world.sources}
    sources = {name: Source(SourceAnswer(name, Outcome.EMPTY)) for name in (GP_SOURCE, *OWNERS)}
    known = tuple(
        KnownSource(
            name,
            OWNERS.get(name),
            Stage(stages[name]),
            frozenset(Category),
            lambda _practice, source=source: source,
        )
        for name, source in sources.items()
    )
    await Gatherer(SourceDirectory(known)).gather(permit, UUID(int=1))
    return {name for name, source in sources.items() if source.asked}
