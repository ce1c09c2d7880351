"""Say what every source adapter takes and gives.

Holds no transport and knows no roles. A source's answer ends in one of ten outcomes; there is no
eleventh, and a failure is never an empty answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from fhir_profiles.nhs_number import NhsNumber
from fhir_profiles.vocabulary import Category


class Outcome(StrEnum):
    """End of asking one source."""

    DATA = "data"
    EMPTY = "empty"
    NOT_ASKED = "not-asked"
    TIMED_OUT = "timed-out"
    REFUSED = "refused"
    WITHHELD = "withheld"
    MALFORMED = "malformed"
    WRONG_PATIENT = "wrong-patient"
    STALE = "stale"
    FAILED = "failed"


class Stage(StrEnum):
    """How far a source is trusted with readers."""

    SHADOW = "shadow"
    SAFETY = "safety"
    PILOT = "pilot"
    OPEN = "open"


class ServedKind(StrEnum):
    """Whether a source's resources are served as they came or after mapping to R4."""

    VERBATIM = "verbatim"
    MAPPED = "mapped"


class Reason(StrEnum):
    """Closed list of causes behind an outcome; for audit and metrics, never shown with patient data."""

    NONE = "none"
    CONNECTION = "connection"
    TLS = "tls"
    DEADLINE = "deadline"
    TOO_LARGE = "too-large"
    LENGTH_MISMATCH = "length-mismatch"
    REDIRECT = "redirect"
    HTTP_STATUS = "http-status"
    CONTENT_TYPE = "content-type"
    UNREADABLE = "unreadable"
    NOT_A_BUNDLE = "not-a-bundle"
    PAGING_HOST = "paging-host"
    PAGING_LOOP = "paging-loop"
    PAGING_LIMIT = "paging-limit"
    BREAKER_OPEN = "breaker-open"
    BULKHEAD_FULL = "bulkhead-full"
    CREDENTIAL_ECHOED = "credential-echoed"
    UNAUTHORISED = "unauthorised"
    NOT_FOUND = "not-found"
    NO_CONSENT = "no-consent"
    AREA_SWITCHED_OFF = "area-switched-off"
    PART_UNREADABLE = "part-unreadable"
    UNPROVEN = "unproven"
    FOREIGN_SUBJECT = "foreign-subject"
    NUMBER_NOT_VERIFIED = "number-not-verified"
    DEMOGRAPHICS_DIFFER = "demographics-differ"
    CONFLICTING_COPIES = "conflicting-copies"
    STAGE = "stage"
    ROLE = "role"
    AGREEMENT = "agreement"
    OBJECTION = "objection"
    IDENTITY_HOLD = "identity-hold"
    ADAPTER_FAULT = "adapter-fault"


class NoticeKind(StrEnum):
    """What a source itself says about what it holds back or cannot give; `identity-hold` the gateway says."""

    CONFIDENTIAL_ITEMS = "confidential-items"
    DATA_IN_TRANSIT = "data-in-transit"
    DATA_AWAITING_FILING = "data-awaiting-filing"
    AREA_SWITCHED_OFF = "area-switched-off"
    UNREADABLE_PART = "unreadable-part"
    IDENTITY_HOLD = "identity-hold"


@dataclass(frozen=True, slots=True)
class Notice:
    """One statement of a source about a category, or about all of them when `category` is None."""

    kind: NoticeKind
    category: Category | None = None
    since: date | None = None


@dataclass(frozen=True, slots=True)
class Caller:
    """The person asking, as sources that want to know are told."""

    user_id: str
    role_profile_id: str
    role_code: str
    family_name: str
    given_name: str
    organisation: str
    organisation_name: str
    name_prefix: str = ""


@dataclass(frozen=True, slots=True)
class SourceRequest:
    """What one source is asked; built only by `gather` and `pull` from a permit.

    `categories` holds everything that the caller's role could ever be shown, so one call suffices.
    `former_numbers` are those that `nhs_number` replaced: a source may still file the person under one.
    """

    nhs_number: NhsNumber
    caller: Caller
    categories: frozenset[Category]
    trace_id: UUID
    former_numbers: tuple[NhsNumber, ...] = ()


