"""List the people who may sign in to the demo, each in one role at one organisation.

Grants nothing: the role policy decides by role code and kind of organisation. Ids are shaped as SDS ones
and belong to nobody.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class DemoUser:
    """A member of staff; `purposes` are v3 ActReason codes."""

    username: str
    given_name: str
    family_name: str
    user_id: str
    role_profile_id: str
    role_code: str
    role_name: str
    organisation: str
    purposes: tuple[str, ...]
    further: tuple["FurtherRole", ...] = ()

    @property
    def roles(self) -> tuple["DemoUser | FurtherRole", ...]:
        """Give every role profile that they hold, the first one first."""
        return (self, *self.further)


@dataclass(frozen=True, slots=True)
class FurtherRole:
    """Another role profile of the same person; who has one says at sign-in in which they act."""

    role_profile_id: str
    role_code: str
    role_name: str
    organisation: str


_CARE = ("TREAT",)
_CARE_AND_EMERGENCY = ("TREAT", "ETREAT")
_PLANNING = ("PUBHLTH", "HOPERAT")
_RESEARCH = ("HRESCH",)
_ADMINISTRATION = ("HSYSADMIN",)

_ROWS: tuple[tuple[str, str, str, str, str, str, tuple[str, ...]], ...] = (
    (
        "gp",
        "Amara",
        "Nwosu",
        "S0020:G0030:R0260",
        "General Medical Practitioner",
        "F84004",
        _CARE_AND_EMERGENCY,
    ),
    ("gp-nurse", "Bridget", "Quinn", "S8000:G8000:R8001", "Nurse", "F84004", _CARE_AND_EMERGENCY),
    ("receptionist", "Colin", "Tate", "S8003:G8000:R8009", "Receptionist", "F84004", _CARE),
    (
        "ed-consultant",
        "Devi",
        "Raman",
        "S0010:G0020:R0050",
        "Consultant",
        "RRV",
        _CARE_AND_EMERGENCY,
    ),
    ("nurse", "Ewa", "Lis", "S8000:G8000:R8001", "Nurse", "RRV", _CARE_AND_EMERGENCY),
    ("pharmacist", "Femi", "Bello", "S0100:G0170:R1290", "Pharmacist", "RRV", _CARE_AND_EMERGENCY),
    ("discharge-officer", "Gina", "Marsh", "S8002:G8000:R6040", "Bed Manager", "RRV", _CARE),
    ("paramedic", "Hari", "Thapa", "S0080:G0140:R1070", "Paramedic", "RRU", _CARE_AND_EMERGENCY),
    (
        "clinical-hub",
        "Ines",
        "Prado",
        "S8000:G8000:R8000",
        "Clinical Practitioner",
        "RRU",
        _CARE_AND_EMERGENCY,
    ),
    ("nhs111", "Jonah", "Adler", "S8000:G8000:R8001", "Nurse", "NLO", _CARE),
    (
        "mental-health",
        "Kezia",
        "Boateng",
        "S0030:G0100:R1975",
        "Community Mental Health Nurse",
        "RV3",
        _CARE,
    ),
    ("social-worker", "Lorna", "Frith", "S8000:G8000:R8014", "Social Worker", "702", _CARE),
    ("care-home", "Milo", "Santos", "S8000:G8000:R8001", "Nurse", "VM4G1", _CARE),
    (
        "planner",
        "Nadine",
        "Cole",
        "S0010:G0020:R0210",
        "Director of Public Health",
        "702",
        _PLANNING,
    ),
    ("csp-analyst", "Owen", "Pryce", "S0120:G0200:R1840", "Analyst", "CSP1", ("PUBHLTH",)),
    ("researcher", "Pilar", "Vega", "S0120:G0200:R1860", "Researcher", "UNI1", _RESEARCH),
    (
        "policy-admin",
        "Rhys",
        "Vaughan",
        "S8003:G8000:R8015",
        "Systems Support",
        "QMJ",
        _ADMINISTRATION,
    ),
    (
        "policy-approver",
        "Sunita",
        "Desai",
        "S8003:G8000:R8015",
        "Systems Support",
        "QMJ",
        _ADMINISTRATION,
    ),
    (
        "caldicott",
        "Tobias",
        "Ekholm",
        "S0010:G0020:R5105",
        "Caldicott Guardian",
        "QMJ",
        _ADMINISTRATION,
    ),
    (
        "privacy-officer",
        "Uma",
        "Sethi",
        "S8002:G8003:R0001",
        "Privacy Officer",
        "QMJ",
        _ADMINISTRATION,
    ),
    ("auditor", "Viktor", "Hahn", "S8002:G8003:R5100", "Audit Manager", "QMJ", _ADMINISTRATION),
)

_FIRST_USER_ID = 555_057_000_101
_FIRST_ROLE_PROFILE_ID = 555_211_000_101


def _user(serial: int, row: tuple[str, str, str, str, str, str, tuple[str, ...]]) -> DemoUser:
    username, given_name, family_name, role_code, role_name, organisation, purposes = row
    return DemoUser(
        username=username,
        given_name=given_name,
        family_name=family_name,
        user_id=str(_FIRST_USER_ID + serial),
        role_profile_id=str(_FIRST_ROLE_PROFILE_ID + serial),
        role_code=role_code,
        role_name=role_name,
        organisation=organisation,
        purposes=purposes,
    )


DEMO_USERS: Mapping[str, DemoUser] = {
    row[0]: _user(serial, row) for serial, row in enumerate(_ROWS)
}

PLANNER_CLIENT = "planner-client"
PLANNER_MACHINE = _user(
    len(_ROWS),
    (PLANNER_CLIENT, "Machine", "Planner", "S0120:G0200:R1840", "Analyst", "702", _PLANNING),
)
"""Whom the machine client acts as: it signs in with its key, never with a password."""

_GP_ANALYST = _user(
    len(_ROWS) + 1,
    (
        "gp-analyst",
        "Wanda",
        "Eze",
        "S0020:G0030:R0260",
        "General Medical Practitioner",
        "F84004",
        (*_CARE_AND_EMERGENCY, *_PLANNING),
    ),
)
USERS_WITH_SEVERAL_ROLES: Mapping[str, DemoUser] = {
    "gp-analyst": replace(
        _GP_ANALYST,
        further=(
            FurtherRole("555211000201", "S0120:G0200:R1840", "Analyst", "702"),
            FurtherRole("555211000202", "S8000:G8000:R1690", "Call Operator", "702"),
        ),
    )
}
"""Signs in to the pages alone: a token of theirs does not say in which role they act."""
