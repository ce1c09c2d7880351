"""Make the demo's files: keys, password, settings, and a new database with policy and registry in it.

Serves nothing. Whatever goes into the database goes through the audit, as in any deployment.
"""

import json
import secrets
import shutil
from contextlib import suppress
from pathlib import Path

from joserfc.jwk import ECKey, Key, KeySet, KeySetSerialization, RSAKey

from adapters.simulators.demo_users import DEMO_USERS
from gateway.access.agreement_registry import AgreementRegistry, Signatures
from gateway.access.staff_register import StaffKeeping
from gateway.audit.acts import RelationshipsImported
from gateway.audit.log import AuditLog
from gateway.demo.agreement import invented_agreement
from gateway.demo.deployment import Document, Folder, as_toml
from gateway.demo.invention import Invention
from gateway.demo.registry import REGISTRY, Registry
from gateway.demo.traffic import known_in
from gateway.errors import ConflictError
from gateway.keys import KeyPurpose, add_missing_keys, make_keys, read_keys, write_keys
from gateway.policy.bootstrap import begin
from gateway.settings import Profile, Settings, SettingsError, read_settings
from gateway.store.engine import open_store
from gateway.store.migrate import upgrade
from gateway.store.objections import record_objection
from gateway.store.relationships import replace_relationships
from gateway.wiring import new_id, now

BY = "demo"
"""Whom the audit names for what the demo itself does."""

ADMINISTRATORS = tuple(DEMO_USERS[user].user_id for user in ("policy-admin", "policy-approver"))
"""Who of the demo's users may change the policy."""


def make_folder(folder: Folder) -> str:
    """Make folder, keys and password where they are missing; give the password."""
    folder.path.mkdir(parents=True, exist_ok=True)
    folder.checkpoints.mkdir(exist_ok=True)
    if folder.keys.exists():
        add_missing_keys(folder.keys)
    else:
        write_keys(folder.keys, make_keys())
    if not folder.password.exists():
        folder.password.touch(mode=0o600)
        folder.password.write_text(secrets.token_urlsafe(9), encoding="utf-8")
    return folder.password.read_text(encoding="utf-8")


def public_client_keys(folder: Folder) -> KeySetSerialization:
    """Make the keys of the demo's clients where they are missing; give the public parts as a JWK set.

    Shape: one key for each algorithm that SMART names, ES384 and RS384.
    """
    if not folder.client_keys.exists():
        made: tuple[Key, ...] = (
            ECKey.generate_key("P-384", {"alg": "ES384", "use": "sig"}),
            RSAKey.generate_key(2048, {"alg": "RS384", "use": "sig"}),
        )
        private = [{**each.as_dict(private=True), "kid": each.thumbprint()} for each in made]
        folder.client_keys.touch(mode=0o600)
        folder.client_keys.write_text(json.dumps({"keys": private}), encoding="utf-8")
    kept = KeySet.import_key_set(json.loads(folder.client_keys.read_text(encoding="utf-8")))
    return kept.as_dict(private=False)


def write_settings(folder: Folder, document: Document) -> Settings:
    """Write the settings file and read it back, as `scr serve` would."""
    folder.settings.write_text(as_toml(document), encoding="utf-8")
    return read_settings(folder.settings, {})


async def make_database(settings: Settings, folder: Folder, invention: Invention) -> None:
    """Make the database anew: tables, the default policy, the cohort's registry."""
    _remove_database(folder)
    upgrade(settings.database_url)
    store = open_store(settings.database_url)
    log = AuditLog(store, now)
    try:
        await begin(ADMINISTRATORS, BY, log, store, now)
        await import_registry(settings, invention, log)
        await _know_staff(settings, invention, log)
    finally:
        await log.aclose()
        store.close()


async def import_registry(settings: Settings, invention: Invention, log: AuditLog) -> int:
    """Take the cohort's relationships and objections in, as one recorded act; count the relationships.

    Before them an invented agreement, unless there is one from an earlier time.
    Raises SettingsError for a deployment that is no demo: invented rows have no place there.
    """
    if settings.profile is not Profile.DEMO:
        raise SettingsError("Invented people are taken into a demo alone: profile must be demo.")
    key = read_keys(settings.key_file).current(KeyPurpose.REGISTRY)
    with suppress(ConflictError):
        agreement = invented_agreement(settings, now())
        await AgreementRegistry(log, now).add(agreement, Signatures(BY, BY))
    registry = Registry(invention.cohort(), key, new_id)
    rows = registry.relationships()
    async with log.recorded(RelationshipsImported(now(), BY, REGISTRY, len(rows))) as session:
        await session.do(replace_relationships, REGISTRY, rows)
        for objection in registry.objections(now()):
            await session.do(record_objection, objection)
    return len(rows)


async def _know_staff(settings: Settings, invention: Invention, log: AuditLog) -> None:
    key = read_keys(settings.key_file).current(KeyPurpose.REGISTRY)
    await StaffKeeping(log, now, key).keep(known_in(invention.cohort()), BY)


def _remove_database(folder: Folder) -> None:
    for suffix in ("", "-wal", "-shm"):
        Path(f"{folder.database}{suffix}").unlink(missing_ok=True)
    # Another database is another log: what was signed of the last one would be an alarm.
    shutil.rmtree(folder.checkpoints)
    folder.checkpoints.mkdir()
