"""Two workers of one deployment over one real database and audit, for a world that tests change under them.

Sources and PDS answer in memory; the clock is the test's.
"""

import shutil
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import orjson

from adapters.contract import AddressUse, Contact, ContactProbe, Outcome, Trace, TraceOutcome
from adapters.simulators.demo_users import DEMO_USERS
from fhir_profiles.vocabulary import Category
from gateway.access.agreement_registry import AgreementRegistry, Signatures, StoredAgreements
from gateway.access.decision import Question
from gateway.audit.acts import AskedAct
from gateway.audit.entries import entries_between
from gateway.audit.log import AuditLog
from gateway.demo.agreement import invented_agreement
from gateway.errors import (
    ConflictError,
    NotAuthenticatedError,
    NotFoundError,
    RefusedError,
    UnavailableError,
)
from gateway.identity import TokenVerifier
from gateway.keys import make_keys, write_keys
from gateway.patient.directory import SourceDirectory
from gateway.patient.disclosure import Inquiry, Records
from gateway.patient.gather import Gatherer
from gateway.policy.active import activate
from gateway.policy.bootstrap import begin
from gateway.policy.drafts import Proposal
from gateway.policy.permitted import Asker
from gateway.settings import Settings
from gateway.store.engine import open_store
from gateway.store.migrate import upgrade
from gateway.wiring import Services, open_services
from rbac.types import Policy, Purpose
from tests.patient.factories import NUMBER, answer, person, resource
from tests.patient.records import Source
from tests.races.model import CLAIMS_A_DAY
from tests.races.sights import Sight, policy_of_sight
from tests.safety.changing_policy import asker
from tests.safety.failing_parts import with_access
from tests.tokens import verifier

AGREED = ("F84004", "RRV", "F83021", "F84012", "RJ1")
ADMINISTRATORS = ("policy-admin", "policy-approver")
GUARDIAN = "caldicott"


_TOLD = {Outcome.DATA: "with", Outcome.WITHHELD: "without"}


class Clock:
    """The instant that the test says it is."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Town:
    """What PDS and the hospital say now, as the deployment's adapters give it."""

    practice: str | None = "F84004"
    is_known: bool = True
    is_restricted: bool = False
    does_pds_answer: bool = True
    does_hospital_answer: bool = True
    stays: list[Contact] = field(default_factory=list)

    async def read(self, _number: object) -> Trace:
        if not self.does_pds_answer:
            return Trace(TraceOutcome.UNAVAILABLE, (), ())
        if not self.is_known:
            return Trace(TraceOutcome.NOT_FOUND, (), ())
        use = AddressUse.RESTRICTED if self.is_restricted else AddressUse.UNRESTRICTED
        return Trace(TraceOutcome.FOUND, (person(practice=self.practice, address_use=use),), (1.0,))

    async def contacts(self, _number: object) -> ContactProbe:
        if not self.does_hospital_answer:
            return ContactProbe(Outcome.TIMED_OUT)
        outcome = Outcome.DATA if self.stays else Outcome.EMPTY
        return ContactProbe(outcome, tuple(self.stays))


async def prepare(folder: Path, sight: Sight, clock: Clock) -> Path:
    """Make a database in which a policy decides and two people administer; give the settings' file."""
    settings = Settings.model_validate(
        {
            "profile": "demo",
            "base_url": "http://gateway.test",
            "database_url": f"sqlite:///{folder / 'scr.db'}",
            "key_file": folder / "scr.keys",
            "judged_views": 0,
            "self_claims_a_day": CLAIMS_A_DAY,
            "source": [{"id": "pds", "kind": "pds", "base_url": "http://127.0.0.1:1"}],
        }
    )
    write_keys(settings.key_file, make_keys())
    upgrade(settings.database_url)
    store = open_store(settings.database_url)
    log = AuditLog(store, clock)
    await activate(policy_of_sight(sight), "test", log, store, clock)
    names = tuple(DEMO_USERS[each].user_id for each in ADMINISTRATORS)
    await begin(names, "test", log, store, clock)
    agreement = replace(invented_agreement(settings, clock()), parties=AGREED)
    lasting = replace(
        agreement.terms,
        starts_at=datetime.min.replace(tzinfo=UTC),
        ends_at=datetime.max.replace(tzinfo=UTC),
    )
    await AgreementRegistry(log, clock).add(
        replace(agreement, terms=lasting), Signatures("test", "test")
    )
    await log.aclose()
    store.close()
    (folder / "settings.json").write_text(settings.model_dump_json())
    return folder / "settings.json"


