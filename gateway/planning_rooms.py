"""Open what people of the planning side come to, beside a service that is open: releases, counts, and whose a coded record is.

Holds no rule. What pulls and makes releases is opened by commands (`gateway/releasing.py`).
"""

from dataclasses import dataclass

from gateway.access.decision import AccessControl
from gateway.access.reidentifying import ReidentifyAccess
from gateway.audit.log import AuditLog
from gateway.coded_people import CodedPeople
from gateway.patient.alerts import PrivacyAlerts
from gateway.patient.ids import PatientIds
from gateway.planning import Process, feed_access_under, keyring_of, planning_of
from gateway.policy.active import ActivePolicies
from gateway.population.counts.keeping import KeptTables
from gateway.population.counts.room import CountsRoom
from gateway.population.datasets import load_datasets
from gateway.population.measures import load_measures
from gateway.population.releases.admission import Admission
from gateway.population.releases.agreed import AgreedReleases
from gateway.population.releases.desk import ReleaseDesk
from gateway.population.releases.folders import ReleaseFolders
from gateway.population.releases.reception import Reception
from gateway.settings import Settings, process_environment
from gateway.vault.reidentifying import Reidentifications


@dataclass(frozen=True, slots=True)
class PlanningRooms:
    """All; without a linkage vault nobody can be told whose a coded record is."""

    releases: Reception
    counts: CountsRoom
    coded_people: CodedPeople | None


def open_planning_rooms(
    settings: Settings,
    access: AccessControl,
    policies: ActivePolicies,
    alerts: PrivacyAlerts,
    ids: PatientIds,
) -> PlanningRooms | None:
    """Give the rooms of a deployment that has a planning side, else None.

    Raises DatasetError, MeasureError.
    """
    if settings.population is None:
        return None
    releases = _reception(settings, access, policies, alerts.log)
    counts = _counts(settings, releases)
    if settings.vault_database_url is None:
        return PlanningRooms(releases, counts, None)
    asking = Reidentifications(
        ReidentifyAccess(access), policies.store, alerts.log, access.clock, access.new_id
    )
    return PlanningRooms(
        releases,
        counts,
        CodedPeople(
            asking=asking,
            alerts=alerts,
            ids=ids,
            keyring=keyring_of(planning_of(settings)),
            vault_url=settings.vault_database_url,
            environment=process_environment(),
        ),
    )


def _counts(settings: Settings, releases: Reception) -> CountsRoom:
    admission = releases.admission
    measures = load_measures(admission.permits.datasets)
    kept = KeptTables(planning_of(settings).release_folder)
    return CountsRoom(measures, admission, kept, releases.clock)


def _reception(
    settings: Settings, access: AccessControl, policies: ActivePolicies, log: AuditLog
) -> Reception:
    datasets, store = load_datasets(), policies.store
    process = Process(process_environment(), access.clock, access.new_id)
    permits = AgreedReleases(feed_access_under(policies, settings, store, process), datasets)
    folders = ReleaseFolders(planning_of(settings).release_folder)
    desk = ReleaseDesk(store, log, folders, datasets, access.new_id)
    return Reception(desk, Admission(permits, access, log, access.clock), access.clock)
