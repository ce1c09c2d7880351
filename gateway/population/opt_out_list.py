"""Keep the national list for as long as it may be used, beside the store and on no record.

A list that has expired, cannot be read, or stands where others may read it is no list.
"""

import os
from datetime import datetime
from pathlib import Path

import msgspec

from gateway.population.opt_outs import CheckList
from gateway.population.pull_files import remove, write_whole

_OTHERS = 0o077
"""Whoever else may read it knows who opted out, for a known person; whoever may write it decides who is released."""

_DECODER = msgspec.json.Decoder(CheckList)


def keep_list(path: Path, found: CheckList) -> None:
    """Keep a list in place of the one before it."""
    write_whole(path, msgspec.json.encode(found))


def keep_newest(path: Path, found: CheckList, now: datetime) -> CheckList:
    """Keep a list unless one stands that was asked for later, by a check that ran beside this one; give the one that stands."""
    before = kept_list(path, now)
    if before is not None and before.is_current(now) and before.made_at > found.made_at:
        return before
    keep_list(path, found)
    return found


def kept_list(path: Path, now: datetime) -> CheckList | None:
    """Give the list that may be used now; one that has expired is removed."""
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_mode & _OTHERS:
                return None
            found = _DECODER.decode(file.read())
    except (FileNotFoundError, msgspec.DecodeError):
        return None
    if now >= found.expires_at:
        remove(path)
        return None
    return found
