"""Say which part of a long count this process tries, where several share it: `SCR_PROVE_SHARE` is `0/2` or `1/2`."""

import os

_TOLD = os.environ.get("SCR_PROVE_SHARE", "0/1")  # noqa: TID251 - a switch of the test run
SHARE, SHARES = (int(each) for each in _TOLD.split("/"))
