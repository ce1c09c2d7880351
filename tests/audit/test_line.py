"""An entry's line is written as docs/audit-format.md says, to the byte."""

from base64 import b64encode
from datetime import UTC, datetime
from uuid import UUID

from gateway.audit.line import Kept, exported, has_its_leaf, kept_line, line_of
from gateway.audit.merkle import leaf_hash

AT = datetime(2026, 3, 2, 9, 30, 0, 5, tzinfo=UTC)
BODY = b'{"action":"asked"}'
LINE = (
    b'{"sequence":7,"recorded_at":"2026-03-02T09:30:00.000005Z","action":"asked",'
    b'"decision_id":"00000000-0000-0000-0000-000000000001","patient":"p","user_id":"u1",'
    b'"body":{"action":"asked"}}'
)
KEPT = Kept(7, "asked", UUID(int=1), AT, "p", "u1", BODY, leaf_hash(LINE))
PURGED = KEPT._replace(decision_id=None, patient=None, user_id=None, body=None)


def test_a_line_has_the_seven_members_in_their_order():
    assert line_of(7, "asked", UUID(int=1), AT, "p", "u1", BODY) == LINE
    assert kept_line(KEPT) == LINE


def test_what_there_is_nothing_of_is_null():
    line = line_of(7, "asked", None, AT, None, None, BODY)

    assert b'"decision_id":null,"patient":null,"user_id":null,"body"' in line


def test_a_row_is_exported_beside_its_leaf_hash():
    leaf = b64encode(leaf_hash(LINE))

    assert exported(KEPT) == b'{"leaf":"' + leaf + b'","entry":' + LINE + b"}\n"
    assert exported(PURGED) == b'{"leaf":"' + leaf + b'","entry":null}\n'


def test_a_purged_row_has_no_line_and_nothing_is_said_against_its_leaf():
    assert kept_line(PURGED) is None
    assert has_its_leaf(PURGED)


def test_a_row_that_was_altered_has_not_the_leaf_of_its_line():
    assert has_its_leaf(KEPT)
    assert not has_its_leaf(KEPT._replace(user_id="u2"))
    assert not has_its_leaf(KEPT._replace(leaf=leaf_hash(b"")))
