"""Make what signs the audit's log out of a deployment's settings and keys."""

from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlsplit

from gateway.audit.keeper import Keeper
from gateway.audit.notes import SEED_BYTES, SigningKey
from gateway.audit.places import Folder
from gateway.audit.second_place import SecondPlace
from gateway.keys import KeyPurpose, Keys
from gateway.settings import Settings
from gateway.store.engine import Store
from gateway.witness import Witness


def keeper_of(
    settings: Settings, keys: Keys, store: Store, clock: Callable[[], datetime], holder: str
) -> Keeper:
    """Give what keeps the log, for the worker that `holder` names. Later keys are those that signed before."""
    current, *earlier = signing_keys(settings, keys)
    folder = settings.audit_checkpoint_folder
    return Keeper(
        store=store,
        key=current,
        holder=holder,
        clock=clock,
        place=None if folder is None else SecondPlace(Folder(folder)),
        others=tuple(each.verifier() for each in earlier),
        countersign=None if settings.audit_witness is None else Witness(settings.audit_witness),
    )


def signing_keys(settings: Settings, keys: Keys) -> tuple[SigningKey, ...]:
    """Give the keys that sign this deployment's log or did so, the current first."""
    origin = settings.audit_origin or f"{urlsplit(settings.base_url).netloc}/audit"
    return tuple(SigningKey(origin, key[:SEED_BYTES]) for key in keys.all_of(KeyPurpose.AUDIT_LOG))
