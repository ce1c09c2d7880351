"""Tell a statement as JSON, in words and in the codes that stand behind them.

Decides nothing: what a reader may know is settled in the statement.
"""

from collections.abc import Mapping

from gateway.access.evidence import is_restricted
from gateway.audit.proving import ProvenEntry
from gateway.audit.statement import Line
from gateway.audit.statement_words import PREFACE, TITLE
from gateway.patient.statements import PatientStatement, Subject


def told_statement(made: PatientStatement, proofs: Mapping[int, ProvenEntry]) -> dict[str, object]:
    """Give the statement, and with each entry its line as it is hashed and its proof, where there is one yet.

    A line says more than the words do, such as how much was kept back: it is for who may read the audit.
    """
    return {
        **told_subject(made.subject),
        "title": TITLE,
        "preface": PREFACE,
        "made_at": made.made_at,
        "made_by": {
            "user_id": made.made_by.user_id,
            "role": made.made_by.role,
            "organisation": made.made_by.organisation,
        },
        "last_entry": made.statement.last,
        "accesses": [_told_line(each, proofs) for each in made.statement.lines],
    }


def told_subject(subject: Subject) -> dict[str, object]:
    """Give whom it is about; the person is left out for a reader who may not know."""
    person = subject.person
    if person is None:
        return {"patient": subject.patient_id, "person": None}
    return {
        "patient": subject.patient_id,
        "person": {
            "nhs_number": person.nhs_number.digits,
            "family_name": person.family_name,
            "given_names": person.given_names,
            "born_on": person.born_on,
            "whereabouts_are_restricted": is_restricted(person),
        },
    }


def _told_entry(sequence: int, proven: ProvenEntry | None) -> dict[str, object]:
    return {
        "sequence": sequence,
        "entry": None if proven is None else proven.entry,
        "proof": None if proven is None else proven.proof,
    }


def _told_line(line: Line, proofs: Mapping[int, ProvenEntry]) -> dict[str, object]:
    access, question = line.access, line.access.question
    return {
        "at": access.at,
        "user_id": access.user_id,
        "in_words": {
            "when": line.when,
            "who": line.who,
            "what": line.what,
            "why": line.why,
            "saw": line.saw,
            "rule": line.rule,
        },
        "asked": None
        if question is None
        else {
            "name": question.who.name,
            "role": question.who.role,
            "organisation": question.who.organisation,
            "act": question.act,
            "purpose": question.purpose,
            "decision": "allowed" if question.is_allowed else "refused",
            "reason": question.reason,
            "relationship": question.relationship,
            "policy_version": question.policy_version,
            "agreements": question.agreements,
        },
        "is_shown": access.is_disclosed,
        "shown": access.shown,
        "done": [each.action for each in access.effects],
        "entries": [_told_entry(each, proofs.get(each)) for each in access.sequences],
    }
