"""Invent what two sources hold of one person, and the same world without what a reader was not shown."""

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from tests.inference.items import BESIDE, MADE, OWN, REFERRING, WORD, Chance
from tests.safety.hostile_source import Json, refer

SOURCES = ("hospital", "ambulance")
ACT_CODE = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
LABELS = ("SEX", "HIV", "PSY", "GENDER", "SDV", "OPIOIDUD", "V", "R", "never-heard-of")
HIV_CLINIC = {"system": "http://snomed.info/sct", "code": "86406008"}
TIED = ("Encounter", "Observation", "DiagnosticReport", "Immunization")
"""Kinds of which both have copies: those of which no summary leaves one out by its age or standing."""

Item = tuple[str, str, str]
"""Source, type and the source's own id."""


@dataclass(frozen=True)
class World:
    """What each source holds, its Patient first."""

    holds: Mapping[str, tuple[Json, ...]]

    @property
    def items(self) -> Iterator[tuple[Item, Json]]:
        """Give each resource with its source, type and id."""
        for source, found in self.holds.items():
            for each in found:
                yield (source, each["resourceType"], each["id"]), each

    def words(self) -> frozenset[str]:
        """Give every word that was made up for it."""
        return frozenset(WORD.findall(json.dumps(dict(self.holds))))


@dataclass
class Inventor:
    """Make one world, from one source of chance."""

    chance: Chance
    patient: Json

    def world(self) -> World:
        """Make a world."""
        return World({source: self._record(source) for source in SOURCES})

    def _record(self, source: str) -> tuple[Json, ...]:
        count = self.chance.random.randint(3, 10)
        kinds = [*self.chance.random.choices(list(MADE), k=count), *BESIDE]
        items = [self._item(kind, f"{source[0]}{number}") for number, kind in enumerate(kinds)]
        for each in items:
            self._refer(each, items)
        return (self.patient, *items, *self._annotations(source, items))

    def _item(self, kind: str, local_id: str) -> Json:
        chance = self.chance
        made = {"resourceType": kind, "id": local_id, **({**MADE, **BESIDE}[kind](chance))}
        made["text"] = {"status": "generated", "div": f"<div>{chance.word()}</div>"}
        made["meta"] = {"lastUpdated": chance.moment("Z"), "source": f"urn:{chance.word()}"}
        if kind in MADE and chance.happens(0.4):
            self._label(made)
        if kind in TIED and chance.happens(0.5):
            made["identifier"] = [{"system": "urn:shared", "value": f"inc-{chance.of('123')}"}]
        return made

    def _label(self, made: Json) -> None:
        """Say that it is sensitive: on the item, on what it contains, or by what it is about."""
        security = {"security": [{"system": ACT_CODE, "code": self.chance.of(LABELS)}]}
        inner = {"resourceType": "Location", "id": "in", "name": self.chance.word()}
        way = self.chance.random.random()
        if way < 0.7:
            made["meta"] |= security
        elif way < 0.85 or "code" not in made:
            made["contained"] = [{**inner, "meta": security}]
        else:
            made["code"] = {"coding": [HIV_CLINIC], "text": self.chance.word()}

    def _refer(self, made: Json, items: Sequence[Json]) -> None:
        for element, kind, is_list in REFERRING.get(made["resourceType"], ()):
            targets = [each for each in items if each["resourceType"] == kind and each is not made]
            if targets and self.chance.happens(0.6):
                named = self._reference(self.chance.of(targets))
                made[element] = [named] if is_list else named

    def _reference(self, target: Json) -> Json:
        kind, relative = target["resourceType"], f"{target['resourceType']}/{target['id']}"
        forms = [relative, relative, relative, f"{relative}/_history/2", f"{kind}/nobody"]
        stated = [f"{each['system']}|{each['value']}" for each in target.get("identifier", ())]
        forms += [f"{kind}?identifier={each}" for each in stated]
        named = {"display": self.chance.word()} if self.chance.happens(0.5) else {}
        return refer(self.chance.of(forms), **named)

    def _annotations(self, source: str, items: Sequence[Json]) -> list[Json]:
        """Make a list and a provenance, of which a gap would tell of what is not shown."""
        clinical = [each for each in items if each["resourceType"] in MADE]
        named = self.chance.random.sample(clinical, self.chance.of((1, 2)))
        moment = {"recorded": self.chance.moment("Z")}
        listed: Json = {"resourceType": "List", "id": f"{source[0]}l", "title": self.chance.word()}
        listed |= {"status": "current", "mode": "working", "subject": OWN}
        listed["entry"] = [{"item": self._reference(each)} for each in named]
        told: Json = {"resourceType": "Provenance", "id": f"{source[0]}p", **moment}
        told |= {"target": [self._reference(named[0])]}
        told["agent"] = [{"who": {"display": self.chance.word()}}]
        if self.chance.happens(0.2):
            listed["meta"] = {"security": [{"system": ACT_CODE, "code": self.chance.of(LABELS)}]}
        return [each for each in (listed, told) if self.chance.happens(0.5)]


def world_of(random: Random, patient: Json) -> World:
    """Make a world by chance."""
    return Inventor(Chance(random), patient).world()


def without(
    world: World, shown: Collection[Item], closed: Collection[Item], untold: Collection[str]
) -> World:
    """Give the world without what is not `shown`, and with everything else in it that was not told.

    Changed are the words `untold`, the addresses of documents in items that are `closed`, and references to
    what is gone: these name what never was.
    """
    gone = {item for item, _each in world.items} - set(shown)
    holds = {}
    for source, found in world.holds.items():
        kept = [each for each in found[1:] if _named(source, each) in shown]
        lost = [(kind, local) for owner, kind, local in gone if owner == source]
        changed = [
            _changed(each, lost, untold, is_closed=_named(source, each) in closed) for each in kept
        ]
        is_known = kept or _named(source, found[0]) in shown
        holds[source] = (found[0], *changed) if is_known else ()
    return World(holds)


def _named(source: str, each: Json) -> Item:
    return (source, each["resourceType"], each["id"])


def _changed(
    each: Json, lost: Sequence[tuple[str, str]], untold: Collection[str], *, is_closed: bool
) -> Json:
    text = WORD.sub(
        lambda found: f"another{found[0][2:]}" if found[0] in untold else found[0], json.dumps(each)
    )
    for kind, local in lost:
        text = re.sub(rf'"{kind}/{local}(?=["/])', f'"{kind}/never-was', text)
    if is_closed:
        text = re.sub(r'"Binary/[^"]+"', '"https://nowhere.example/x"', text)
    return dict(json.loads(text))
