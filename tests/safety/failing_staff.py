"""What is known of staff, failing in one of five ways."""

from dataclasses import dataclass
from typing import Any

from tests.safety.part_faults import Fault


@dataclass
class FailingStaff:
    fault: Fault

    async def is_suspended(self, _user_id: str, _role_profile_id: str) -> Any:
        return await self.fault.answer()


@dataclass
class FailingStaffRegister:
    register: Any
    fault: Fault

    async def concerned(self, _user_id: str, _patient: Any) -> Any:
        return await self.fault.answer()

    def alike(self, person: Any, asked: Any) -> Any:
        return self.register.alike(person, asked)