@dataclass(frozen=True)
class Worker:
    """One worker: its own memories and its own way to the database."""

    services: Services
    records: Records
    verifier: TokenVerifier

    async def ask(self, token: str, purpose: Purpose) -> str:
        """Ask for the whole record, and say in the model's words what came of it."""
        try:
            principal = await self.verifier.principal(token)
        except NotAuthenticatedError:
            return "not-authenticated"
        question = Question(principal, purpose, NUMBER, self.services.ids.seal(NUMBER))
        try:
            return await self._seen(Inquiry(question, AskedAct.VIEW, "request"))
        except RefusedError as refusal:
            return refusal.reason
        except NotFoundError:
            return "not-found"
        except UnavailableError:
            return "unavailable"

    async def _seen(self, inquiry: Inquiry) -> str:
        async with self.records.open(inquiry) as opened:
            opened.will_show(opened.view.items)
            level = opened.view.permit.levels.level_of(Category.PROBLEMS, frozenset())
            ends = {end.source_id: end.outcome for end in opened.view.ends}
        return f"{level} {_TOLD[ends['hospital']]} hospital"

    async def propose(self, username: str, before: Policy, after: Policy) -> UUID:
        proposal = Proposal(before.version, "a trial", after, None)
        draft, _difference = await self._administration.propose(self._asker(username), proposal)
        return draft.id

    async def approve(self, username: str, draft: UUID) -> bool:
        with suppress(RefusedError, ConflictError):
            await self._administration.approve(self._asker(username), draft)
            return True
        return False

    async def activate(self, username: str, draft: UUID) -> bool:
        with suppress(RefusedError, ConflictError):
            await self._administration.activate(self._asker(username), draft)
            return True
        return False

    async def roll_back(self, username: str, version: str, based_on: str) -> bool:
        with suppress(RefusedError, ConflictError, NotFoundError):
            await self._administration.roll_back(self._asker(username), version, based_on)
            return True
        return False

    def _asker(self, username: str) -> Asker:
        known = asker(username)
        lasting = replace(
            known.principal,
            role="caldicott_guardian" if username == GUARDIAN else known.principal.role,
            expires_at=datetime.max.replace(tzinfo=known.principal.expires_at.tzinfo),
        )
        return replace(known, principal=lasting)

    @property
    def _administration(self):
        return self.services.policy.administration

    @property
    def key(self) -> str:
        """Give the keyed hash under which the person stands in the registry."""
        return self.services.records.access.registry.key_of(NUMBER)


def open_worker(settings_file: Path, town: Town, clock: Clock) -> Worker:
    opened = open_services(Settings.model_validate_json(settings_file.read_bytes()), clock)
    services = with_access(
        opened,
        agreements=StoredAgreements(opened.store, frozenset({"RRV"})),
        demographics=town,
        contact_sources={"RRV": town},
    )
    sources = [
        Source(answer(resource("Condition"), source="gp")),
        Source(answer(resource("Condition"), source="hospital")),
    ]
    known = (replace(each.known, organisation="RRV") for each in sources)
    directory = SourceDirectory(tuple(known))
    records = replace(
        services.records,
        gatherer=Gatherer(directory),
        joiner=replace(services.records.joiner, directory=directory),
    )
    return Worker(services, records, verifier(clock=clock))


def copied(settings_file: Path, folder: Path) -> Path:
    """Copy a prepared deployment into a folder of its own."""
    settings = Settings.model_validate_json(settings_file.read_bytes())
    shutil.copy(settings_file.with_name("scr.db"), folder / "scr.db")
    moved = settings.model_copy(update={"database_url": f"sqlite:///{folder / 'scr.db'}"})
    (folder / "settings.json").write_text(moved.model_dump_json())
    return folder / "settings.json"


async def audit_of(worker: Worker) -> list[dict[str, object]]:
    rows = await worker.services.store.read(entries_between, 1, 1_000_000)
    return [orjson.loads(row.body) for row in rows]
