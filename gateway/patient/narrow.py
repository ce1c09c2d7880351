"""Leave of a labelled record what one permit allows, at the level it allows.

Decides by category and label only; derives nothing. Hard bars hold whatever the policy says. A retraction
removes the stale copies of its group even from a reader who may not see the retraction (docs/decisions/0007, section 3).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import assert_never

from msgspec import Struct

from fhir_profiles.vocabulary import HARD_BARRED, Category, Label
from gateway.access.sharing import NOTHING, Coverage
from gateway.patient.group import retracted_groups
from gateway.patient.items import Item, LabelledItem
from gateway.patient.projection import mask, summarise, without_whereabouts
from gateway.patient.reductions import Summary
from gateway.patient.summary_filters import passes
from gateway.patient.summary_rows import Reading, row_of
from gateway.patient.together import lowered_by_others, own_by_themselves
from gateway.patient.work import Worked
from rbac.types import Level, Levels

_SUMMARY_RANK = Level.SUMMARY.rank
_READABLE = frozenset({Level.ALL, Level.SUMMARY})


@dataclass(frozen=True, slots=True)
class Terms:
    """What narrowing goes by: the permit's levels, what of each source is released, the time for "current", who reads.

    `released` says, by source, which categories of it this reader may see at its stage; of one that is not named, none.
    `shared` says, by source, what agreements let through of it; a source that is not named, nothing.
    """

    levels: Levels
    hides_whereabouts: bool
    released: Mapping[str, frozenset[Category]]
    now: datetime
    role: str
    shared: Mapping[str, Coverage]
    _ceilings: dict[Label, Level] = field(default_factory=dict, init=False)
    _known: dict[tuple[Category, frozenset[Label]], Level] = field(default_factory=dict, init=False)

    def level_of(self, category: Category, labels: frozenset[Label]) -> Level:
        """Give the level of a category under labels; a record asks the same of most of its items."""
        found = self._known.get((category, labels))
        if found is None:
            found = self._known[category, labels] = self.levels.level_of(category, labels)
        return found

    def summarising(self, labels: frozenset[Label]) -> frozenset[Label]:
        """Give those labels that by themselves leave this reader no more than a summary of anything."""
        return frozenset(each for each in labels if self._ceiling(each).rank <= _SUMMARY_RANK)

    def _ceiling(self, label: Label) -> Level:
        if label not in self._ceilings:
            levels = (self.level_of(category, frozenset({label})) for category in Category)
            self._ceilings[label] = max(levels, key=lambda level: level.rank)
        return self._ceilings[label]


class Kept(Struct, frozen=True, eq=False, gc=False):
    """An item as it may be shown: `worked` is the source's own resource, a projection of it, or a stub."""

    item: Item
    worked: Worked
    level: Level


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What is left, and how many were withheld, by reason; the counts are for audit alone."""

    kept: tuple[Kept, ...]
    withheld: Mapping[str, int]


def narrow(items: Sequence[LabelledItem], terms: Terms) -> Narrowed:
    """Narrow a record.

    Shape: order is kept. Items without a category come last in the work: they are kept only where
    something that is shown refers to them.
    """
    withheld: Counter[str] = Counter()
    retracted = retracted_groups((each.item for each in items), (each.group for each in items))
    found: dict[int, Kept] = {}
    for position, each in enumerate(items):
        category = each.item.category
        if category is None:
            continue
        if each.group in retracted and not each.item.is_retraction:
            withheld["retracted"] += 1
            continue
        shown = _shown(each, category, terms)
        if shown is None:
            withheld[category.value] += 1
        else:
            found[position] = shown
    for position in lowered_by_others(items, found, partial(_told, terms), _is_alike):
        del found[position]
        withheld["retracted"] += 1
    for position, by_itself in own_by_themselves(items, found, partial(_told, terms)):
        if by_itself is None:
            withheld[str(found.pop(position).item.category)] += 1
        else:
            found[position] = by_itself
    kept = [found[position] for position in sorted(found)]
    nobodys = [each for each in items if each.item.category is None]
    return Narrowed((*kept, *referred_to(kept, nobodys, terms)), dict(withheld))


def level_of(
    each: LabelledItem,
    category: Category,
    terms: Terms,
    more: frozenset[Label] = frozenset(),
) -> Level:
    """Give the level at which an item may be shown: the lowest that any of its labels, and of `more`, leaves."""
    labels = each.labels | more if more else each.labels
    if labels & HARD_BARRED:
        return Level.NONE
    # What an item contains is shown with it, so it is shown no further than that may be.
    categories = (category, *each.item.worked.inner_categories)
    if not terms.released.get(each.item.source_id, frozenset()).issuperset(categories):
        return Level.NONE
    if not terms.shared.get(each.item.source_id, NOTHING).lets_through(categories, labels):
        return Level.NONE
    return min(
        (terms.level_of(each_kind, labels) for each_kind in categories),
        key=lambda level: level.rank,
    )


def _is_alike(one: Kept, other: Kept | None) -> bool:
    return other is not None and (one.level, one.worked.body) == (other.level, other.worked.body)


def _told(terms: Terms, each: LabelledItem) -> Kept | None:
    return None if each.item.category is None else _shown(each, each.item.category, terms)


def _shown(each: LabelledItem, category: Category, terms: Terms) -> Kept | None:
    level = level_of(each, category, terms)
    worked = _told_by_whom(each, category, level, terms)
    kept = _at_level(each, worked, category, level, terms)
    if kept is None or not terms.hides_whereabouts:
        return kept
    elsewhere = without_whereabouts(kept.worked)
    return None if elsewhere is None else Kept(each.item, elsewhere, kept.level)


def _told_by_whom(each: LabelledItem, category: Category, level: Level, terms: Terms) -> Worked:
    """Give an item without the names of who wrote it, where what these tell is not for this reader."""
    if each.unattributed is None or level_of(each, category, terms, each.attributed) is level:
        return each.item.worked
    return each.unattributed


def _at_level(
    each: LabelledItem, worked: Worked, category: Category, level: Level, terms: Terms
) -> Kept | None:
    match level:
        case Level.ALL:
            return Kept(each.item, worked, level)
        case Level.SUMMARY | Level.MASK:
            reading = Reading(category, terms.role, terms.summarising(each.labels))
            row = row_of(worked.type, reading)
            if row is None or not passes(worked.span, row.filters, terms.now):
                return None
            return _reduced(each.item, worked, category, level, row)
        case Level.NONE:
            return None
        case _:
            assert_never(level)


def _reduced(
    item: Item, worked: Worked, category: Category, level: Level, row: Summary
) -> Kept | None:
    """Give a summary or a stub of what summaries hold: a lesser right must not tell of more."""
    if level is Level.SUMMARY and row.says is None:
        return Kept(item, summarise(worked, row), level)
    if item.is_retraction:
        # A stub says that something exists; it cannot say that it never did.
        return None
    stub = mask(worked, category, row if level is Level.SUMMARY else None)
    return None if stub is None else Kept(item, stub, Level.MASK)


def referred_to(
    kept: Sequence[Kept], nobodys: Sequence[LabelledItem], terms: Terms
) -> Iterable[Kept]:
    """Keep of items without a category those that something which is shown refers to, and lists of what is shown."""
    reached = _reached(kept, nobodys, terms)
    if not any(each.item.worked.annotates for each in nobodys):
        return reached
    names = {
        (each.item.source_id, name) for each in (*kept, *reached) for name in each.item.worked.names
    }
    return (*reached, *_wholly_shown_lists(nobodys, names, terms))


def _reached(
    shown: Iterable[Kept], nobodys: Sequence[LabelledItem], terms: Terms
) -> Sequence[Kept]:
    """Keep what is referred to; one that carries labels, only where these take nothing from the referrer."""
    by_name: dict[str, dict[str, list[LabelledItem]]] = defaultdict(dict)
    for each in nobodys:
        for name in each.item.worked.names if not each.item.worked.annotates else ():
            by_name[each.item.source_id].setdefault(name, []).append(each)
    found: dict[int, Kept] = {}
    seen: set[tuple[int, Category, Level]] = set()
    waiting = [
        (each, category, each.level)
        for each in shown
        if (category := each.item.category) is not None
    ]
    while waiting:
        referrer, category, level = waiting.pop()
        named = by_name[referrer.item.source_id]
        names = [name for name in referrer.worked.reference_names if name in named]
        for target in (each for name in names for each in named[name]):
            is_new = (id(target), category, level) not in seen
            seen.add((id(target), category, level))
            if is_new and (kept := _beside(target, category, level, terms)) is not None:
                found[id(target)] = kept
                waiting.append((kept, category, level))
    return [found[id(each)] for each in nobodys if id(each) in found]


def _beside(each: LabelledItem, category: Category, beside: Level, terms: Terms) -> Kept | None:
    level = level_of(each, category, terms)
    is_as_readable = level in _READABLE and level.rank >= beside.rank
    return _whole(each, terms) if is_as_readable and _is_whole_inside(each, terms) else None


def _whole(each: LabelledItem, terms: Terms) -> Kept | None:
    worked = each.item.worked
    shown = without_whereabouts(worked) if terms.hides_whereabouts else worked
    return None if shown is None else Kept(each.item, shown, Level.ALL)


def _wholly_shown_lists(
    nobodys: Iterable[LabelledItem], names: set[tuple[str, str]], terms: Terms
) -> Sequence[Kept]:
    """Keep lists and provenance only where everything they name is shown: a gap would tell of a hidden item."""
    candidates = [
        kept
        for each in nobodys
        if each.item.worked.annotates
        and _takes_nothing(each, terms)
        and _is_whole_inside(each, terms)
        if (kept := _whole(each, terms)) is not None
    ]
    while True:
        known = names | {
            (kept.item.source_id, name) for kept in candidates for name in kept.worked.names
        }
        complete = [kept for kept in candidates if _names_only(kept, known)]
        if len(complete) == len(candidates):
            return complete
        candidates = complete


def _is_whole_inside(each: LabelledItem, terms: Terms) -> bool:
    """Say whether all that stands inside a resource may be shown whole: with what holds it, it is."""
    inside = each.item.worked.inner_categories
    return all(level_of(each, category, terms) is Level.ALL for category in inside)


def _takes_nothing(each: LabelledItem, terms: Terms) -> bool:
    """Say whether an item's labels leave every category as readable as it is without them, and are agreed upon."""
    levels, labels = terms.levels, each.labels
    shared = terms.shared.get(each.item.source_id, NOTHING)
    return (
        not labels & HARD_BARRED
        and shared.lets_through((), labels)
        and all(
            levels.level_of(category, labels) is levels.level_of(category, frozenset())
            for category in Category
        )
    )


def _names_only(kept: Kept, known: set[tuple[str, str]]) -> bool:
    return not kept.worked.names_something_untold and all(
        (kept.item.source_id, name) in known for name in kept.worked.reference_names
    )
