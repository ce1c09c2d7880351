"""Invent what two sources hold of one person, and the same world without what a reader was not shown."""

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from tests.inference.items import BESIDE, MADE, MOMENTS, OWN, REFERRING, WORD, Chance
from tests.safety.hostile_source import Json, refer

SOURCES = ("hospital", "ambulance")
ACT_CODE = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
LABELS = ("SEX", "HIV", "PSY", "GENDER", "SDV", "OPIOIDUD", "V", "R", "never-heard-of")
HIV_CLINIC = {"system": "http://snomed.info/sct", "code": "86406008"}
DATED = ("MedicationRequest", "Observation", "DiagnosticReport")
"""Kinds of which a summary shows the recent ones: a date that it leaves out has its say all the same."""

TIED = ("Encounter", "Immunization", "Procedure", "AllergyIntolerance", "Observation")
"""Kinds of which both have copies. A copy that its age alone withholds must not be what labels the others: what is
left of it then is the label, which protects them and tells of nothing."""

NAMED = re.compile(r"(?P<kind>[A-Za-z]+)/(?P<id>[a-z0-9-]+)(?P<rest>/_history/[0-9]+)?")

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
        count, favourite = self.chance.random.randint(1, 7), self.chance.of(list(MADE))
        kinds = [*self.chance.random.choices(list(MADE), k=count), *[favourite] * 3, *BESIDE]
        items = [self._item(kind, f"{source[0]}{number}") for number, kind in enumerate(kinds)]
        for each in items:
            self._refer(each, items)
        return (self.patient, *items, *self._annotations(source, items), *self._twins(source))

    def _twins(self, source: str) -> list[Json]:
        """Make, now and then, two different versions of one sealed item: a contradiction that nobody is told."""
        sealed = {"meta": {"security": [{"system": ACT_CODE, "code": "V"}]}}
        made = {**self._item("Observation", f"{source[0]}twin"), **sealed}
        other = {**made, "valueString": self.chance.word()}
        return [made, other] if self.chance.happens(0.3) else []

    def _item(self, kind: str, local_id: str) -> Json:
        chance = self.chance
        meta = {"lastUpdated": chance.moment("Z"), "source": f"urn:{chance.word()}"}
        made = {"resourceType": kind, "id": local_id, "meta": meta}
        made |= {**MADE, **BESIDE}[kind](chance)
        made["text"] = {"status": "generated", "div": f"<div>{chance.word()}</div>"}
        is_tied = kind in TIED and chance.happens(0.5)
        if kind in MADE and not (is_tied and kind in DATED) and chance.happens(0.4):
            self._label(made)
        if is_tied:
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
        clinical = [each for each in items if each["resourceType"] in MADE.keys() - set(DATED)]
        if not clinical:
            return []
        named = self.chance.random.sample(clinical, min(len(clinical), self.chance.of((1, 2))))
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


def without(world: World, served: Mapping[Item, Json], untold: Collection[str]) -> World:
    """Give the world without what was not `served`, and with everything else in it that was not told.

    Changed are the words `untold` and those that are never told, dates and documents' addresses that what is served
    of an item leaves out, and references to what is gone: these name what never was.
    """
    holds = {}
    for source, found in world.holds.items():
        gone = {item[1:] for item, _each in world.items if item[0] == source and item not in served}
        kept = [
            each
            for each in found[1:]
            if _named(source, each) in served or _labels_what_stays(each, gone)
        ]
        changed = [
            _changed(_apart(each, gone), served.get(_named(source, each), {}), untold)
            for each in kept
        ]
        is_known = kept or _named(source, found[0]) in served
        holds[source] = (found[0], *changed) if is_known else ()
    return World(holds)


def _named(source: str, each: Json) -> Item:
    return (source, each["resourceType"], each["id"])


def _labels_what_stays(each: Json, gone: Collection[tuple[str, str]]) -> bool:
    """Say whether it is a list that says of something shown in part why it is: what is sensitive stays so."""
    if each["resourceType"] != "List" or "meta" not in each:
        return False
    named = [NAMED.fullmatch(entry["item"]["reference"]) for entry in each["entry"]]
    # What it names by an identifier may be anything that is left.
    return any(one is None or (one["kind"], one["id"]) not in gone for one in named)


def _apart(each: Any, gone: Collection[tuple[str, str]]) -> Any:
    """Change what is never told of anything: narratives, and names of what is gone."""
    if isinstance(each, list):
        return [_apart(one, gone) for one in each]
    if not isinstance(each, dict):
        return each
    made = {name: _apart(value, gone) for name, value in each.items()}
    if "div" in made:
        made["div"] = WORD.sub(_other, made["div"])
    named = NAMED.fullmatch(str(made.get("reference")))
    if named is not None and (named["kind"], named["id"]) in gone:
        made["reference"] = f"{named['kind']}/never-was{named['rest'] or ''}"
        made |= {"display": _other_word(made["display"])} if "display" in made else {}
    return made


def _other(found: re.Match[str]) -> str:
    return _other_word(found[0])


def _other_word(word: str) -> str:
    """Give a word of another length, so that nothing by which it is measured stays the same."""
    return f"another{word[2:]}"


def _changed(each: Json, served: Json, untold: Collection[str]) -> Json:
    text = WORD.sub(
        lambda found: _other(found) if found[0] in untold else found[0], json.dumps(each)
    )
    if '"Binary/' not in json.dumps(served):
        text = re.sub(r'"Binary/[^"]+"', '"https://nowhere.example/x"', text)
    made = json.loads(text)
    if made["resourceType"] in DATED:
        return dict(made)
    return {
        name: _another_moment(value) if value in MOMENTS and name not in served else value
        for name, value in made.items()
    }


def _another_moment(moment: str) -> str:
    return MOMENTS[(MOMENTS.index(moment) + 1) % len(MOMENTS)]
