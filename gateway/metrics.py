"""Count what the service does, by route and source; labels are closed words, never anything of a person."""

from prometheus_client import CollectorRegistry, Counter, Histogram

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """The counters of one worker."""

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
