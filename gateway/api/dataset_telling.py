"""Tell a declared dataset as JSON: what it is for, what each column means, and by which rules it is released.

Adds nothing to what `fhir_profiles/datasets` declares.
"""

from collections.abc import Mapping

from gateway.population.datasets import Column, Dataset, TableRule
from gateway.population.profile import DisclosureProfile
from gateway.population.releases.agreed import categories_of

Json = Mapping[str, object]


def told_in_catalogue(dataset: Dataset) -> Json:
    """Give one line of the catalogue."""
    return {
        "name": dataset.name,
        "version": dataset.version,
        "title": dataset.title,
        "purpose": dataset.purpose,
        "legal_basis": dataset.legal_basis,
        "recipients": dataset.recipient_kinds,
    }


def told_dataset(dataset: Dataset) -> Json:
    """Give all that a dataset declares, but for the SQL that shapes its rows."""
    return {
        **told_in_catalogue(dataset),
        "conformance": dataset.conformance,
        "needs": {
            "agreement": "one in force that names this dataset, the project and the recipient",
            "categories": sorted(categories_of(dataset)),
        },
        "period": {"months": dataset.months},
        "retention": {"days": dataset.retention_days},
        "rules": _told_rules(dataset),
        "dictionary": [_told_column(each) for each in dataset.columns],
        "tables": [_told_table(each) for each in dataset.tables],
        "fingerprint": dataset.fingerprint,
    }


def _told_rules(dataset: Dataset) -> Json:
    rule = dataset.opt_out_rule
    return {
        "opt_outs": {
            "national_opt_out_applies": rule.exemption is None,
            "exemption": rule.exemption,
            "has_the_dead": rule.has_the_dead,
            "why": dataset.why_opt_outs,
        },
        "labels": {"barred": sorted(rule.barred_labels), "why": dataset.why_labels},
        "disclosure": _told_profile(dataset.profile),
        "told_less_finely": [
            {"column": each.column, "rungs": each.rungs} for each in dataset.ladders
        ],
    }


def _told_profile(profile: DisclosureProfile) -> Json:
    return {
        "fewest_people_alike": profile.fewest_people,
        "furthest_from_all": profile.furthest,
        "fewest_values": {each.name: each.fewest_values for each in profile.sensitive},
        "known_of_an_event": profile.event,
    }


def _told_column(column: Column) -> Json:
    return {
        "name": column.name,
        "role": column.role,
        "type": column.type,
        "unit": column.unit or None,
        "allowed": column.allowed,
        "why_safe": column.why_safe,
        "is_given": column.given,
    }


def _told_table(table: TableRule) -> Json:
    return {
        "name": table.name,
        "title": table.title,
        "unit": table.unit,
        "dimensions": table.dimensions,
        "margins": table.margins,
        "rounded_to": table.rounded_to,
        "per_head": table.per_head or None,
    }
