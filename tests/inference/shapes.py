"""Ask about one person in every way that the service has, by values of what is shown and of what is hidden alike."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from urllib.parse import urlencode

from gateway.patient.ids import PatientIds, derived_id
from gateway.patient.search import PARAMETERS, Kind
from tests.inference.items import MOMENTS, WORD
from tests.inference.worlds import Item, World
from tests.safety.hostile_source import Json

NOT_SERVED = (
    *("_summary=count", "_summary=text", "_elements=id", "_total=accurate", "_count=0"),
    *("_include=*", "_revinclude=Provenance:target", "_has:Observation:patient:code=x"),
    *("_sort=code", "_security=SEX", "_lastUpdated=gt2020", "_text=x", "code:not=x"),
)
DERIVED = ("Linkage", "DetectedIssue", "List")
_TYPES = ("List,Provenance", "Linkage,DetectedIssue", "Practitioner,Organization,Location")


@dataclass(frozen=True)
class Ask:
    """One request; `pages` says to follow it to its last page, `tag` to ask again with the tag that it had."""

    path: str
    form: Mapping[str, str] | None = None
    pages: bool = False
    tag: bool = False
    of_a_browser: bool = False


@dataclass(frozen=True)
class Askable:
    """Whom and what may be asked about: one person, and every item that any of both worlds holds."""

    ids: PatientIds
    patient: str
    digits: str
    world: World
    told: Sequence[Json]
    random: Random = field(repr=False)

    def id_of(self, item: Item) -> str:
        return self.ids.resource_id(self.patient, *item)

    def any_item(self, kind: str | None = None) -> tuple[str, Json]:
        """Give the address and the source's resource of some item; of one that never was, if there is none."""
        found = [(item, each) for item, each in self.world.items if kind in {None, item[1]}]
        if not found or self.random.random() < 0.1:
            item = ("hospital", kind or "Condition", "never-was")
            return f"{item[1]}/{self.id_of(item)}", {}
        item, each = self.random.choice(found)
        return f"{item[1]}/{self.id_of(item)}", each


def every_shape() -> Mapping[str, Callable[[Askable], Ask]]:
    """Give every shape of request by a name; each search parameter that is served is one."""
    searches = {
        f"{kind}?{name}": _searching(kind, name, what)
        for kind, names in PARAMETERS.items()
        for name, what in names.items()
    }
    return {**searches, **_SHAPES}


def _searching(kind: str, name: str, what: Kind) -> Callable[[Askable], Ask]:
    def ask(on: Askable) -> Ask:
        address, each = on.any_item(kind)
        value = on.random.choice(_values(what, address, each))
        sort = on.random.choice(({}, {"_sort": "-date"}, {"_sort": "_id"}))
        return _search(on, kind, {name: value, **sort})

    return ask


def _values(what: Kind, address: str, each: Json) -> list[str]:
    match what:
        case Kind.ID:
            return [address.partition("/")[2]]
        case Kind.DATE | Kind.RECORDED:
            return [f"{prefix}{moment[:10]}" for prefix in ("", "ge", "lt") for moment in MOMENTS]
        case Kind.STATUS:
            return [each.get("status", "final"), "entered-in-error"]
        case Kind.CLINICAL_STATUS:
            return ["active", "resolved", "inactive"]
        case Kind.CODE | Kind.TYPE:
            return [*WORD.findall(str(each)), "urn:codes|x", "86406008"]
        case Kind.CLASS:
            return ["AMB", "urn:classes|EMER"]


def _search(on: Askable, kind: str, more: Mapping[str, str], *, pages: bool = False) -> Ask:
    asked = {"patient": on.patient, **more}
    return Ask(f"/fhir/{kind}?{urlencode(asked)}", pages=pages)


def _everything(on: Askable, **more: str) -> Ask:
    path = f"/fhir/Patient/{on.patient}/$everything"
    return Ask(f"{path}?{urlencode(more)}" if more else path, pages="_count" in more)


