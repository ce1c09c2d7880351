"""Whatever somebody sends as a request is read or refused in words, and the words never repeat it."""

from dataclasses import asdict
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import BadRequestError
from gateway.population.releases.requests import (
    WANTED_FIELDS,
    Wanted,
    faults_of_wanted,
    read_wanted,
    read_why,
)
from tests.population.releases.deployment import WANTED

NOW = datetime(2026, 3, 1, tzinfo=UTC)
WHOLE = {**asdict(WANTED), "ends_on": WANTED.ends_on.isoformat()}
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.dates().map(str),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
TELLING = 12
"""Characters: anything shorter may well stand in a message of its own accord."""


def outcome(document) -> str:
    """Give what reading and judging comes to, as text."""
    try:
        wanted = read_wanted(document)
    except BadRequestError as fault:
        return str(fault)
    return " ".join(faults_of_wanted(wanted, frozenset({"small"}), NOW))


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(sorted(WANTED_FIELDS), _JSON)))
def test_whatever_is_sent_is_read_or_refused(document):
    assert isinstance(outcome({**WHOLE, **document}), str)


@given(st.sampled_from(sorted(WANTED_FIELDS)), st.text(min_size=TELLING, max_size=600))
def test_a_message_never_repeats_what_was_sent(field, text):
    assert text not in outcome({**WHOLE, field: text})


def test_what_is_whole_is_read_as_it_was_meant():
    assert read_wanted(WHOLE) == WANTED
    assert isinstance(read_wanted(WHOLE), Wanted)
    assert outcome(WHOLE) == ""


@given(_JSON)
def test_a_reason_is_a_line_of_text_or_is_refused(given_reason):
    try:
        why = read_why(given_reason)
    except BadRequestError:
        return
    assert why == given_reason
    assert why.isprintable()


@pytest.mark.parametrize("ends_on", ["9999-12-31", "2127-01-01"])
def test_no_agreement_is_taken_to_last_for_ever(ends_on):
    assert "so long" in outcome({**WHOLE, "ends_on": ends_on})
