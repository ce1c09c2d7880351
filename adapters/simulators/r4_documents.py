"""Render documents of an R4 source: the index entry and the content behind it.

Follows UKCore-DocumentReference and FHIR R4 Binary; `Attachment.hash` is the SHA-1 that FHIR R4 asks for.
"""

import base64
import hashlib

from adapters.simulators.r4_chart import (
    Chart,
    author,
    begin,
    by_ods_code,
    code,
    contained_author,
    encounter,
    meta,
    period,
    starts,
    subject,
)
from adapters.simulators.rendering import Resource, picks, stated
from adapters.simulators.truth import Statement, document_content


def document_resources(chart: Chart, statement: Statement) -> list[Resource]:
    """Give the index entry and its content."""
    return [_index_entry(chart, statement), _content(chart, statement)]


def _index_entry(chart: Chart, statement: Statement) -> Resource:
    detail = statement.detail
    in_encounter = encounter(chart, statement)
    return stated(
        {
            **begin(chart, statement, "DocumentReference"),
            "contained": contained_author(chart, statement),
            "status": "entered-in-error" if statement.is_retracted else "current",
            "docStatus": "entered-in-error" if statement.is_retracted else "final",
            "type": code(statement),
            "category": [{"text": detail["kind"]}] if detail["kind"] else None,
            "subject": subject(chart, statement),
            "date": starts(statement),
            "author": [author(chart, statement)],
            "custodian": by_ods_code(chart.organisation, chart.organisation_name),
            "description": detail["title"],
            "content": [{"attachment": _attachment(chart, statement)}],
            "context": stated(
                {
                    "encounter": [in_encounter] if in_encounter else None,
                    "period": period(statement),
                }
            ),
        }
    )


def _attachment(chart: Chart, statement: Statement) -> Resource:
    content = document_content(statement)
    relative = f"Binary/{_content_id(statement)}"
    is_absolute = picks(statement.local_id, "absolute attachment", one_in=3)
    return stated(
        {
            "contentType": statement.detail["content_type"],
            "url": f"{chart.base_url}/{relative}" if is_absolute else relative,
            "size": len(content),
            "hash": _base64(hashlib.sha1(content, usedforsecurity=False).digest()),
            "title": statement.detail["title"],
            "creation": starts(statement),
        }
    )


def _content(chart: Chart, statement: Statement) -> Resource:
    return {
        "resourceType": "Binary",
        "id": _content_id(statement),
        "meta": meta(statement, "Binary"),
        "contentType": statement.detail["content_type"],
        "securityContext": {"reference": f"Patient/{chart.patient_id}"},
        "data": _base64(document_content(statement)),
    }


def _content_id(statement: Statement) -> str:
    return f"{statement.local_id}-content"


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()
