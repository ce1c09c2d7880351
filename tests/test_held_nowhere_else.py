"""A deployment whose audit nobody else holds says so when it starts."""

import pytest
from structlog.testing import capture_logs

from gateway.serving import tell_where_the_audit_is_held
from gateway.settings import Profile, Settings
from tests.audit.witness_server import WITNESS

WITNESSED = {"audit_witness": {"url": "https://w.example", "key": WITNESS.text()}}


@pytest.mark.parametrize(
    ("given", "shouts"),
    [
        ({}, ["critical"]),
        ({"profile": Profile.DEMO}, []),
        ({"audit_checkpoint_folder": "/mnt/elsewhere"}, []),
        (WITNESSED, []),
    ],
)
def test_a_log_that_is_held_nowhere_else_is_shouted_about(
    given: dict[str, object], shouts: list[str]
):
    pds = {"id": "pds", "kind": "pds", "base_url": "https://pds.example", "organisation": "X26"}
    settings = Settings.model_validate(
        {
            "base_url": "https://record.example",
            "database_url": "sqlite:///x",
            "key_file": "keys.json",
            "source": [pds],
            **given,
        }
    )

    with capture_logs() as told:
        tell_where_the_audit_is_held(settings)

    assert [each["log_level"] for each in told] == shouts
