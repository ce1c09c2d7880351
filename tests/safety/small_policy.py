"""A policy of few rules, which compiles at once: who administers, and one role whose sight comes and goes."""

from fhir_profiles.vocabulary import Category, Label
from rbac.policy import policy_of
from rbac.types import Act, Effect, Level, OrganisationKind, Policy, Purpose, Rule

ICB, PRACTICE = OrganisationKind.ICB, OrganisationKind.GENERAL_PRACTICE


def administration() -> list[Rule]:
    return [
        _allow("policy_admin", ICB, Purpose.HSYSADMIN, Act.EDIT_POLICY),
        _allow("caldicott_guardian", ICB, Purpose.HSYSADMIN, Act.READ_AUDIT),
    ]


def desk_looks_people_up() -> list[Rule]:
    """Let a practice's desk look people up."""
    seen = _allow("practice_admin", PRACTICE, Purpose.TREAT, Act.VIEW)
    own = _allow("practice_admin", PRACTICE, Purpose.TREAT, Act.VIEW, Label.OWN)
    return [seen, own, _allow("practice_admin", PRACTICE, Purpose.TREAT, Act.SEARCH)]


def closed() -> Policy:
    return policy_of(administration())


def opened() -> Policy:
    return policy_of([*administration(), *desk_looks_people_up()])


def _allow(
    role: str, kind: OrganisationKind, purpose: Purpose, act: Act, label: Label = Label.NORMAL
) -> Rule:
    return Rule(role, kind, Category.DEMOGRAPHICS, label, purpose, act, Level.ALL, Effect.ALLOW)
