"""List every act by which it is asked, agreed and used whose a coded record is (see `write_paths.py`)."""

from collections.abc import Mapping

from gateway.audit import acts
from gateway.store import reidentifications
from gateway.store.words import ReidentificationEnd
from tests.faults import given_rows as given
from tests.faults.acts import Act
from tests.faults.given_rows import EARLIER, IDS, LATER
from tests.store_factories import NOW, VERSION

_VAULT = "gateway/vault"
_DECISION = IDS[20]

VAULT_ACTS: Mapping[str, Act] = {
    "whose a coded record is, asked": Act(
        (f"{_VAULT}/reidentifying.py:ask",),
        acts.ReidentificationAsked(
            *(NOW, "u1", _DECISION, VERSION, given.NEWLY_ASKED.id, "streets", "RAL", 1),
            *("risk-found", "why it is so", LATER),
        ),
        (
            (reidentifications.end_overdue_reidentifications, NOW),
            (reidentifications.keep_reidentification, given.NEWLY_ASKED, 20, EARLIER),
        ),
    ),
    "whose a coded record is, agreed to and used": Act(
        (f"{_VAULT}/reidentifying.py:answer", f"{_VAULT}/revealing.py:_use_up"),
        acts.ReidentificationSettled(NOW, "u2", _DECISION, VERSION, IDS[30], "approved"),
        (
            (reidentifications.approve_reidentification, given.TO_BE_AGREED.id, "u2", NOW),
            (reidentifications.end_reidentification, IDS[30], ReidentificationEnd.USED, NOW),
        ),
    ),
}
