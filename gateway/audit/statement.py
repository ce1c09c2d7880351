"""Write the patient's statement: every access to a person's record, and every attempt, in plain English.

Pure: entries and names are passed in. Tells who, in which role, where, why, what kinds and by which rule. Never tells
what was kept from a reader: that may be what the person themselves must not learn from a list (docs/decisions/0025, section 2).
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from fhir_profiles.vocabulary import Category
from gateway.audit.accesses import Access, Effect, Question, accesses_of
from gateway.audit.entries import AuditEntry
from gateway.audit.statement_words import (
    ACTS,
    ANOTHER_ACT,
    ANSWERS,
    BY_TEAM,
    EFFECTS,
    FINDINGS,
    IN_THE_TEAM,
    KINDS,
    NO_OTHER_LINK,
    OTHER_PARTS,
    PLEAS,
    PURPOSES,
    REFUSALS,
    RELATIONSHIPS,
    ROLES,
    WHO_YOU_ARE,
)
from gateway.audit.words import AuditAction

VERSION_CHARACTERS = 12
"""Of a policy version, as people read it; enough to tell any two apart, and the whole stands in the JSON."""

_LONDON = ZoneInfo("Europe/London")
_EMERGENCIES = frozenset({"ETREAT", "BTG"})


@dataclass(frozen=True, slots=True)
class Line:
    """One access in words, each part one sentence or more; `why` and `saw` say it where there was none."""

    access: Access
    when: str
    who: str
    what: str
    why: str
    saw: str
    rule: str

    @property
    def parts(self) -> tuple[tuple[str, str], ...]:
        """Give what is said, under the heading of each part."""
        told = (
            ("Who", self.who),
            ("What they did", self.what),
            ("Why", self.why),
            ("What they saw", self.saw),
            ("Rules", self.rule),
        )
        return tuple(each for each in told if each[1])


@dataclass(frozen=True, slots=True)
class Statement:
    """Every access to a person's record up to the entry numbered `last`, the latest first."""

    last: int
    lines: tuple[Line, ...]


def statement_of(
    entries: Iterable[AuditEntry], last: int, organisations: Mapping[str, str]
) -> Statement:
    """Write the statement from a person's entries and the rows A of decisions about them; names are by ODS code."""
    accesses = accesses_of(entries)
    return Statement(last, tuple(line_of(each, organisations) for each in reversed(accesses)))


def line_of(access: Access, organisations: Mapping[str, str]) -> Line:
    """Write one access."""
    return Line(
        access=access,
        when=said_at(access.at),
        who=_who(access, organisations),
        what=_what(access),
        why=_why(access),
        saw=_saw(access),
        rule=_rule(access.question),
    )


def said_at(instant: datetime) -> str:
    """Write an instant in London's civil time: `2 March 2026 at 09:30`."""
    local = instant.astimezone(_LONDON)
    return f"{local.day} {local:%B %Y} at {local:%H:%M}"


def counted(shown: Mapping[str, int]) -> str:
    """Write how much of which kind was shown: `your name and details, 2 medicines and 1 other part`."""
    totals: Counter[tuple[str, str]] = Counter()
    for kind, count in shown.items():
        if kind != Category.DEMOGRAPHICS:
            totals[KINDS.get(kind, OTHER_PARTS)] += count
    known = [words for words in KINDS.values() if totals[words]]
    others = [OTHER_PARTS] if totals[OTHER_PARTS] else []
    told = [WHO_YOU_ARE] if shown.get(Category.DEMOGRAPHICS) else []
    told += [f"{totals[each]} {each[totals[each] > 1]}" for each in (*known, *others)]
    *first, final = told
    return f"{', '.join(first)} and {final}" if first else final


def _who(access: Access, organisations: Mapping[str, str]) -> str:
    if access.question is None:
        return f"Staff member {access.user_id}."
    who = access.question.who
    role = ROLES.get(who.role, who.role)
    return f"{who.name}, {role}, at {organisations.get(who.organisation, who.organisation)}."


def _what(access: Access) -> str:
    did, wanted = ANOTHER_ACT if access.question is None else _acts(access.question)
    said = f"They {did}." if _was_done(access) else f"They asked to {wanted}."
    return " ".join((said, *filter(None, map(_of_effect, access.effects))))


def _acts(question: Question) -> tuple[str, str]:
    return ACTS.get(question.act, ANOTHER_ACT)


def _was_done(access: Access) -> bool:
    # What a source sent is found out in passing, and is nobody's act.
    acts = (each for each in access.effects if each.action is not AuditAction.SAFETY_EVENT_RAISED)
    return access.is_disclosed or any(acts)


def _of_effect(effect: Effect) -> str:
    match effect.action:
        case AuditAction.GLASS_BROKEN | AuditAction.RELATIONSHIP_CLAIMED if effect.ends_at:
            return f"This let them in until {said_at(effect.ends_at)} at the latest."
        case AuditAction.PERMISSION_RECORDED:
            return ANSWERS.get(effect.answer, f"The answer was {effect.answer}.")
        case AuditAction.PRIVACY_ALERT_SETTLED:
            return FINDINGS.get(effect.answer, f"They found: {effect.answer}.")
        case _:
            return EFFECTS.get(effect.action, f"An entry of the kind {effect.action} was made.")


def _why(access: Access) -> str:
    question = access.question
    if question is None:
        return ""
    pleas = [(question.reason_code, question.own_words)]
    pleas += [(each.reason_code, each.own_words) for each in access.effects]
    purpose = PURPOSES.get(question.purpose, question.purpose)
    told = (f"The reason was {purpose}.", _link(question), *(_plea(*each) for each in pleas))
    return " ".join(filter(None, told))


def _link(question: Question) -> str:
    if question.relationship is None:
        return ""
    if question.relationship == "self_claimed" and question.purpose in _EMERGENCIES:
        return NO_OTHER_LINK
    name = question.relationship.removesuffix(BY_TEAM)
    link = RELATIONSHIPS.get(name, f"The link to you was {name}.")
    return link if name == question.relationship else f"{link} {IN_THE_TEAM}"


def _plea(code: str | None, own_words: str | None) -> str:
    if code is None:
        return ""
    said = f"They said that {PLEAS.get(code, code)}."
    return said if own_words is None else f"{said} In their own words: “{own_words}”"


def _saw(access: Access) -> str:
    if access.question is not None and not access.question.is_allowed:
        reason = access.question.reason
        return f"Nothing. We said no. {REFUSALS.get(reason, f'The reason was {reason}.')}"
    if not access.shown:
        return "Nothing."
    return f"They saw {counted(access.shown)}."


def _rule(question: Question | None) -> str:
    if question is None:
        return ""
    said = f"Access rules, version {question.policy_version[:VERSION_CHARACTERS]}."
    if not question.agreements:
        return said
    return f"{said} Sharing agreement: {', '.join(question.agreements)}."
