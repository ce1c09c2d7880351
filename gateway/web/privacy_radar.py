"""Write how often the radar was right, rule by rule, as officers found.

Counts nothing: the use case does, on record.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from gateway.audit.radar.rules import RadarRule
from gateway.store.radar_hits import RuleOutcomes
from gateway.web.privacy_visits import finder_of
from gateway.web.visits import Visit

RULE_WORDS: Mapping[str, str] = {
    RadarRule.OWN_RECORD: "Their own record",
    RadarRule.SAME_HOUSEHOLD: "Lives at their address",
    RadarRule.SAME_SURNAME: "Has their family name",
    RadarRule.COLLEAGUE: "A colleague",
    RadarRule.NO_RELATIONSHIP: "Refused, with no relationship",
    RadarRule.SURGE: "Many people looked at one person",
    RadarRule.LOOK_AND_LEAVE: "Looked and read nothing further",
    RadarRule.OUT_OF_HOURS: "When they were not otherwise at work",
    RadarRule.SERIAL_SEARCH: "Looked many people up",
}


@dataclass(frozen=True, slots=True)
class RuleInWords:
    """One rule: how often it was part of an alert, how many of these are settled, and what share was a false alarm."""

    rule: str
    told: int
    settled: int
    false_alarms: str


async def rules_in_words(visit: Visit) -> list[RuleInWords]:
    """Write every rule that was ever part of an alert.

    Raises RefusedError, UnavailableError.
    """
    found = await visit.services.privacy_alerts.rule_outcomes(finder_of(visit))
    return [rule_in_words(each) for each in found]


def rule_in_words(outcomes: RuleOutcomes) -> RuleInWords:
    """Write one rule; of what nobody has looked at yet nothing is known."""
    settled = outcomes.justified + outcomes.confirmed
    share = "not known yet"
    if settled:
        share = f"{outcomes.justified} of {settled} ({outcomes.justified / settled:.0%})"
    words = RULE_WORDS.get(outcomes.rule, outcomes.rule)
    return RuleInWords(words, outcomes.told, settled, share)
