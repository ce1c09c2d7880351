"""Parts of the service that fail in one of five ways, in place of the real ones."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from gateway.access.break_glass import BreakGlass
from gateway.access.claims import SelfClaims
from gateway.access.guarded import CallSite
from gateway.access.permission_answers import PermissionAnswers
from gateway.audit.acts import Asked, Disclosed
from gateway.wiring import Services
from rbac.decide import CompiledPolicy
from tests.safety.failing_staff import FailingStaff, FailingStaffRegister
from tests.safety.part_faults import Failing as Failing
from tests.safety.part_faults import Fault as Fault


@dataclass
class FailingPolicies:
    fault: Fault

    async def active(self) -> Any:
        return await self.fault.answer()


@dataclass
class FailingAgreements:
    fault: Fault

    async def of(self, _organisation: Any) -> Any:
        return await self.fault.answer()

    async def parties(self, _agreements: Any, _practice: Any) -> Any:
        return await self.fault.answer()


@dataclass
class FailingLevels:
    """Looks levels up nowhere; the rest of the policy is the real one."""

    policies: Any
    fault: Fault

    async def active(self) -> CompiledPolicy:
        real = await self.policies.active()
        return replace(real, _by_key=_FailingMapping(self.fault))


@dataclass
class _FailingMapping:
    fault: Fault

    def get(self, _key: bytes) -> Any:
        return self.fault.tell()


@dataclass
class FailingRegistry:
    registry: Any
    fault: Fault
    fails: str

    async def relationships(self, patient: Any) -> Any:
        return await self._asked("relationships", patient)

    async def objections(self, patient: Any) -> Any:
        return await self._asked("objections", patient)

    async def holds(self, patient: Any) -> Any:
        return await self._asked("holds", patient)

    async def teams(self, organisation: Any, user_id: Any) -> Any:
        return await self._asked("teams", organisation, user_id)

    async def _asked(self, what: str, *about: Any) -> Any:
        if what == self.fails:
            return await self.fault.answer()
        return await getattr(self.registry, what)(*about)


@dataclass
class FailingSource:
    """Stands for PDS, and for a source that is probed."""

    fault: Fault

    async def read(self, _number: Any) -> Any:
        return await self.fault.answer()

    async def find(self, _request: Any) -> Any:
        return await self.fault.answer()

    async def contacts(self, _number: Any) -> Any:
        return await self.fault.answer()


@dataclass
class FailingLog:
    """Keeps every event but those of one row."""

    log: Any
    fault: Fault
    row: type

    async def append(self, event: Any) -> Any:
        if isinstance(event, self.row):
            return await self.fault.answer()
        return await self.log.append(event)

    def recorded(self, event: Any) -> Any:
        return self.log.recorded(event)


@dataclass
class FailingGrants:
    registry: Any
    fault: Fault

    async def of_session(self, _principal: Any) -> Any:
        return await self.fault.answer()

    def key_of(self, patient: Any) -> str:
        key: str = self.registry.key_of(patient)
        return key


@dataclass
class FailingPermissions(FailingGrants):
    """Everybody must ask, and what was answered cannot be read."""

    def must_ask(self, _principal: Any) -> bool:
        return True


@dataclass
class FailingRecording:
    """Keeps every event but those that are one transaction with something else."""

    log: Any
    fault: Fault

    async def append(self, event: Any) -> Any:
        return await self.log.append(event)

    def recorded(self, _event: Any) -> Any:
        return _Stuck() if self.fault.kind is Failing.STUCK else self.fault.tell()


class _Stuck:
    async def __aenter__(self) -> Any:
        await asyncio.Event().wait()

    async def __aexit__(self, *_failure: object) -> None:
        """Be left without a word."""


def with_failing(services: Services, site: CallSite, fault: Fault) -> Services:
    """Give the same services with the part behind one call site failing."""
    return CASES[site](services, fault)


def with_access(services: Services, **parts: Any) -> Services:
    access = replace(services.records.access, **parts)
    return replace(
        services,
        records=replace(services.records, access=access),
        people=replace(services.people, access=access),
        emergencies=replace(services.emergencies, access=BreakGlass(access)),
        privacy_alerts=replace(services.privacy_alerts, access=access),
        statements=replace(services.statements, access=access),
        claims=replace(services.claims, access=SelfClaims(access)),
        permissions=replace(services.permissions, access=PermissionAnswers(access)),
    )


def _policy(services: Services, fault: Fault) -> Services:
    return with_access(services, policies=FailingPolicies(fault))


def _agreements(services: Services, fault: Fault) -> Services:
    return with_access(services, agreements=FailingAgreements(fault))


def _levels(services: Services, fault: Fault) -> Services:
    return with_access(services, policies=FailingLevels(services.policies, fault))


def _staff(services: Services, fault: Fault) -> Services:
    return with_access(services, staff=FailingStaff(fault))


def _staff_register(services: Services, fault: Fault) -> Services:
    register = services.records.access.staff_register
    return with_access(services, staff_register=FailingStaffRegister(register, fault))


def _relationships(services: Services, fault: Fault) -> Services:
    registry = services.records.access.registry
    return with_access(services, registry=FailingRegistry(registry, fault, "relationships"))


def _teams(services: Services, fault: Fault) -> Services:
    registry = services.records.access.registry
    return with_access(services, registry=FailingRegistry(registry, fault, "teams"))


def _objections(services: Services, fault: Fault) -> Services:
    registry = services.records.access.registry
    return with_access(services, registry=FailingRegistry(registry, fault, "objections"))


def _identity_holds(services: Services, fault: Fault) -> Services:
    registry = services.records.access.registry
    return with_access(services, registry=FailingRegistry(registry, fault, "holds"))


def _demographics(services: Services, fault: Fault) -> Services:
    failing = FailingSource(fault)
    changed = with_access(services, demographics=failing)
    return replace(
        changed,
        people=replace(changed.people, demographics=failing),
        statements=replace(changed.statements, demographics=failing),
    )


def _contacts(services: Services, fault: Fault) -> Services:
    return with_access(services, contact_sources={"RRV": FailingSource(fault)})


def _labels(services: Services, fault: Fault) -> Services:
    joiner = replace(services.records.joiner, labels_by=fault.tell)
    return replace(services, records=replace(services.records, joiner=joiner))


def _grants(services: Services, fault: Fault) -> Services:
    return with_access(services, grants=FailingGrants(services.records.access.registry, fault))


def _permissions(services: Services, fault: Fault) -> Services:
    registry = services.records.access.registry
    return with_access(services, permissions=FailingPermissions(registry, fault))


def _privacy_alert(services: Services, fault: Fault) -> Services:
    alerts = replace(
        services.emergencies.alerts,
        log=FailingRecording(services.log, fault),  # type: ignore[arg-type]
    )
    return replace(
        services,
        records=replace(services.records, alerts=alerts),
        emergencies=replace(services.emergencies, alerts=alerts),
        claims=replace(services.claims, alerts=alerts),
    )


def _with_log(row: type) -> Callable[[Services, Fault], Services]:
    def changed(services: Services, fault: Fault) -> Services:
        log: Any = FailingLog(services.log, fault, row)
        return replace(
            services,
            log=log,
            records=replace(services.records, log=log),
            people=replace(services.people, log=log),
            emergencies=replace(services.emergencies, log=log),
            privacy_alerts=replace(services.privacy_alerts, log=log),
            statements=replace(services.statements, log=log),
            claims=replace(services.claims, log=log),
            permissions=replace(services.permissions, log=log),
        )

    return changed


CASES: dict[CallSite, Callable[[Services, Fault], Services]] = {
    CallSite.AGREEMENTS: _agreements,
    CallSite.POLICY: _policy,
    CallSite.LEVELS: _levels,
    CallSite.STAFF: _staff,
    CallSite.STAFF_REGISTER: _staff_register,
    CallSite.RELATIONSHIPS: _relationships,
    CallSite.TEAMS: _teams,
    CallSite.OBJECTIONS: _objections,
    CallSite.IDENTITY_HOLDS: _identity_holds,
    CallSite.DEMOGRAPHICS: _demographics,
    CallSite.CONTACTS: _contacts,
    CallSite.LABELS: _labels,
    CallSite.GRANTS: _grants,
    CallSite.PERMISSIONS: _permissions,
    CallSite.PRIVACY_ALERT: _privacy_alert,
    CallSite.AUDIT_ASKED: _with_log(Asked),
    CallSite.AUDIT_DISCLOSED: _with_log(Disclosed),
}
