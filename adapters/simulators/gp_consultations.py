"""Render consultations of a GP record with their nested lists: consultation, topic, heading.

Renders no item that a heading holds. Follows GP Connect 1.6, consultation guidance, and
CareConnect-GPC-Encounter-1 and -List-1 (FHIR STU3).
"""

from collections.abc import Mapping

from adapters.simulators.gp_chart import (
    Chart,
    begin,
    ends,
    recorder,
    starts,
    subject,
)
from adapters.simulators.gp_lists import structure_list
from adapters.simulators.rendering import Resource, coded, snomed, stated
from adapters.simulators.truth import Statement

_VISIT_WORDS = {"VR": "Telephone consultation", "HH": "Home visit"}


def consultation(chart: Chart, statement: Statement) -> Resource:
    """Render a consultation; a draft one has status unknown, and none has a class."""
    detail = statement.detail
    status = "finished" if detail["status"] == "finished" else "unknown"
    kind = coded(statement.coding.system, statement.coding.code, statement.coding.display)
    performer = {
        "type": [coded("http://hl7.org/fhir/v3/ParticipationType", "PPRF", "primary performer")],
        "individual": recorder(chart, statement),
    }
    return stated(
        {
            **begin(chart, statement, "Encounter"),
            "status": "entered-in-error" if statement.is_retracted else status,
            "type": [kind | {"text": _words(statement)}],
            "subject": subject(chart),
            "participant": [performer],
            "period": stated({"start": starts(statement), "end": ends(statement)}),
            "reason": [{"text": detail["reason"]}] if detail["reason"] else None,
            "location": [{"location": {"reference": f"Location/surgery-{chart.practice.lower()}"}}],
            "serviceProvider": {"reference": f"Organization/practice-{chart.practice.lower()}"},
        }
    )


def comment(chart: Chart, statement: Statement) -> Resource | None:
    """Render the free text of a consultation, when it has any."""
    if not (text := statement.detail["reason"]):
        return None
    return stated(
        {
            **begin(chart, statement, "Observation", suffix="-comment"),
            "status": "entered-in-error" if statement.is_retracted else "final",
            "code": snomed("37331000000100", "Comment note"),
            "subject": subject(chart),
            "context": {"reference": f"Encounter/{statement.local_id}"},
            "effectiveDateTime": starts(statement),
            "issued": starts(statement),
            "performer": [recorder(chart, statement)],
            "comment": text,
        }
    )


def consultation_lists(
    chart: Chart, statement: Statement, headings: Mapping[str, list[str]]
) -> list[Resource]:
    """Render the nested lists of a consultation; `headings` maps a title to references of items."""
    shown = [(title, items) for title, items in headings.items() if items]
    heading_lists = [
        structure_list(chart, statement, ("heading", position, title), items)
        for position, (title, items) in enumerate(shown)
    ]
    below_topic = [f"List/{heading['id']}" for heading in heading_lists]
    topic = structure_list(chart, statement, ("topic", 0, ""), below_topic)
    whole = structure_list(
        chart, statement, ("consultation", 0, _words(statement)), [f"List/{topic['id']}"]
    )
    return [whole, topic, *heading_lists]


def _words(statement: Statement) -> str:
    return _VISIT_WORDS.get(statement.detail["class"], "Surgery consultation")
