"""Invent the clinicians who are named in the records of one organisation.

Renders nothing; the names belong to nobody.
"""

from dataclasses import dataclass

from adapters.simulators.rendering import pick_number

_NAMES = (
    ("Adeyemi", "Folake", "Dr"),
    ("Brightwater", "Simon", "Dr"),
    ("Choudhury", "Nasrin", "Dr"),
    ("Delacroix", "Hugo", "Mr"),
    ("Evergreen", "Patricia", "Ms"),
    ("Fairweather", "Owen", "Mr"),
)


@dataclass(frozen=True, slots=True)
class Clinician:
    """One invented member of staff."""

    id: str
    sds_user: str
    role_profile: str
    family_name: str
    given_name: str
    prefix: str

    @property
    def full_name(self) -> str:
        """Give the name as a page shows it."""
        return f"{self.prefix} {self.given_name} {self.family_name}"


def clinicians_of(organisation: str) -> tuple[Clinician, ...]:
    """Give the invented staff of one organisation, always the same."""
    return tuple(
        Clinician(
            id=f"staff-{organisation.lower()}-{position}",
            sds_user=f"{555_000_000_000 + pick_number(organisation, 'user', 10**6) * 10 + position}",
            role_profile=f"{655_000_000_000 + pick_number(organisation, 'role', 10**6) * 10 + position}",
            family_name=family,
            given_name=given,
            prefix=prefix,
        )
        for position, (family, given, prefix) in enumerate(_NAMES, start=1)
    )


def clinician_for(organisation: str, key: str) -> Clinician:
    """Choose who did one thing, always the same for the same key."""
    staff = clinicians_of(organisation)
    return staff[pick_number(key, "clinician", len(staff))]