def _some_kind(on: Askable) -> str:
    held = sorted({item[1] for item, _each in on.world.items} & set(PARAMETERS))
    return on.random.choice(held or ["Condition"])


def _sorted_pages(on: Askable) -> Ask:
    sort = on.random.choice(("date", "-date", "_id", "-_id"))
    more = {"_sort": sort, "_count": on.random.choice("12")}
    return _search(on, _some_kind(on), more, pages=True)


def _posted(on: Askable) -> Ask:
    return Ask(f"/fhir/{_some_kind(on)}/_search", {"patient": on.patient, "_sort": "-date"})


def _derived(on: Askable) -> Ask:
    """Read something derived of what A shows, or of any two items, shown or not."""
    made = [each for each in on.told if each["resourceType"] in DERIVED]
    if made and on.random.random() < 0.5:
        each = on.random.choice(made)
        return Ask(f"/fhir/{each['resourceType']}/{each['id']}", tag=True)
    kind = on.random.choice(DERIVED)
    members = [on.any_item()[0].partition("/")[2] for _each in range(2)]
    return Ask(f"/fhir/{kind}/{derived_id(on.patient, [kind, *members])}")


def _document(on: Askable) -> Ask:
    address, each = on.any_item(on.random.choice(("DocumentReference", "DiagnosticReport")))
    attached = [content["attachment"] for content in each.get("content", ())]
    attached += each.get("presentedForm", [])
    url = attached[0]["url"] if attached else "Binary/b1"
    item_id = address.partition("/")[2]
    return Ask(f"/fhir/Binary/{derived_id(on.patient, (item_id, 'attachment', url))}")


def _as_another_kind(on: Askable) -> Ask:
    item_id = on.any_item()[0].partition("/")[2]
    return Ask(f"/fhir/{on.random.choice(('Flag', 'Patient', 'Encounter'))}/{item_id}")


def _one_of(values: Iterable[str], ask: Callable[[Askable, str], Ask]) -> Callable[[Askable], Ask]:
    listed = tuple(values)
    return lambda on: ask(on, on.random.choice(listed))


_SHAPES: Mapping[str, Callable[[Askable], Ask]] = {
    "everything": _everything,
    "everything, its tag": lambda on: Ask(_everything(on).path, tag=True),
    "everything of kinds": _one_of(_TYPES, lambda on, kinds: _everything(on, _type=kinds)),
    "everything since": _one_of(MOMENTS, lambda on, each: _everything(on, _since=each)),
    "everything from": _one_of(MOMENTS, lambda on, each: _everything(on, start=each)),
    "everything until": _one_of(MOMENTS, lambda on, each: _everything(on, end=each)),
    "everything, in pages": _one_of("123", lambda on, each: _everything(on, _count=each)),
    "a kind": lambda on: _search(on, _some_kind(on), {}),
    "a kind, sorted, in pages": _sorted_pages,
    "a kind, posted": _posted,
    "a kind, its tag": lambda on: Ask(_search(on, _some_kind(on), {}).path, tag=True),
    "what is not served": _one_of(
        NOT_SERVED, lambda on, each: Ask(f"/fhir/Condition?patient={on.patient}&{each}")
    ),
    "not served of everything": _one_of(
        NOT_SERVED, lambda on, each: Ask(f"{_everything(on).path}?{each}")
    ),
    "an item": lambda on: Ask(f"/fhir/{on.any_item()[0]}"),
    "an item, its tag": lambda on: Ask(f"/fhir/{on.any_item()[0]}", tag=True),
    "an item's original": lambda on: Ask(f"/fhir/{on.any_item()[0]}/$original", tag=True),
    "an item under another kind": _as_another_kind,
    "what is derived": _derived,
    "a document": _document,
    "the person": lambda on: Ask(f"/fhir/Patient/{on.patient}", tag=True),
    "who has the number": lambda on: Ask("/fhir/Patient/_search", {"identifier": on.digits}),
    "the page": lambda on: Ask(f"/patient/{on.patient}", of_a_browser=True),
}
