"""Make small releases: of each person of the store who is not left out, one line under the project's pseudonym."""

import hashlib
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from gateway.population.contents.increments import rows_before, rows_cell, too_few_differ
from gateway.population.contents.once import once_in_ledger
from gateway.population.datasets import Dataset
from gateway.population.differencing import member_of
from gateway.population.gate import Refusal, RowsRefusal
from gateway.population.opt_outs import OptOutRule
from gateway.population.profile import DisclosureProfile
from gateway.population.pseudonyms import person_of, read_subject
from gateway.population.release_order import ReleasedFile, ReleaseManifest, ReleaseOrder
from gateway.population.releases.leaving_out import people_in

FILES = ("rows.csv", "rows.ndjson", "tables.csv")
PURPOSE = "planning of services"
FEW = "1 to 7 people have come or gone since earlier rows of this dataset"

DATASET = Dataset(
    name="small",
    version=1,
    title="Small",
    purpose=PURPOSE,
    legal_basis="NHS Act 2006, section 2A",
    recipient_kinds=("icb",),
    conformance="none",
    months=12,
    retention_days=30,
    views=("person",),
    opt_out_rule=OptOutRule(),
    columns=(),
    profile=DisclosureProfile("small", ("person",), ("sex",)),
    ladders=(),
    tables=(),
    sql="",
    fingerprint="f" * 64,
)


@dataclass
class SmallMaking:
    """Make a release; `refuses` is what the gate says, and `meanwhile` what else happens at each step.

    The ledger has whose rows they are; where the rule for rows is to be kept too, it `judges` by it.
    """

    judges: bool = False
    refuses: tuple[str, ...] = ()
    meanwhile: dict[str, object] = field(default_factory=dict)
    orders: list[ReleaseOrder] = field(default_factory=list)

    def __call__(self, order, folder, watch):
        self.orders.append(order)
        for done, name in enumerate(FILES):
            watch(name, done, len(FILES))
            (folder / name).write_bytes(content_of(order, name))
            self.meanwhile.pop(name, lambda: None)()
        refused = Refusal(self.refuses) if self.refuses else self.remembered(order)
        if refused is not None:
            return refused
        manifest = manifest_of(order, folder)
        (folder / "manifest.json").write_bytes(manifest.to_json())
        return manifest

    def remembered(self, order: ReleaseOrder) -> Refusal | None:
        members = frozenset(member_of(order.ledger_key, each) for each in people_of(order))
        said = (order.declaration.release, order.dataset.name, order.project)
        with order.ledger.alone():
            ledger = once_in_ledger(order)
            if isinstance(ledger, Refusal):
                return ledger
            before = tuple(rows_before(ledger.published(), order.dataset.name))
            if self.judges and too_few_differ(members, before):
                return RowsRefusal((FEW,))
            ledger.remember([rows_cell(*said, members)])
            ledger.settle()
        return None


def people_of(order: ReleaseOrder) -> list[str]:
    return sorted(people_in(order.store) - order.left_out)


def content_of(order: ReleaseOrder, name: str) -> bytes:
    told = sorted(person_of(order.project_key, read_subject(each)) for each in people_of(order))
    return "".join(f"{name},{each}\n" for each in told).encode()


def manifest_of(order: ReleaseOrder, folder: Path) -> ReleaseManifest:
    said = order.declaration
    return ReleaseManifest(
        *(said.release, said.dataset, 1, "f" * 64, order.project, said.recipient, said.purpose),
        *(said.legal_basis, said.agreement, said.ends_on, order.today),
        *(order.today + timedelta(days=30), "2026-01", "2026-01", (), {}, (), ()),
        tuple(_listed(folder / name) for name in FILES),
    )


def _listed(path: Path) -> ReleasedFile:
    content = path.read_bytes()
    return ReleasedFile(path.name, hashlib.sha256(content).hexdigest(), len(content))
