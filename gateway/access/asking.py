"""Say in the audit's words who asks."""

from gateway.audit.acts import Who
from gateway.identity import Principal


def who_of(principal: Principal) -> Who:
    """Give the caller as the audit keeps them."""
    return Who(
        user_id=principal.user_id,
        role=principal.role,
        organisation=principal.organisation,
        organisation_kind=principal.organisation_kind.value,
        name=f"{principal.given_name} {principal.family_name}",
        role_profile_id=principal.role_profile_id,
    )
