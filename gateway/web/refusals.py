"""Say as a page that something is not shown, and why, in plain words.

Decides nothing. The same failures and statuses as `gateway/api/problems.py` tells programs.
"""

from dataclasses import dataclass

from starlette.responses import HTMLResponse

from gateway.errors import (
    BadRequestError,
    ConflictError,
    GoneError,
    NoDemographicsError,
    NoSourceAnsweredError,
    NotFoundError,
    RefusedError,
    SharedCareRecordError,
)
from gateway.web.writing import Frame, write_page


@dataclass(frozen=True, slots=True)
class Told:
    """A refusal in words: its status, headline and what to do."""

    status: int
    headline: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NextStep:
    """One thing to do next, and the link to it; what is for somebody else to do has no address."""

    sentence: str
    label: str = ""
    address: str = ""
    is_warning: bool = False


_NOTHING_SHOWN = "Nothing was shown."

_REASONS = {
    "no-agreement": (
        "Your organisation shares no records here for this purpose",
        "Ask who looks after sharing agreements in your organisation.",
    ),
    "no-relationship": (
        "Your organisation has no current relationship with this person",
        "Records are shown to organisations that care for the person now.",
        "If they are in your care, ask for the relationship to be recorded, then open the record again.",
    ),
    "too-many-claims": (
        "You have claimed too many relationships today",
        "Nothing was done. Ask for the relationship to be recorded, then open the record.",
    ),
    "permission-to-view-required": (
        "Ask the person before you open their record",
        "Your organisation records whether people agree before their record is viewed. Nothing was shown.",
    ),
    "permission-refused": (
        "The person has said no",
        "Their record stays closed to you in this session.",
    ),
    "permission-not-asked-for": (
        "Your role records no permission to view",
        "Nothing was recorded. Open the record without it.",
    ),
    "break-glass-required": (
        "Emergency access is not open",
        "It was not asked for, has ended, or was opened in another session. Nothing was shown.",
    ),
    "form-not-ours": (
        "The form was not taken",
        "It did not come from a page of this session. Nothing was done.",
        "This happens when you signed in again, or opened or ended emergency access, after the page was shown. "
        "Open the page again, then send the form.",
    ),
    "person-not-told": (
        "This record is not shown as a page",
        "Your role, or your organisation's sharing agreements, do not cover who people are, and a page must say "
        "whose record it is.",
        "Ask who looks after sharing agreements in your organisation.",
    ),
    "sharing-restricted": (
        "Sharing of this record is restricted",
        "This says nothing about what the record holds. Contact the person's GP practice.",
    ),
    "not-for-role": (
        "Your role has no right to this",
        "Nothing was shown and nothing was done.",
        "Sign in with another role if you have one.",
    ),
    "own-act": (
        "Somebody else must look at this",
        "It is about something that you did yourself.",
    ),
    "purpose-not-allowed": (
        "Your role does not use records for direct care",
        "Sign in with another role if you have one.",
    ),
    "out-of-scope": (
        "This sign-in does not open people's records",
        "The sign-in service gave no right to records along with it. Ask your organisation's administrator.",
    ),
    "feed-not-agreed": (
        "No agreement names this release",
        "An agreement in force must name the dataset, the project and your organisation. Nothing was shown and nothing was asked for.",
        "Ask who looks after sharing agreements in your organisation.",
    ),
    "not-the-recipient": (
        "This is released to another organisation",
        "Nothing was shown and nothing was done.",
    ),
    "second-person-needed": (
        "Somebody else must approve this",
        "Whoever asked for a release cannot approve it. Nothing was done.",
    ),
    "ethics-missing": (
        "Research needs an ethics approval",
        "The agreement names none for this release. Nothing was asked for.",
    ),
    "ethics-ended": (
        "The ethics approval has ended",
        "Nothing was asked for. Ask who looks after sharing agreements in your organisation.",
    ),
    "no-patient-access": (
        "Your role does not open people's records",
        "Sign in with another role if you have one.",
    ),
}


def told(fault: SharedCareRecordError) -> Told:
    """Put a named failure into words."""
    match fault:
        case NotFoundError():
            message = "The address may be wrong, or there may be no record for you under it."
            return Told(404, "There is nothing here for you", (message,))
        case RefusedError():
            default = ("This is not allowed", "Ask your organisation's administrator.")
            headline, *sentences = _REASONS.get(fault.reason, default)
            return Told(403, headline, tuple(sentences))
        case GoneError():
            return Told(410, "This is not there any more", (str(fault),))
        case ConflictError():
            return Told(409, "Something changed meanwhile", (str(fault), "Nothing was done."))
        case BadRequestError():
            return Told(400, "The request could not be used", (str(fault),))
        case _:
            return Told(503, *_missing_part(fault))


def _missing_part(fault: SharedCareRecordError) -> tuple[str, tuple[str, ...]]:
    """Give headline and sentences where something that must answer did not."""
    match fault:
        case NoDemographicsError():
            return (
                "Nobody can be looked up now",
                (
                    "The Personal Demographics Service does not answer. Every search and every record rests on "
                    "it, so neither works until it does.",
                    "This does not mean that there is no such person, nor that there is no record. "
                    "What you entered was not the cause.",
                    "Try again in a minute. If it cannot wait, use your own organisation's system, or ring the "
                    "person's GP practice.",
                ),
            )
        case NoSourceAnsweredError():
            return (
                "None of the sources answered",
                ("This does not mean that there is no record.", "Try again in a moment."),
            )
        case _:
            return (
                "The service cannot answer now",
                (
                    "A part of it that must answer did not.",
                    _NOTHING_SHOWN,
                    "Try again in a moment.",
                ),
            )


def refusal_page(fault: SharedCareRecordError, frame: Frame, request_id: str) -> HTMLResponse:
    """Answer with a refusal."""
    return page_of(told(fault), frame, request_id)


def page_of(
    said: Told, frame: Frame, request_id: str, steps: tuple[NextStep, ...] = ()
) -> HTMLResponse:
    """Answer with a refusal that is in words already, and what may be done next."""
    content = {"said": said, "request_id": request_id, "steps": steps}
    return write_page("refusal.html", frame, content, said.status)
