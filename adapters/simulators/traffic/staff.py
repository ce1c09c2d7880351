"""Invent the staff of the cohort's organisations: who they are, when they work, whose neighbours and kin they are.

Some are people of the cohort themselves, some live with one, and many share a family name with somebody by chance.
Rates are judgement; nothing here is real.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from random import Random

from adapters.simulators.demo_users import DemoUser
from adapters.simulators.invention import make_address, make_names
from adapters.simulators.truth import Cohort, Person
from fhir_profiles.nhs_number import NhsNumber

ARE_PATIENTS_RATE = 0.35
"""Staff mostly live where they work, and a borough's record holds most who live there; fewer are in a cohort of it."""

LIVE_WITH_A_PATIENT_RATE = 0.35
"""Somebody at home is in the cohort: as likely as being in it oneself."""

SHARE_HOUSEHOLD_NAME_RATE = 0.6
"""Of those who live together some share a name and some do not."""

_ADULT_YEARS = 18
_RETIRED_YEARS = 67


class Pattern(StrEnum):
    """How somebody's working times are laid."""

    OFFICE = "office"
    ROTA = "rota"
    EVENINGS = "evenings"


@dataclass(frozen=True, slots=True)
class Job:
    """What a number of people of an organisation do; `visits` is how many records a shift of theirs opens."""

    role_code: str
    role_name: str
    purposes: tuple[str, ...]
    pattern: Pattern
    count: int
    visits: int
    is_clerk: bool = False


_EMERGENCY = ("TREAT", "ETREAT")
_CARE = ("TREAT",)

JOBS: Mapping[str, tuple[Job, ...]] = {
    "F84004": (
        Job("S0020:G0030:R0260", "General Medical Practitioner", _EMERGENCY, Pattern.OFFICE, 5, 10),
        Job("S8000:G8000:R8001", "Nurse", _EMERGENCY, Pattern.OFFICE, 3, 8),
        Job("S8003:G8000:R8009", "Receptionist", _CARE, Pattern.OFFICE, 4, 9, is_clerk=True),
    ),
    "F84012": (
        Job("S0020:G0030:R0260", "General Medical Practitioner", _EMERGENCY, Pattern.OFFICE, 2, 5),
        Job("S8003:G8000:R8009", "Receptionist", _CARE, Pattern.OFFICE, 2, 5, is_clerk=True),
    ),
    "RRV": (
        Job("S0010:G0020:R0050", "Consultant", _EMERGENCY, Pattern.ROTA, 6, 7),
        Job("S8000:G8000:R8001", "Nurse", _EMERGENCY, Pattern.ROTA, 9, 7),
        Job("S0100:G0170:R1290", "Pharmacist", _EMERGENCY, Pattern.OFFICE, 2, 8),
        Job("S8002:G8000:R6040", "Bed Manager", _CARE, Pattern.OFFICE, 1, 8, is_clerk=True),
    ),
    "RRU": (
        Job("S0080:G0140:R1070", "Paramedic", _EMERGENCY, Pattern.ROTA, 5, 5),
        Job("S8000:G8000:R8000", "Clinical Practitioner", _EMERGENCY, Pattern.ROTA, 2, 7),
    ),
    "NLO": (Job("S8000:G8000:R8001", "Nurse", _CARE, Pattern.EVENINGS, 3, 6),),
    "RV3": (Job("S0030:G0100:R1975", "Mental Health Nurse", _CARE, Pattern.OFFICE, 3, 5),),
    "702": (Job("S8000:G8000:R8014", "Social Worker", _CARE, Pattern.OFFICE, 2, 4),),
    "VM4G1": (Job("S8000:G8000:R8001", "Nurse", _CARE, Pattern.ROTA, 2, 4),),
}
"""A small town's worth of staff: enough that a pattern of one of them is not the pattern of all."""

_FIRST_USER_ID = 555_058_000_001
_FIRST_ROLE_PROFILE_ID = 555_212_000_001


@dataclass(frozen=True, slots=True)
class StaffMember:
    """One of the staff. `own_number` is set for a person of the cohort; `lives_with` are people of the cohort."""

    user: DemoUser
    job: Job
    address_line: str
    postcode: str
    own_number: NhsNumber | None
    lives_with: frozenset[NhsNumber]

    @property
    def organisation(self) -> str:
        """Give the ODS code of where they work."""
        return self.user.organisation

    @property
    def username(self) -> str:
        """Give the name that they sign in with."""
        return self.user.username


def make_staff(cohort: Cohort, seed: int) -> tuple[StaffMember, ...]:
    """Invent everybody who works in the traffic, always the same for a cohort and a seed."""
    random = Random(f"staff|{seed}")
    adults = [each for each in _adults(cohort) if not each.is_restricted]
    random.shuffle(adults)
    places = [(code, job) for code, jobs in JOBS.items() for job in jobs for _ in range(job.count)]
    return tuple(
        _member(random, cohort, serial, code, job, adults)
        for serial, (code, job) in enumerate(places)
    )


def _adults(cohort: Cohort) -> Iterator[Person]:
    today = cohort.reference_time.date()
    for person in cohort.people.values():
        years = (today - person.born_on).days // 365
        if _ADULT_YEARS <= years < _RETIRED_YEARS and person.died_at is None:
            yield person


def _member(
    random: Random, cohort: Cohort, serial: int, code: str, job: Job, adults: list[Person]
) -> StaffMember:
    person = _home(random, adults)
    own_number = None
    if person is None:
        family, given, _prefix = make_names(random, random.choice(("female", "male")))
        lines, postcode = make_address(random)
        line = lines[0]
    else:
        line, postcode = person.address_lines[0], person.postcode
        if random.random() < ARE_PATIENTS_RATE / (ARE_PATIENTS_RATE + LIVE_WITH_A_PATIENT_RATE):
            family, given, own_number = person.family_name, person.given_names, person.nhs_number
        else:
            family, given, _prefix = make_names(random, random.choice(("female", "male")))
            if random.random() < SHARE_HOUSEHOLD_NAME_RATE:
                family = person.family_name
    user = _user(serial, code, job, given[0], family)
    at_home = frozenset(
        each.nhs_number
        for each in cohort.people.values()
        if (each.address_lines[0], each.postcode) == (line, postcode)
        and each.nhs_number != own_number
    )
    return StaffMember(user, job, line, postcode, own_number, at_home)


def _home(random: Random, adults: list[Person]) -> Person | None:
    """Take the person of the cohort whose home is also this member's, or nobody."""
    is_known = random.random() < ARE_PATIENTS_RATE + LIVE_WITH_A_PATIENT_RATE
    return adults.pop() if is_known and adults else None


def _user(serial: int, code: str, job: Job, given: str, family: str) -> DemoUser:
    return DemoUser(
        username=f"staff-{serial:03d}",
        given_name=given,
        family_name=family,
        user_id=str(_FIRST_USER_ID + serial),
        role_profile_id=str(_FIRST_ROLE_PROFILE_ID + serial),
        role_code=job.role_code,
        role_name=job.role_name,
        organisation=code,
        purposes=job.purposes,
    )
