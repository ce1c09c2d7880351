"""Hold what the radar tells against what the traffic truly was: what is found, what is right, rule by rule.

Counts visits for recall (of all snooping visits, how many have a request among an alert's) and alerts for precision (of all
alerts, how many have a request that was snooping).
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from adapters.simulators.traffic.plan import Traffic
from gateway.audit.radar.suspicions import Suspicion


@dataclass
class Judged:
    """Counts over any number of worlds."""

    worlds: int = 0
    visits: int = 0
    accesses: int = 0
    found: Counter = field(default_factory=Counter)
    missed: Counter = field(default_factory=Counter)
    right: Counter = field(default_factory=Counter)
    wrong: Counter = field(default_factory=Counter)
    alerts_right: int = 0
    alerts_wrong: int = 0

    @property
    def recall(self) -> float:
        return self.found.total() / (self.found.total() + self.missed.total())

    @property
    def precision(self) -> float:
        return self.alerts_right / (self.alerts_right + self.alerts_wrong)

    @property
    def snooping(self) -> float:
        return (self.found.total() + self.missed.total()) / self.visits

    def add(self, traffic: Traffic, accesses: int, told: Iterable[Suspicion]) -> None:
        """Count one world; an access's decision is the id of its request."""
        suspicions = tuple(told)
        self.worlds += 1
        self.visits += len(traffic.visits)
        self.accesses += accesses
        self._count_visits(traffic, frozenset().union(*(each.decisions for each in suspicions)))
        snooped = frozenset(
            step.request_id for visit in traffic.visits if visit.snooping for step in visit.steps
        )
        for each in suspicions:
            self._count_alert(each, snooped)

    def _count_visits(self, traffic: Traffic, told: frozenset[UUID]) -> None:
        for visit in traffic.visits:
            if visit.snooping is not None:
                is_found = any(step.request_id in told for step in visit.steps)
                (self.found if is_found else self.missed)[visit.snooping] += 1

    def _count_alert(self, suspicion: Suspicion, snooped: frozenset[UUID]) -> None:
        is_right = not suspicion.decisions.isdisjoint(snooped)
        self.alerts_right += is_right
        self.alerts_wrong += not is_right
        for hit in suspicion.hits:
            (self.right if is_right else self.wrong)[hit.rule] += 1
