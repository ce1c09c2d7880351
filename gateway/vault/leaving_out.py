"""Say whom a release that is made now leaves out: ask the national check through the vault, and settle it with objections.

Keeps no list: each release asks anew. Where `gateway/population/opt_out_list.py` keeps one for some days, it is made of the same.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from fhir_profiles.nhs_number import NhsNumber
from gateway.population.opt_out_check import Unanswered
from gateway.population.opt_outs import OptOutRule, Refused, left_out_of, population
from gateway.vault.vault import LinkageVault, NationalList, OptOutLists


class NotAsked:
    """Stand for the national check where it does not apply: no number goes to it."""

    async def list_of(self, _subjects: Mapping[NhsNumber, Collection[str]]) -> Unanswered:
        """Give no list."""
        return Unanswered.NOBODY


@dataclass(frozen=True, slots=True)
class LeftOutByTheVault:
    """Who objected is asked of `told`, who is in the planning store of `everybody`, each time."""

    vault: LinkageVault
    check: NationalList
    told: Callable[[], OptOutLists]
    everybody: Callable[[], frozenset[str]]

    async def left_out(self, rule: OptOutRule, now: datetime) -> frozenset[str] | Refused:
        """Give the subjects to be left out of every row, count and denominator; or why there can be no release.

        Raises CustodyError, UnavailableError, UnopenedEntryError.
        """
        check = self.check if rule.exemption is None else NotAsked()
        found = await self.vault.opt_outs(self.told(), check)
        national = None if isinstance(found.national, Unanswered) else found.national
        # The check may have taken an hour: by `now` its list would be one from the future.
        settled = population(rule, found.objections, national, max(now, self.vault.clock()))
        return settled if isinstance(settled, Refused) else left_out_of(settled, self.everybody())
