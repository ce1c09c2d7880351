"""Give a person plans for their care: end of life, long-term, social.

Holds no mental-health crisis plans (`sensitive_codes` does).
"""

from adapters.simulators.care.clinical_codes import INVENTED, snomed
from adapters.simulators.care.telling import Chronicle, Happening
from adapters.simulators.truth import Coding, FactKind, SourceKind

END_OF_LIFE_PLAN = snomed("736373009", "End of life care plan")
SOCIAL_CARE_PLAN = Coding(INVENTED, "social-care-plan", "Social care support plan")
LONG_TERM_PLAN = snomed("734163000", "Care plan")


def give_end_of_life_plan(chronicle: Chronicle) -> None:
    """Add what the person wants at the end of life."""
    wishes = {"cpr_status": "not for attempted CPR", "preferred_place": "own home"}
    _give_plan(chronicle, END_OF_LIFE_PLAN, wishes, SourceKind.HOSPITAL)


def give_social_care_plan(chronicle: Chronicle) -> None:
    """Add a package of social care."""
    _give_plan(chronicle, SOCIAL_CARE_PLAN, {}, SourceKind.HOSPITAL)


def give_long_term_plan(chronicle: Chronicle) -> None:
    """Add a plan for a long-term illness."""
    _give_plan(chronicle, LONG_TERM_PLAN, {}, SourceKind.HOSPITAL)


def _give_plan(
    chronicle: Chronicle, coding: Coding, wishes: dict[str, str], teller: SourceKind
) -> None:
    detail = {"title": coding.display, "status": "active", **wishes}
    planned = Happening(FactKind.CARE_PLAN, coding, chronicle.moment_within(300), detail=detail)
    chronicle.note(planned, teller)
