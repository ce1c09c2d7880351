"""List every write that needs no entry of its own (design decision 10): what it says of anybody is on record before.

The linkage vault's is in another database, under another role, and cannot be one with its entry: that is durable first.

`tests/architecture/test_write_paths.py` fails for a function of the store that writes so and is not named here.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from gateway.store import logout_tokens, sign_ins, snapshots, view_permissions
from gateway.store.audit_feed import Advance, advance
from gateway.store.audit_tree import StoredCheckpoint, StoredNode, keep_tree
from gateway.store.engine import Store
from gateway.store.leases import Lease, take_lease
from gateway.store.releases import keep_release_progress
from gateway.store.vault_entries import keep_entries
from tests.faults import given_rows as given
from tests.faults.given_rows import LATER
from tests.faults.release_paths import PROGRESS
from tests.store_factories import NOW


@dataclass(frozen=True, slots=True)
class Exempt:
    """A write as this function of the store makes it."""

    function: str
    write: Callable[[Store], Awaitable[object]]


_STORE = "gateway/store"
_NODES = tuple(StoredNode(1, position, bytes(32)) for position in range(3))

EXEMPT: Mapping[str, Exempt] = {
    "a lease": Exempt(
        f"{_STORE}/leases.py:take_lease",
        lambda store: take_lease(store, Lease("log", "one", LATER), NOW),
    ),
    "a tree and its checkpoint": Exempt(
        f"{_STORE}/audit_tree.py:keep_tree",
        lambda store: keep_tree(store, _NODES, StoredCheckpoint(1, "note", NOW)),
    ),
    "a session's last use": Exempt(
        f"{_STORE}/sign_ins.py:touch_sign_in",
        lambda store: sign_ins.touch_sign_in(store, given.SIGN_IN.id_hash, LATER),
    ),
    "sessions that are over": Exempt(
        f"{_STORE}/sign_ins.py:drop_expired_sign_ins",
        lambda store: sign_ins.drop_expired_sign_ins(store, NOW),
    ),
    "logout tokens that are over": Exempt(
        f"{_STORE}/logout_tokens.py:drop_expired_logout_tokens",
        lambda store: logout_tokens.drop_expired_logout_tokens(store, NOW),
    ),
    "answers that are over": Exempt(
        f"{_STORE}/view_permissions.py:drop_permissions_until",
        lambda store: view_permissions.drop_permissions_until(store, NOW),
    ),
    "entries of the vault, which are on record before": Exempt(
        f"{_STORE}/vault_entries.py:keep_entries",
        lambda store: keep_entries(store, [given.ENTRY]),
    ),
    "a page": Exempt(
        f"{_STORE}/snapshots.py:keep_snapshot",
        lambda store: snapshots.keep_snapshot(store, given.NEW_SNAPSHOT),
    ),
    "pages that are over": Exempt(
        f"{_STORE}/snapshots.py:drop_expired_snapshots",
        lambda store: snapshots.drop_expired_snapshots(store, NOW),
    ),
    "how far a release is": Exempt(
        f"{_STORE}/releases.py:keep_release_progress",
        lambda store: keep_release_progress(store, PROGRESS),
    ),
    "how far a receiver is": Exempt(
        f"{_STORE}/audit_feed.py:advance",
        lambda store: advance(store, Advance("receiver", 0, 1, NOW)),
    ),
}
