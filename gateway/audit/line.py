"""Write an entry as the line that is hashed and given to outsiders.

Pure: reads no database. The form is described for outsiders in docs/audit-format.md, sections 1 and 5.
"""

from base64 import b64encode
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import orjson

from gateway.audit.merkle import leaf_hash


class Kept(NamedTuple):
    """One row of the log as it is kept; `body` is canonical JSON, None once it was purged.

    `action` is text, for a row that somebody altered must be read as well.
    """

    sequence: int
    action: str
    decision_id: UUID | None
    recorded_at: datetime
    patient: str | None
    user_id: str | None
    body: bytes | None
    leaf: bytes


def line_of(
    sequence: int,
    action: str,
    decision_id: UUID | None,
    recorded_at: datetime,
    patient: str | None,
    user_id: str | None,
    body: bytes,
) -> bytes:
    """Write an entry's line: its members in the order of the format, the body as it is kept."""
    found_by = {
        "sequence": sequence,
        "recorded_at": recorded_at,
        "action": action,
        "decision_id": decision_id,
        "patient": patient,
        "user_id": user_id,
    }
    return b'%b,"body":%b}' % (orjson.dumps(found_by, option=orjson.OPT_UTC_Z)[:-1], body)


def kept_line(kept: Kept) -> bytes | None:
    """Write the line of a row; None of one that was purged."""
    if kept.body is None:
        return None
    return line_of(*kept[:6], kept.body)


def exported(kept: Kept) -> bytes:
    """Write a row as one line of the exported log, with its line feed."""
    line = kept_line(kept)
    entry = b"null" if line is None else line
    return b'{"leaf":"%b","entry":%b}\n' % (b64encode(kept.leaf), entry)


def has_its_leaf(kept: Kept) -> bool:
    """Say whether a row's leaf hash is the one of its line; of a purged row nothing can be said against it."""
    line = kept_line(kept)
    return line is None or leaf_hash(line) == kept.leaf
