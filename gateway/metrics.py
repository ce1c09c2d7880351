"""Count what the service does, by route and source; labels are closed words, never anything of a person.

Several workers count into files of one folder, and whichever is asked tells the sum of all: so one address
tells the whole service. Follows prometheus_client, "Multiprocess Mode (E.g. Gunicorn)".
"""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from gateway.settings import shared_metrics_folder

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """The counters of one worker, and the view over those of all."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "scr_requests", "Requests answered.", ("route", "status"), registry=self.registry
        )
        self.seconds = Histogram(
            "scr_request_seconds",
            "Time to the first byte.",
            ("route",),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.source_outcomes = Counter(
            "scr_source_outcomes",
            "How asking each source ended.",
            ("source", "outcome", "reason"),
            registry=self.registry,
        )
        self.judged = Counter(
            "scr_resources_judged", "Resources judged.", ("verdict",), registry=self.registry
        )
        self.faults = Counter(
            "scr_resource_faults", "Faults found in resources.", ("kind",), registry=self.registry
        )
        self.not_judged = Counter(
            "scr_pages_not_judged", "Pages never judged.", ("reason",), registry=self.registry
        )

        self._count_what_is_looked_after()

    def _count_what_is_looked_after(self) -> None:
        # Every worker looks at the same agreements: the most that one of them saw is the number.
        self.agreements_to_renew = Gauge(
            "scr_agreements_to_renew",
            "Agreements to be renewed or reviewed.",
            registry=self.registry,
            multiprocess_mode="max",
        )
        self.log_signed = Gauge(
            "scr_audit_signed_entries",
            "Entries of the audit that the latest checkpoint covers.",
            registry=self.registry,
            multiprocess_mode="max",
        )
        self.log_not_kept = Counter(
            "scr_audit_not_kept",
            "Looks at the audit's log that ended without all being signed and held.",
            ("reason",),
            registry=self.registry,
        )

        # Whoever looked last knows best: the worker that sends may change.
        self.audit_feed_behind = Gauge(
            "scr_audit_feed_behind",
            "Entries of the audit that its receiver has not confirmed.",
            registry=self.registry,
            multiprocess_mode="mostrecent",
        )
        self.audit_not_fed = Counter(
            "scr_audit_not_fed",
            "Batches of the audit that were not confirmed.",
            ("reason",),
            registry=self.registry,
        )

    def told(self) -> bytes:
        """Write the counts of every worker, in the Prometheus text format."""
        folder = shared_metrics_folder()
        if folder is None:
            return generate_latest(self.registry)
        of_all = CollectorRegistry()
        MultiProcessCollector(of_all, str(folder))  # type: ignore[no-untyped-call]
        return generate_latest(of_all)
