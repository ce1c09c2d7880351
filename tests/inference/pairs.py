"""Ask about a world and about the same one without what was withheld, and hold every answer against its like."""

import asyncio
from collections import Counter
from collections.abc import (
    AsyncIterator,
    Callable,
    Collection,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import cycle, islice
from random import Random

import httpx2

from gateway.wiring import Services, now
from tests.inference.answers import difference, next_page, told
from tests.inference.items import WORD
from tests.inference.scripted import says
from tests.inference.shapes import Ask, Askable, every_shape
from tests.inference.worlds import World, without, world_of
from tests.safety.emergencies import as_served
from tests.safety.hostile_source import patient_like
from tests.safety.siege import person_of
from tests.safety.two_hostiles import TwoHostiles
from tests.stack import Bundle, Stack
from tests.web.visitor import Visitor

NAMED = "no-records"
"""A person of whom the practice knows nothing, so that all that differs is what the two sources say."""

READERS = (
    *("ed-consultant", "nurse", "pharmacist", "discharge-officer"),
    *("paramedic", "clinical-hub", "gp", "gp-nurse", "receptionist"),
)
SHAPES_OF_A_PAIR = 5
PAGES_AT_MOST = 60
AT_ONCE = 5

Answers = Sequence[httpx2.Response]


@dataclass
class Tally:
    """How much was tried."""

    withheld: int = 0
    shown: int = 0
    untold: int = 0
    asked: Counter[str] = field(default_factory=Counter)

    def add(self, whole: World, rest: World, asks: Iterable[str]) -> None:
        """Count one pair."""
        left = sum(1 for _each in rest.items)
        self.shown += left
        self.withheld += sum(1 for _each in whole.items) - left
        self.untold += len(whole.words() - rest.words())
        self.asked.update(tuple(asks))

    def told(self) -> Mapping[str, int]:
        counts = {"withheld": self.withheld, "shown": self.shown, "words not told": self.untold}
        return {**counts, "requests": self.asked.total(), "shapes": len(self.asked)}


@dataclass
class Reading:
    """The readers of one person, at a clock that stands still."""

    two: TwoHostiles
    stack: Stack
    open_until_the_end: AsyncExitStack
    shapes: Iterator[tuple[str, Callable[[Askable], Ask]]]
    browsers: dict[str, httpx2.AsyncClient] = field(default_factory=dict)

    @classmethod
    @asynccontextmanager
    async def over(cls, two: TwoHostiles, shapes: Collection[str] = ()) -> AsyncIterator["Reading"]:
        """Read, with every shape of request in turn, or with those that are named."""
        every = every_shape()
        chosen = {name: every[name] for name in shapes} or every
        moment = now()
        async with AsyncExitStack() as open_until_the_end:
            services = _at_one_moment(two.stack.services, moment)
            plain = await open_until_the_end.enter_async_context(as_served(two.stack, services))
            yield cls(two, plain, open_until_the_end, cycle(chosen.items()))

    async def _browser(self, user: str) -> httpx2.AsyncClient:
        """Give the browser of a reader, signed in once."""
        if user not in self.browsers:
            serving = as_served(self.two.stack, self.stack.services)
            served = await self.open_until_the_end.enter_async_context(serving)
            await Visitor(served).sign_in(user)
            self.browsers[user] = served.client
        return self.browsers[user]

    def sign_in_anew(self) -> None:
        """Forget tokens and sessions: a long run outlives them."""
        self.stack.tokens.clear()
        self.browsers.clear()

    async def holds_of(self, seed: str, tally: Tally) -> None:
        """Try one pair of worlds; an answer that is another in the second is an AssertionError that tells which."""
        random = Random(seed)
        user = random.choice(READERS)
        whole = world_of(random, patient_like(person_of(self.stack, NAMED)))
        self._let_sources_hold(whole)
        address = f"/fhir/Patient/{self.stack.patient(NAMED)}/$everything"
        everything = Bundle(await self.stack.get(user, address))
        assert everything.status == 200, (seed, user, everything.status, everything.response.text)
        asks = self._asks(whole, everything, random)
        first = await self._answers(user, asks, {})
        tags = {name: answers[0].headers.get("etag", "") for name, answers in first.items()}
        again = await self._answers(user, _tagged(asks), tags)
        rest = self._rest_of(whole, everything, first)
        self._let_sources_hold(rest)
        second = await self._answers(user, asks, {})
        for name, ask in asks.items():
            _same(first[name], second[name], f"pair {seed!r}, {user}, {name}: {ask}")
        retold = await self._answers(user, _tagged(asks), tags)
        for name, answers in retold.items():
            _same(
                again[name], answers, f"pair {seed!r}, {user}, {name}, with A's tag: {asks[name]}"
            )
        tally.add(whole, rest, asks)

    def _let_sources_hold(self, world: World) -> None:
        says(self.two.hospital, world.holds["hospital"])
        says(self.two.ambulance, world.holds["ambulance"])

    def _asks(self, whole: World, everything: Bundle, random: Random) -> Mapping[str, Ask]:
        askable = Askable(
            self.stack.services.ids,
            self.stack.patient(NAMED),
            person_of(self.stack, NAMED).nhs_number.digits,
            whole,
            everything.resources,
            random,
        )
        return {name: ask(askable) for name, ask in islice(self.shapes, SHAPES_OF_A_PAIR)}

    def _rest_of(self, whole: World, everything: Bundle, first: Mapping[str, Answers]) -> World:
        patient, ids = self.stack.patient(NAMED), self.stack.services.ids
        told_of = {each["id"]: each for each in everything.resources}
        by_item = {item: ids.resource_id(patient, *item) for item, _each in whole.items}
        served = {item: told_of[each] for item, each in by_item.items() if each in told_of}
        bodies = [each.text for answers in first.values() for each in answers]
        seen = WORD.findall("".join([everything.response.text, *bodies]))
        return without(whole, served, whole.words() - set(seen))

    async def _answers(
        self, user: str, asks: Mapping[str, Ask], tags: Mapping[str, str]
    ) -> Mapping[str, Answers]:
        at_once = asyncio.Semaphore(AT_ONCE)

        async def ask_one(name: str, ask: Ask) -> Answers:
            async with at_once:
                return await self._answer(user, ask, tags.get(name, ""))

        found = await asyncio.gather(*(ask_one(name, ask) for name, ask in asks.items()))
        return dict(zip(asks, found, strict=True))

    async def _answer(self, user: str, ask: Ask, tag: str) -> Answers:
        if ask.of_a_browser:
            return [await (await self._browser(user)).get(ask.path)]
        if ask.form is not None:
            return [await self.stack.post(user, ask.path, ask.form)]
        # What is sent of a tag must be the same in both worlds, also where there was none.
        answers = [await self.stack.get(user, ask.path, **({"If-None-Match": tag} if tag else {}))]
        while ask.pages and (following := next_page(answers[-1])) is not None:
            assert len(answers) < PAGES_AT_MOST
            answers.append(await self.stack.get(user, following))
        return answers


def _tagged(asks: Mapping[str, Ask]) -> Mapping[str, Ask]:
    return {name: ask for name, ask in asks.items() if ask.tag}


def _same(one: Answers, other: Answers, where: str) -> None:
    left, right = ([told(each) for each in answers] for answers in (one, other))
    assert len(left) == len(right), f"{where}: {len(left)} pages, {len(right)} pages"
    for whole, rest in zip(left, right, strict=True):
        assert whole == rest, f"{where}\n{difference(whole, rest)}"


def _at_one_moment(services: Services, moment: datetime) -> Services:
    """Let pages be laid out, and records joined, at one time: they tell it to the minute."""
    joiner = replace(services.records.joiner, clock=lambda: moment)
    return replace(services, records=replace(services.records, clock=lambda: moment, joiner=joiner))
