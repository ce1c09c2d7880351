"""Say who is told, while people are pulled, which number a subject of the store stands for.

Keeps nothing here: the linkage vault is on the patient side, and this side cannot import it.
"""

from collections.abc import Mapping
from typing import Protocol

from fhir_profiles.nhs_number import NhsNumber


class Linkage(Protocol):
    """Keeps the way back from the store's names of people to their numbers."""

    async def keep(self, numbers: Mapping[str, NhsNumber]) -> None:
        """Keep by subject whose number it stands for; when it fails, nothing of that pull may be at rest."""
        ...


class NobodyFoundAgain:
    """Stand for a linkage where no way back is kept, and so nobody in the store can be asked about."""

    async def keep(self, numbers: Mapping[str, NhsNumber]) -> None:
        """Forget the numbers."""