@dataclass(frozen=True, slots=True)
class Listed:
    """One scalar of a mapped original that is not in the result: where it stood and why it is not."""

    resource_type: str
    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class SourceAnswer:
    """What one source said: FHIR R4 Bundles as bytes, in page order, or why there are none.

    `originals` is filled by adapters that map: (R4 type, R4 id) → the source's own resource.
    `stale_since` is an age that the source states. `http_status` is for metrics and audit only.
    """

    source_id: str
    outcome: Outcome
    reason: Reason = Reason.NONE
    bodies: tuple[bytes, ...] = ()
    kind: ServedKind = ServedKind.VERBATIM
    notices: tuple[Notice, ...] = ()
    originals: Mapping[tuple[str, str], bytes] = field(default_factory=dict)
    listed: tuple[Listed, ...] = ()
    stale_since: datetime | None = None
    http_status: int | None = None


class SourceAdapter(Protocol):
    """A source of one person's clinical record."""

    source_id: str

    async def ask(self, request: SourceRequest) -> SourceAnswer:
        """Ask for the record; every failure is an outcome, only cancellation is raised."""
        ...

    def report_wrong_patient(self) -> None:
        """Count an answer about somebody else as a failure of the source."""
        ...


@dataclass(frozen=True, slots=True)
class Contact:
    """One encounter as the probe sees it: enough to found a relationship, nothing clinical.

    `starts_at` and `ends_at` are UTC; `ends_at` is None while the encounter is open.
    """

    status: str
    starts_at: datetime | None
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class ContactProbe:
    """Answer of the open-encounter probe; no contacts unless the outcome is `data`."""

    outcome: Outcome
    contacts: tuple[Contact, ...] = ()


class ContactSource(Protocol):
    """A source that can say whether a person has an encounter with it."""

    async def contacts(self, nhs_number: NhsNumber) -> ContactProbe:
        """Read `_elements=id,status,period,subject` of the person's encounters; disclose nothing."""
        ...


class AddressUse(StrEnum):
    """Whether PDS lets the person's whereabouts be told."""

    UNRESTRICTED = "unrestricted"
    RESTRICTED = "restricted"


@dataclass(frozen=True, slots=True)
class Demographics:
    """A person as PDS knows them. `superseded` holds the numbers asked for that led here, oldest first."""

    nhs_number: NhsNumber
    family_name: str
    given_names: tuple[str, ...]
    prefix: str | None
    gender: str | None
    born_on: str | None
    died_at: str | None
    practice: str | None
    address_lines: tuple[str, ...]
    postcode: str | None
    address_use: AddressUse
    body: bytes
    superseded: tuple[NhsNumber, ...] = ()


class TraceOutcome(StrEnum):
    """End of asking PDS."""

    FOUND = "found"
    NOT_FOUND = "not-found"
    TOO_MANY = "too-many"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class Trace:
    """PDS's answer to a read or a search; `people` and `scores` run in parallel, best first.

    `reason` says why when the outcome is `unavailable`; for audit and metrics only.
    """

    outcome: TraceOutcome
    people: tuple[Demographics, ...] = ()
    scores: tuple[float, ...] = ()
    reason: Reason = Reason.NONE


@dataclass(frozen=True, slots=True)
class FindRequest:
    """Search for a person; PDS needs at least a family name and a birth date."""

    family_name: str
    born_on: str
    given_name: str | None = None
    gender: str | None = None
    postcode: str | None = None


class DemographicsSource(Protocol):
    """PDS, or what stands for it."""

    async def read(self, nhs_number: NhsNumber) -> Trace:
        """Read one person, following a superseded number to its replacement."""
        ...

    async def find(self, request: FindRequest) -> Trace:
        """Search by demographics."""
        ...
