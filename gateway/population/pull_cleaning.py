"""De-identify what a pull brings by the project's own lists and the store's key.

Decides nothing about what is kept (the allow-lists do), and keeps of people only for as long as one pull lasts.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from gateway.population.deidentify import Deidentifier
from gateway.population.ground import Ground
from gateway.population.keys.marks import mark_of
from gateway.population.left_out import Report
from gateway.population.linkage import Linkage
from gateway.population.people import traced
from gateway.population.pseudonyms import resource_id
from gateway.population.pull_ground import Clean, Cleaned


@dataclass(frozen=True, slots=True)
class StoreCleaning:
    """What leaves of one source's resources what may be at rest; the ground's own people are not used.

    `linkage` is told first who they are: nobody is at rest whom an opt-out could not find.
    """

    ground: Ground = field(repr=False)
    linkage: Linkage

    @property
    def key_mark(self) -> str:
        """Tell the store's key apart."""
        return mark_of(self.ground.store_key)

    async def knowing(self, patients: bytes) -> Clean:
        """Learn from the source's Patients, one a line, whose the other resources are.

        Raises AllowListError, KeyLengthError, SourceNameError, and what the linkage raises.
        """
        found = traced(patients, self.ground.store_key)
        await self.linkage.keep(found.numbers)
        deidentify = Deidentifier(replace(self.ground, people=found.people.by_id))

        def clean(ndjson: bytes, resource_type: str) -> Cleaned:
            done = deidentify(ndjson, resource_type)
            return Cleaned(done.ndjson, told_of(done.report))

        return clean

    def id_of(self, resource_type: str, local_id: str) -> str:
        """Give the id that the store has for a source's own."""
        ground = self.ground
        return resource_id(ground.store_key, resource_type, ground.source, local_id)


def told_of(report: Report) -> Mapping[str, int]:
    """Tell on one list how much was left out: by path, and of whole lines by type and reason."""
    told = Counter(dict(report.left_out))
    told.update({f"{kind}: {why}": count for (kind, why), count in report.refused.items()})
    return told
