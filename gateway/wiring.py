"""Build the service's parts from its settings: the one place that owns the clock, ids and keys.

Holds no rule and serves no request.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeAlias
from uuid import UUID, uuid4

from adapters.source_clients import Surroundings
from gateway.access.administration import PolicyAccess
from gateway.access.agreement_registry import StoredAgreements
from gateway.access.break_glass import BreakGlass
from gateway.access.claims import SelfClaims
from gateway.access.decision import AccessControl
from gateway.access.permission_answers import PermissionAnswers
from gateway.access.permissions import StoredPermissions
from gateway.access.registry import StoredRegistry
from gateway.access.staff import StoredStaff
from gateway.access.staff_register import StoredStaffRegister
from gateway.audit.keeper import Keeper
from gateway.audit.log import AuditLog
from gateway.counted_sources import counted
from gateway.identity import Issuer, Organisation, TokenVerifier
from gateway.issuer_keys import key_fetcher
from gateway.judging import JudgeProcess, Judging
from gateway.keys import KeyPurpose, Keys, read_keys
from gateway.log_signing import keeper_of
from gateway.metrics import Metrics
from gateway.patient.alert_reviews import AlertReviews
from gateway.patient.alerts import PrivacyAlerts
from gateway.patient.audit_reading import AuditReading
from gateway.patient.claims import Claims
from gateway.patient.disclosure import Records
from gateway.patient.documents import Documents
from gateway.patient.emergencies import Emergencies
from gateway.patient.find import People
from gateway.patient.gather import Gatherer
from gateway.patient.ids import PatientIds
from gateway.patient.join import Joiner
from gateway.patient.paging import Pages
from gateway.patient.permissions import ViewPermissions
from gateway.patient.reviews import Reviews
from gateway.patient.statements import Statements
from gateway.patient.suspicions import Suspicions
from gateway.patient.work import WorkMemory
from gateway.planning_rooms import PlanningRooms, open_planning_rooms
from gateway.policy.active import ActivePolicies
from gateway.policy.administration import PolicyAdministration
from gateway.policy.as_at_asking import PastAccess
from gateway.policy.explaining import PolicyExplaining
from gateway.policy.permitted import Permitting, StoredAdministrators
from gateway.policy.versions import PolicyVersions
from gateway.settings import Settings, job_roles_of
from gateway.sources import Sources, open_sources
from gateway.store.engine import Store, open_store
from gateway.witness import Witness

Clock: TypeAlias = Callable[[], datetime]


def now() -> datetime:
    """Give the wall clock in UTC."""
    return datetime.now(UTC)


def new_id() -> UUID:
    """Give a new random id."""
    return uuid4()


def monotonic() -> float:
    """Give seconds that never go back."""
    return time.monotonic()


@dataclass(frozen=True, slots=True)
class PolicyRooms:
    """Where the role policy is changed, and where it is looked at."""

    administration: PolicyAdministration
    explaining: PolicyExplaining


@dataclass(frozen=True, slots=True)
class AuditRooms:
    """Where the audit's log is signed, proven and read, and what somebody could be shown is worked out of it."""

    keeper: Keeper

    async def aclose(self) -> None:
        """Close the connection to the witness, where there is one."""
        if isinstance(self.keeper.countersign, Witness):
            await self.keeper.countersign.aclose()

    reading: AuditReading
    past: PastAccess


@dataclass(frozen=True, slots=True)
class Services:
    """The running service's parts, as routes and pages use them. Close it when done."""

    settings: Settings
    store: Store
    log: AuditLog
    audit: AuditRooms
    verifier: TokenVerifier
    policies: ActivePolicies
    records: Records
    judging: Judging
    documents: Documents
    people: People
    reviews: Reviews
    emergencies: Emergencies
    claims: Claims
    permissions: ViewPermissions
    privacy_alerts: AlertReviews
    statements: Statements
    policy: PolicyRooms
    planning: PlanningRooms | None
    pages: Pages
    ids: PatientIds
    sources: Sources
    metrics: Metrics

    async def aclose(self) -> None:
        """Close sources, audit and store, in that order; what was cut off is on record first."""
        self.judging.close()
        await self.sources.aclose()
        await self.records.aclose()
        await self.audit.aclose()
        await self.log.aclose()
        self.store.close()


