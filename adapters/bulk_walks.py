"""Judge from walks through the pages of one search whether all has come, and give of each page what has not come before.

Asks nothing. Rests on what pages state: their total (FHIR R4, Bundle.total), and when each resource changed.
"""

from collections.abc import Iterator
from datetime import datetime

import msgspec

from adapters.fhir_pages import SearchPage

# Judgement: each walk finds almost all that the one before skipped; a source that never agrees with itself is not believed.
_MOST_WALKS = 5
_REMARK = "OperationOutcome"


class _Meta(msgspec.Struct):
    last_updated: object = msgspec.field(name="lastUpdated", default=None)


class _Resource(msgspec.Struct):
    resource_type: str = msgspec.field(name="resourceType", default="")
    id: object = None
    meta: msgspec.Raw = msgspec.Raw(b"{}")


class _Entry(msgspec.Struct):
    resource: msgspec.Raw = msgspec.Raw(b"{}")


class _Bundle(msgspec.Struct):
    entry: list[_Entry] = []


_BUNDLE = msgspec.json.Decoder(_Bundle)
_RESOURCE = msgspec.json.Decoder(_Resource)
_META = msgspec.json.Decoder(_Meta)


class Walks:
    """What came on walks through one search, one after another.

    What changed after `until` is no sign of anything skipped: it is asked for again by whoever asks after `until`. That it is
    there at all shows that the source changes under the walk.
    """

    def __init__(self, resource_type: str, until: datetime) -> None:
        """Begin with none."""
        self._resource_type = resource_type
        self._until = until
        self._seen: set[str] = set()
        self._stated = 0
        self._walks = 0
        self._pages = 0
        self._is_counted = True
        self._found_skipped = False

    @property
    def is_another_needed(self) -> bool:
        """Say whether to walk through it all once more."""
        is_over = self.have_all or self._agree or self._walks == _MOST_WALKS
        return self._walks == 0 or not is_over

    @property
    def have_all(self) -> bool:
        """Say whether nothing is missing, by all that pages state."""
        came = len(self._seen)
        # One page is of one moment; a count is, where every page states it and nothing seems to change meanwhile.
        is_settled = self._pages == 1 or (self._is_counted and came == self._stated)
        return came >= self._stated and (is_settled or self._agree)

    @property
    def _agree(self) -> bool:
        return self._walks > 1 and not self._found_skipped

    def begin(self) -> None:
        """Begin a walk."""
        self._walks += 1
        self._pages = self._stated = 0
        self._is_counted = True
        self._found_skipped = False

    def new_on(self, page: SearchPage) -> Iterator[bytes]:
        """Yield the resources of a page that are of the type asked for and have not come before, one a line."""
        self._pages += 1
        self._stated = max(self._stated, page.total or 0)
        if page.total is None:
            self._is_counted = False
        for entry in _BUNDLE.decode(page.body).entry:
            resource = _RESOURCE.decode(entry.resource)
            if resource.resource_type == _REMARK or not self._is_new(resource, entry.resource):
                continue
            if resource.resource_type == self._resource_type:
                # Inside JSON, a line break can only stand between its parts.
                yield bytes(entry.resource).replace(b"\r", b" ").replace(b"\n", b" ") + b"\n"

    def _is_new(self, resource: _Resource, raw: msgspec.Raw) -> bool:
        # One without an id cannot come twice as the same: its bytes stand for it.
        named = resource.id if isinstance(resource.id, str) else bytes(raw).decode()
        key = f"{resource.resource_type}/{named}"
        is_late = _is_after(resource.meta, self._until)
        if is_late:
            self._is_counted = False
        if key in self._seen:
            return False
        self._seen.add(key)
        self._found_skipped |= not is_late
        return True


def _is_after(meta: msgspec.Raw, until: datetime) -> bool:
    """Say whether a resource states that it changed later; one that states nothing readable does not."""
    try:
        changed = _META.decode(meta).last_updated
        return isinstance(changed, str) and datetime.fromisoformat(changed) > until
    except (msgspec.MsgspecError, TypeError, ValueError):
        return False
