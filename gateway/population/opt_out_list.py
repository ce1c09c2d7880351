"""Keep the national list for as long as it may be used, beside the store and on no record.

A list that has expired, cannot be read, or stands where others may read it is no list.
"""

from datetime import datetime
from pathlib import Path

import msgspec

from gateway.population.opt_outs import CheckList
from gateway.population.pull_files import remove, write_whole

_DECODER = msgspec.json.Decoder(CheckList)


def keep_list(path: Path, found: CheckList) -> None:
    """Keep a list in place of the one before it."""
    write_whole(path, msgspec.json.encode(found))


def kept_list(path: Path, now: datetime) -> CheckList | None:
    """Give the list that may be used now; one that has expired is removed."""
    try:
        found = _DECODER.decode(path.read_bytes())
    except (FileNotFoundError, msgspec.DecodeError):
        return None
    if now >= found.expires_at:
        remove(path)
        return None
    return found