def open_services(settings: Settings, clock: Clock = now) -> Services:
    """Open all that the settings name, under one clock (UTC); the database must be migrated. Needs a running loop.

    Raises KeyFileError, SourceConfigError or UnsupportedDatabaseError for settings that cannot be used.
    """
    keys, store = read_keys(settings.key_file), open_store(settings.database_url)
    log, sources = AuditLog(store, clock), open_sources(settings, _surroundings(clock))
    metrics, policies = Metrics(), ActivePolicies(store)
    judging = Judging(JudgeProcess(), metrics, settings.judged_views)
    registry = StoredRegistry(store, keys.current(KeyPurpose.REGISTRY), clock)
    access = _access(policies, registry, sources, settings)
    ids = PatientIds(keys.all_of(KeyPurpose.PATIENT_IDS))
    joiner = Joiner(sources.directory, ids, WorkMemory(monotonic), clock)
    gatherer = Gatherer(counted(sources.directory, metrics), settings.overall_seconds)
    alerts = PrivacyAlerts(log, clock, new_id, _source_organisations(settings))
    people = People(access, sources.demographics, ids, log, clock)
    return Services(
        settings=settings,
        store=store,
        log=log,
        audit=_audit_rooms(settings, keys, people, PolicyVersions(store, policies)),
        verifier=_verifier(settings, clock),
        policies=policies,
        records=_records(access, gatherer, joiner, keys, judging, alerts),
        judging=judging,
        documents=Documents(sources.directory, new_id),
        people=people,
        reviews=Reviews(access, store, log, clock),
        claims=_claims(access, alerts, store, settings),
        permissions=ViewPermissions(PermissionAnswers(access), log, clock, new_id),
        privacy_alerts=AlertReviews(access, store, log, clock),
        statements=_statements(people, store, settings),
        emergencies=Emergencies(BreakGlass(access), alerts, store, log, clock, new_id),
        policy=_policy_rooms(policies, store, log, clock),
        planning=open_planning_rooms(settings, access, policies, alerts, ids),
        pages=Pages(store, clock),
        ids=ids,
        sources=sources,
        metrics=metrics,
    )


def _audit_rooms(
    settings: Settings, keys: Keys, people: People, versions: PolicyVersions
) -> AuditRooms:
    access, log, store, clock = people.access, people.log, versions.store, people.clock
    return AuditRooms(
        keeper_of(settings, keys, store, clock, str(new_id())),
        AuditReading(access, store, log, clock),
        PastAccess(access, versions, people.ids, log, clock),
    )


def _surroundings(clock: Clock) -> Surroundings:
    return Surroundings(clock, new_id, monotonic)


def _policy_rooms(
    policies: ActivePolicies, store: Store, log: AuditLog, clock: Clock
) -> PolicyRooms:
    access = PolicyAccess(policies, StoredAdministrators(store), new_id, StoredStaff(store))
    permitting, versions = Permitting(access, log, clock), PolicyVersions(store, policies)
    return PolicyRooms(
        PolicyAdministration(permitting, policies, versions, clock, new_id),
        PolicyExplaining(permitting, versions),
    )


def _access(
    policies: ActivePolicies, registry: StoredRegistry, sources: Sources, settings: Settings
) -> AccessControl:
    run_sources = frozenset(
        each.organisation for each in sources.directory.sources if each.organisation is not None
    )
    return AccessControl(
        agreements=StoredAgreements(registry.store, run_sources),
        policies=policies,
        registry=registry,
        demographics=sources.demographics,
        contact_sources=sources.contacts,
        clock=registry.clock,
        new_id=new_id,
        staff=StoredStaff(registry.store),
        grants=registry,
        permissions=StoredPermissions(
            registry, {row.code: row.asks_permission for row in settings.organisation}
        ),
        staff_register=StoredStaffRegister(registry.store, registry.key),
    )


def _claims(
    access: AccessControl, alerts: PrivacyAlerts, store: Store, settings: Settings
) -> Claims:
    at_most = settings.self_claims_a_day
    return Claims(SelfClaims(access), alerts, store, alerts.log, alerts.clock, new_id, at_most)


def _records(
    access: AccessControl,
    gatherer: Gatherer,
    joiner: Joiner,
    keys: Keys,
    judging: Judging,
    alerts: PrivacyAlerts,
) -> Records:
    log, clock, view_hash_key = alerts.log, alerts.clock, keys.current(KeyPurpose.VIEW_HASH)
    suspicions = Suspicions(log, clock, new_id, access.grants.key_of)
    return Records(
        access, gatherer, joiner, log, suspicions, clock, new_id, view_hash_key, judging, alerts
    )


def _statements(people: People, store: Store, settings: Settings) -> Statements:
    return Statements(
        people.access,
        people.demographics,
        people.ids,
        store,
        people.log,
        people.clock,
        {row.code: row.name for row in settings.organisation},
    )


def _source_organisations(settings: Settings) -> frozenset[str]:
    named = (row.organisation for row in settings.source)
    return frozenset(code for code in named if code is not None)


def _verifier(settings: Settings, clock: Clock) -> TokenVerifier:
    words = frozenset(row.subjects for row in settings.issuer if row.subjects is not None)
    issuers = tuple(
        Issuer(
            issuer=row.issuer,
            audience=row.audience,
            fetch_keys=key_fetcher(row.jwks_url),
            algorithms=row.algorithms,
            clients=frozenset(row.clients),
            least_assurance=row.least_assurance,
            needs_scopes=row.smart_scopes == "required",
            own_client=row.client_id,
            subjects=row.subjects,
            others_words=words - {row.subjects},
            organisations=None if row.organisations is None else frozenset(row.organisations),
        )
        for row in settings.issuer
    )
    organisations = {
        row.code: Organisation(row.code, row.kind, row.name) for row in settings.organisation
    }
    return TokenVerifier(issuers, organisations, job_roles_of(settings).role_for, clock)
