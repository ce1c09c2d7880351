"""Map a whole GP record from STU3 to R4: every resource, its notices, its originals, what was left out.

Asks nobody and judges no identity. Pure: equal bytes give equal results.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

import msgspec

from adapters.contract import Listed, Notice, NoticeKind
from adapters.gp_record import list_codes, notices_of_list, notices_of_outcome
from adapters.stu3_to_r4.catalogue import RULES
from adapters.stu3_to_r4.degraded import may_be_degraded, tag_degraded
from adapters.stu3_to_r4.envelope import Entry, Envelope, decode, open_record
from adapters.stu3_to_r4.identities import Identities
from adapters.stu3_to_r4.lifting import ended_elsewhere, lift_allergies, resolve_allergy
from adapters.stu3_to_r4.losses import Losses, LossReason, Node
from adapters.stu3_to_r4.repeats import NOTHING_KNOWN, repeats
from adapters.stu3_to_r4.rewriting import Renames, rewrite
from adapters.stu3_to_r4.rules import map_resource

# What a resource of impossible shape makes a table entry raise; it is then counted, not guessed at.
_MISSHAPEN = (AttributeError, IndexError, KeyError, TypeError, ValueError, RecursionError)


@dataclass(frozen=True, slots=True)
class MappedRecord:
    """A GP record in R4.

    Shape: `originals` is (R4 type, R4 id) → the source's STU3 bytes, without ids that the source
    uses for two different resources; `resource_types` are R4's; `lists` are the codes of all Lists.
    """

    body: bytes = field(repr=False)
    originals: dict[tuple[str, str], bytes] = field(repr=False)
    listed: tuple[Listed, ...]
    unreadable: int
    notices: tuple[Notice, ...]
    resource_types: frozenset[str]
    lists: frozenset[str]


def map_bundle(body: bytes, known: Mapping[tuple[str, str], bytes] = NOTHING_KNOWN) -> MappedRecord:
    """Map a STU3 Bundle to an R4 collection, without what only repeats the `known` originals.

    Raises UnreadableRecordError when the body is not JSON, or not a Bundle.
    """
    losses = Losses()
    envelope = open_record(body, losses)
    mapping = _Mapping(Identities(envelope.entries), losses, ended_elsewhere(envelope.entries))
    for entry in envelope.entries:
        if repeats(entry, known):
            losses.note_all(entry.stu3_type, "", decode(entry.raw), LossReason.REPEATED)
        else:
            mapping.add(entry)
    return mapping.finish(envelope)


class _Mapping:
    def __init__(self, identities: Identities, losses: Losses, ended: frozenset[str]) -> None:
        self._identities = identities
        self._ended = ended
        self._losses = losses
        self._renames = Renames(identities.referrals, {})
        self._mapped: list[bytes] = []
        self._originals: dict[tuple[str, str], bytes] = {}
        self._disputed: set[tuple[str, str]] = set()
        self._notices: dict[Notice, None] = {}
        self._lists: set[str] = set()
        self._types: set[str] = set()
        self._unreadable = 0

    def add(self, entry: Entry) -> None:
        """Map one entry; one of impossible shape is counted and listed."""
        match entry.stu3_type:
            case "OperationOutcome":
                step = partial(self._read_outcome, entry)
            case "List":
                step = partial(self._add_list, entry)
            case _:
                step = partial(self._add_resource, entry)
        self._attempt(entry.stu3_type, step)

    def _attempt(self, stu3_type: str, step: Callable[[], None]) -> None:
        losses_before = len(self._losses.entries)
        try:
            step()
        except _MISSHAPEN:
            del self._losses.entries[losses_before:]
            self._unreadable += 1
            self._losses.note(stu3_type, "", LossReason.UNREADABLE)

    def _add_resource(self, entry: Entry) -> None:
        resource = decode(entry.raw)
        if f"{entry.stu3_type}/{entry.stated_id}" in self._ended:
            resolve_allergy(resource, self._losses)
        self._place(entry, resource, self._renames)

    def _read_outcome(self, entry: Entry) -> None:
        # It is about the answer, not about the person: its place is the receipt.
        outcome = decode(entry.raw)
        self._notices.update(dict.fromkeys(notices_of_outcome(outcome)))
        self._losses.note_all("OperationOutcome", "", outcome, LossReason.MOVED)

    def _add_list(self, entry: Entry) -> None:
        record_list = decode(entry.raw)
        self._notices.update(dict.fromkeys(notices_of_list(record_list)))
        self._lists.update(list_codes(record_list))
        lifting = lift_allergies(record_list, entry.raw, self._identities, self._losses)
        renames = Renames(self._renames.referrals, lifting.homes)
        self._place(entry, record_list, renames)
        for raw, allergy in lifting.allergies:
            lifted = Entry("AllergyIntolerance", allergy["id"], raw)
            self._attempt(lifted.stu3_type, partial(self._place, lifted, allergy, renames))

    def _place(self, entry: Entry, resource: Node, renames: Renames) -> None:
        rules = RULES[entry.stu3_type]
        identity = self._identities.of_resource(resource, entry.raw)
        if resource.get("id", identity) != identity:
            self._losses.note_all(
                rules.stu3_type, "id", resource["id"], LossReason.VALUE_TRANSLATED
            )
        resource["id"] = identity
        rewrite(resource, renames, self._losses)
        if "contained" in resource:
            resource["contained"] = [self._map_contained(held) for held in resource["contained"]]
        result = map_resource(resource, rules, self._losses)
        if may_be_degraded(entry.raw):
            tag_degraded(result)
        mapped = msgspec.json.encode(result)
        self._mapped.append(self._entry_of(entry, mapped, renames))
        self._types.add(rules.r4_type)
        self._keep_original((rules.r4_type, identity), entry.raw)

    def _map_contained(self, resource: Node) -> Node:
        rules = RULES.get(resource.get("resourceType", ""))
        return resource if rules is None else map_resource(resource, rules, self._losses)

    def _entry_of(self, entry: Entry, mapped: bytes, renames: Renames) -> bytes:
        if not isinstance(entry.full_url, str):
            return b'{"resource":' + mapped + b"}"
        url = renames.reference(entry.full_url)
        if url != entry.full_url:
            self._losses.note("Bundle", "entry.fullUrl", LossReason.VALUE_TRANSLATED)
        return b'{"fullUrl":' + msgspec.json.encode(url) + b',"resource":' + mapped + b"}"

    def _keep_original(self, key: tuple[str, str], raw: bytes) -> None:
        if self._originals.setdefault(key, raw) != raw:
            self._disputed.add(key)

    def finish(self, envelope: Envelope) -> MappedRecord:
        """Put the Bundle together."""
        head = msgspec.json.encode(self._head(envelope.head))
        unreadable = self._unreadable + envelope.unreadable
        if unreadable:
            self._notices[Notice(NoticeKind.UNREADABLE_PART)] = None
        return MappedRecord(
            head[:-1] + b',"entry":[' + b",".join(self._mapped) + b"]}",
            {key: raw for key, raw in self._originals.items() if key not in self._disputed},
            tuple(self._losses.entries),
            unreadable,
            tuple(self._notices),
            frozenset(self._types),
            frozenset(self._lists),
        )

    def _head(self, stated: Node) -> Node:
        head: Node = {"resourceType": "Bundle", "type": "collection"}
        for name, value in stated.items():
            if name == "id":
                head["id"] = value
            elif name == "meta" and isinstance(value, dict) and "security" in value:
                # What the whole answer's labels say, they say of everything in it.
                head["meta"] = {"security": value["security"]}
                rest = {part: value[part] for part in value if part != "security"}
                self._losses.note_all("Bundle", name, rest, LossReason.VALUE_TRANSLATED)
            elif name in ("type", "meta") and value != "collection":
                self._losses.note_all("Bundle", name, value, LossReason.VALUE_TRANSLATED)
            elif name not in ("type", "resourceType"):
                self._losses.note_all("Bundle", name, value, LossReason.NO_PLACE_IN_R4)
        return head
