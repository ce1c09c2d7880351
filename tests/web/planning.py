"""A planning world whose releases have a disclosure report, and people who come to its pages."""

from dataclasses import replace

from gateway.population.attacks import AttackResult
from gateway.population.contents.files import write_document
from gateway.population.contents.telling import report_of
from gateway.population.five_safes import five_safes_of_counts, five_safes_of_rows
from gateway.population.gate import GatedCounts, GatedRows
from tests.population.http.world import ANALYST, GUARDIAN, PlanningWorld
from tests.population.releases.small_making import DATASET, SmallMaking
from tests.web.visitor import Visitor

HOME = "/planning"
TYPED = {
    "project": "streets",
    "agreement": "planning",
    "ends_day": "31",
    "ends_month": "12",
    "ends_year": "2100",
    "purpose_of_use": "PUBHLTH",
    "purpose": "where to send patrols",
    "legal_basis": "Crime and Disorder Act 1998, section 115",
    "setting": "a room that is locked",
}


class ReportedMaking(SmallMaking):
    """Make small releases with a report of what was tried on them."""

    def __call__(self, order, folder, watch):
        manifest = super().__call__(order, folder, watch)
        said, tried = order.declaration, (AttackResult("T11", "small cells that are told", 0),)
        reports = {
            "rows": five_safes_of_rows(GatedRows(said, "rows", (), tried), DATASET.profile),
            "tables": five_safes_of_counts(GatedCounts(said, (), tried)),
        }
        report = write_document(folder, "five-safes.json", report_of(reports))
        whole = replace(manifest, files=(*manifest.files, report))
        (folder / "manifest.json").write_bytes(whole.to_json())
        return whole


async def come(world: PlanningWorld, user: str = ANALYST) -> Visitor:
    """Sign somebody in to the pages."""
    world.stack.client.cookies.clear()
    visitor = Visitor(world.stack)
    await visitor.sign_in(user)
    return visitor


async def asked(world: PlanningWorld, **changes: str) -> str:
    """Have the analyst ask on the page; give the release's address."""
    visitor = await come(world)
    answer = await visitor.post(f"{HOME}/datasets/violence/request", **{**TYPED, **changes})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


async def published(world: PlanningWorld) -> str:
    """Have it asked for, approved and made; give its address."""
    path = await asked(world)
    approver = await come(world, GUARDIAN)
    assert (await approver.post(f"{path}/approve")).status_code == 303
    [release, *_] = await world.reception.desk.all_releases()
    jobs = replace(world.jobs, ground=replace(world.jobs.ground, make=ReportedMaking()))
    assert (await jobs.run(release.id, "the job")).why == ()
    return path
