"""Ask about one person of a stack, and read what the service recorded of it."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from adapters.simulators.truth import Person
from gateway.store.safety_events import SafetyEvent, safety_events_since
from tests.safety.hostile_source import CANARY, FOREIGN_NUMBER, Hostile, Json
from tests.stack import Bundle, Stack

ASKED_ABOUT = "everything"
DOCTOR = "ed-consultant"
FROM_TIME_IMMEMORIAL = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass
class Siege:
    """A hostile hospital and the gateway that asks it."""

    hostile: Hostile
    stack: Stack
    heard: list[Bundle] = field(default_factory=list)

    @property
    def person(self) -> Person:
        return person_of(self.stack, ASKED_ABOUT)

    async def asked(self, *resources: Json | tuple[str, Json]) -> Bundle:
        """Let the hospital hold these, ask for everything, and give the answer."""
        if resources:
            self.hostile.holds(*resources)
        return await self.stack.everything(DOCTOR, ASKED_ABOUT)

    async def refuses_whole(self, answer: Bundle, reason: str = "foreign-subject") -> None:
        """Check all that must happen when the hospital is caught with somebody else's data."""
        assert answer.from_source("hospital") == []
        assert answer.outcomes["hospital"] == "refused"
        await self.told_truly(answer, "wrong-patient", reason)
        events = await safety_events(self.stack)
        assert [(each.kind, each.source, each.reason) for each in events] == [
            ("H-01", "hospital", reason)
        ]
        assert failures_counted(self.stack, "hospital") == 1

    async def drops(self, answer: Bundle, *kept_ids: str) -> None:
        """Check all that must happen when what cannot be proven is left out, and the rest shown."""
        words = {each["type"][0]["text"] for each in answer.of("Encounter", "hospital")}
        assert words == set(kept_ids)
        assert answer.outcomes["hospital"] == "malformed"
        await self.told_truly(answer, "malformed", "unproven")
        assert await safety_events(self.stack) == ()

    async def told_truly(self, answer: Bundle, outcome: str, reason: str) -> None:
        """Check header, canaries, the others' data, and the truth in the audit."""
        assert answer.status == 200
        assert answer.is_complete == "false"
        assert holds_no_canary(answer)
        assert others_answered(answer, "hospital")
        row = await last_row_b(self.stack)
        assert row["outcome"] == "disclosed"
        assert row["sources"]["hospital"] == [outcome, reason]


def holds_no_canary(answer: Bundle) -> bool:
    whole = answer.response.content + repr(answer.response.headers).encode()
    return CANARY.encode() not in whole and FOREIGN_NUMBER.encode() not in whole


def others_answered(answer: Bundle, but: str) -> bool:
    others = {"gp", "hospital", "ambulance"} - {but}
    return all(
        answer.outcomes[source] == "data" and answer.from_source(source) for source in others
    )


def person_of(stack: Stack, name: str) -> Person:
    return stack.london.cohort.people[stack.london.people[name]]


async def rows(stack: Stack, action: str) -> list[dict[str, Any]]:
    return [row for row in await stack.audit() if row["action"] == action]


async def last_row_b(stack: Stack) -> dict[str, Any]:
    """Give the last row B, which must belong to the last row A."""
    last_asked, last = (await rows(stack, "asked"))[-1], (await rows(stack, "disclosed"))[-1]
    assert last["decision_id"] == last_asked["decision_id"]
    return last


async def safety_events(stack: Stack) -> tuple[SafetyEvent, ...]:
    return await stack.services.store.read(safety_events_since, FROM_TIME_IMMEMORIAL)


def failures_counted(stack: Stack, source: str, name: str = ASKED_ABOUT) -> int:
    """Give how many failures the source's breaker has on its account."""
    known = stack.services.sources.directory.by_id()[source]
    adapter: Any = known.adapter_for(person_of(stack, name).practice)
    return len(adapter._client.breaker._failed_at)
