"""Turn what happened to a person into what each source says of it, with stated rates of noise.

Makes no care up. Rates apply to every statement of a fact that more than one source tells.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from random import Random
from typing import assert_never

from adapters.simulators.care.other_codes import other_coding
from adapters.simulators.invention import with_typo
from adapters.simulators.truth import (
    DETAIL_KEYS,
    Coding,
    Fact,
    FactKind,
    Noise,
    Person,
    SourceKind,
    Statement,
    invented_letter,
)

# Judgement, made hard on purpose: sources mint their own keys for about a third of what they are sent.
NO_SHARED_IDENTIFIER_RATE = 0.30
# One in seven: hospitals code problems in ICD-10 and laboratories results in LOINC.
OTHER_CODE_SYSTEM_RATE = 0.15
# One in seven: the date of filing, one or two days off, stands in for the date of the event.
SHIFTED_DATE_RATE = 0.15
# One in twenty wordings is retyped wrongly.
TYPO_RATE = 0.05
# One test in twenty is done again within days: alike, yet not the same item.
TRUE_REPEAT_RATE = 0.05
# One shared statement in fifty is withdrawn at one source while the other keeps its copy.
RETRACTED_RATE = 0.02
# Half of what a practice records of lasting importance is known to the hospital too.
KNOWN_TO_HOSPITAL_RATE = 0.5

_SHIFT_DAYS = 2
AMBULANCE_SERVICE = "RRU"


@dataclass(frozen=True, slots=True)
class Happening:
    """What happened, before it is known who tells of it."""

    kind: FactKind
    coding: Coding
    starts_at: datetime
    ends_at: datetime | None = None
    labels: frozenset[str] = frozenset()
    journey: str | None = None
    encounter: str | None = None
    detail: Mapping[str, str] = field(default_factory=dict)


class Chronicle:
    """Collects the facts and statements of one person; `now` is the day of death for the dead."""

    def __init__(self, person: Person, random: Random, now: datetime) -> None:
        self.person = person
        self.random = random
        self.now = min(now, person.died_at) if person.died_at else now
        self.facts: list[Fact] = []
        self.statements: list[Statement] = []
        self._person_code = f"{random.getrandbits(40):010x}"
        self._journeys = 0

    def new_journey(self) -> str:
        """Give a key for one episode of care."""
        self._journeys += 1
        return f"journey-{self._person_code}-{self._journeys}"

    def new_incident(self) -> str:
        """Give an ambulance incident number of at most 20 characters (CDS 6.2.2)."""
        return f"CAD{self._person_code[:8].upper()}{len(self.facts):04d}"

    def moment_within(self, days: float) -> datetime:
        """Give a whole minute in the last `days`, never before birth."""
        born_at = datetime.combine(self.person.born_on, datetime.min.time(), UTC)
        lived_days = max((self.now - born_at) / timedelta(days=1) - _SHIFT_DAYS - 1, 0.01)
        ago = timedelta(days=self.random.uniform(0.1, 1) * min(days, lived_days))
        return (self.now - ago).replace(second=0, microsecond=0)

    def earlier(self, moment: datetime, *, days: float) -> datetime:
        """Give a moment some days before another, never before birth."""
        born_at = datetime.combine(self.person.born_on, datetime.min.time(), UTC)
        return max(moment - timedelta(days=days), born_at + timedelta(days=_SHIFT_DAYS))

    def gp_maybe_hospital(self) -> tuple[SourceKind, ...]:
        """Say who tells of something that the practice knows."""
        if self.random.random() < KNOWN_TO_HOSPITAL_RATE and self.person.hospitals:
            return (SourceKind.GP, SourceKind.HOSPITAL)
        return (SourceKind.GP,)

    def note(self, happening: Happening, *tellers: SourceKind, noise: Iterable[Noise] = ()) -> Fact:
        """Record a fact and what each teller says of it."""
        fact = self._fact(happening)
        for teller in tellers:
            statement = self._plain_statement(fact, teller, frozenset(noise))
            told = _with_noise(self.random, statement) if len(tellers) > 1 else statement
            self.statements.append(told)
        return fact

    def note_exactly(self, happening: Happening, *tellers: SourceKind) -> Fact:
        """Record a fact that every teller states alike, under one identifier."""
        fact = self._fact(happening)
        self.statements += [self._plain_statement(fact, teller, frozenset()) for teller in tellers]
        return fact

    def note_test(self, happening: Happening, *tellers: SourceKind) -> None:
        """Record a measurement that may truly be repeated within three days."""
        self.note(happening, *tellers)
        again_at = happening.starts_at + timedelta(hours=self.random.randint(20, 70))
        if again_at < self.now and self.random.random() < TRUE_REPEAT_RATE:
            self.note(replace(happening, starts_at=again_at), *tellers, noise=(Noise.TRUE_REPEAT,))

    def tell_otherwise(self, fact: Fact, teller: SourceKind, changes: Mapping[str, str]) -> None:
        """Let one source state the details of a fact differently."""
        self._change(fact, teller, lambda told: replace(told, detail={**told.detail, **changes}))

    def retract(self, fact: Fact, teller: SourceKind) -> None:
        """Let one source withdraw a fact as entered in error; other copies stay."""
        self._change(fact, teller, lambda told: replace(told, is_retracted=True))

    def _change(
        self, fact: Fact, teller: SourceKind, change: Callable[[Statement], Statement]
    ) -> None:
        self.statements = [
            change(told) if told.fact.key == fact.key and told.source is teller else told
            for told in self.statements
        ]

    def _fact(self, happening: Happening) -> Fact:
        key = f"fact-{self._person_code}-{len(self.facts) + 1}"
        fact = Fact(
            key=key,
            nhs_number=self.person.nhs_number,
            kind=happening.kind,
            coding=happening.coding,
            starts_at=happening.starts_at,
            ends_at=happening.ends_at,
            labels=happening.labels,
            journey=happening.journey,
            encounter=happening.encounter,
            detail=_complete(happening, key),
        )
        self.facts.append(fact)
        return fact

    def _plain_statement(
        self, fact: Fact, teller: SourceKind, noise: frozenset[Noise]
    ) -> Statement:
        return Statement(
            source=teller,
            organisation=self._organisation(teller),
            fact=fact,
            local_id=f"{teller.value[0]}{self._person_code}-{len(self.statements) + 1}",
            coding=fact.coding,
            starts_at=fact.starts_at,
            ends_at=fact.ends_at,
            business_identifier=(f"https://care.example/Id/{fact.kind.value}", fact.key),
            noise=noise,
            detail=fact.detail,
        )

    def _organisation(self, teller: SourceKind) -> str:
        match teller:
            case SourceKind.GP:
                return self.person.practice
            case SourceKind.HOSPITAL:
                return self.person.hospitals[0]
            case SourceKind.AMBULANCE:
                return AMBULANCE_SERVICE
            case unreachable:
                assert_never(unreachable)


def _complete(happening: Happening, key: str) -> Mapping[str, str]:
    blank = dict.fromkeys(DETAIL_KEYS[happening.kind], "")
    unknown = happening.detail.keys() - blank.keys()
    assert not unknown, f"{happening.kind} has no detail named {sorted(unknown)}"
    written = _describe_letter(key, happening) if happening.kind is FactKind.DOCUMENT else {}
    return {**blank, **happening.detail, **written}


def _describe_letter(key: str, happening: Happening) -> Mapping[str, str]:
    content = invented_letter(key, happening.detail["title"])
    return {
        "content_type": "text/plain",
        "size": str(len(content)),
        "sha256": sha256(content).hexdigest(),
    }


def _with_noise(random: Random, statement: Statement) -> Statement:
    if random.random() < NO_SHARED_IDENTIFIER_RATE:
        statement = _with_own_identifier(statement)
    if random.random() < OTHER_CODE_SYSTEM_RATE:
        statement = _marked(
            replace(statement, coding=other_coding(statement.coding)), Noise.OTHER_CODE_SYSTEM
        )
    if random.random() < SHIFTED_DATE_RATE:
        statement = _with_shifted_date(random, statement)
    if random.random() < TYPO_RATE:
        misspelt = with_typo(random, statement.coding.display)
        statement = _marked(
            replace(statement, coding=replace(statement.coding, display=misspelt)), Noise.TYPO
        )
    return replace(statement, is_retracted=random.random() < RETRACTED_RATE)


def _with_own_identifier(statement: Statement) -> Statement:
    own = (f"https://{statement.organisation.lower()}.care.example/Id", statement.local_id)
    return _marked(replace(statement, business_identifier=own), Noise.NO_SHARED_IDENTIFIER)


def _with_shifted_date(random: Random, statement: Statement) -> Statement:
    # Always back, so that nothing is dated in the future.
    shift = timedelta(days=-random.randint(1, _SHIFT_DAYS))
    ends_at = statement.ends_at + shift if statement.ends_at else None
    shifted = replace(statement, starts_at=statement.starts_at + shift, ends_at=ends_at)
    return _marked(shifted, Noise.SHIFTED_DATE)


def _marked(statement: Statement, noise: Noise) -> Statement:
    return replace(statement, noise=statement.noise | {noise})
