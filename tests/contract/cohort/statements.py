"""Pick statements out of an invented cohort."""

from collections import defaultdict

from adapters.simulators.truth import (
    FactKind,
)


def all_statements(cohort):
    return [told for statements in cohort.statements.values() for told in statements]


def shared_statements(cohort):
    tellers = defaultdict(list)
    for told in all_statements(cohort):
        tellers[told.fact.key].append(told)
    return [told for group in tellers.values() if len(group) > 1 for told in group]


def encounters(statements, source):
    return [
        told
        for told in statements
        if told.source is source and told.fact.kind is FactKind.ENCOUNTER
    ]
