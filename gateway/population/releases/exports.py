"""Keep what machine clients asked to be given, until they are done with it: which release, which files of it, for whom.

Makes nothing of a release and opens none. Beside the releases' folders, so that every process of the service finds it:

    releases/.exports/<export>.json     one that somebody began, whole or not there
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from uuid import UUID

import msgspec

from gateway.population.pull_files import make_folder, remove, write_whole

EXPORT_LASTS = timedelta(hours=48)
"""SQL on FHIR asks for 24 hours at least after the end; what is waited for is made within a day."""

EXPORTS_AT_MOST = 20
"""Of one client; the oldest makes room. Judgement: more than any client has under way, and no folder grows by asking."""

_FOLDER = ".exports"


class ExportKind(StrEnum):
    """By which operation it was begun."""

    BULK = "bulk"
    TABLES = "tables"


class Export(msgspec.Struct, frozen=True):
    """One export. `outputs` are the names under which its client knows files, and the files' own; none means all.

    `request` is the address that began it; `since` is of Bulk Data, `tracking` and `form` are of SQL on FHIR.
    """

    id: UUID
    kind: ExportKind
    client: str
    user_id: str
    project: str
    release: UUID
    request: str
    begun_at: datetime
    outputs: tuple[tuple[str, str], ...] = ()
    since: datetime | None = None
    tracking: str | None = None
    form: str = "ndjson"

    @property
    def expires_at(self) -> datetime:
        """Say from when on it is not there."""
        return self.begun_at + EXPORT_LASTS


@dataclass(frozen=True, slots=True)
class Exports:
    """The exports of a deployment; `releases` is the folder of its releases."""

    releases: Path

    def keep(self, export: Export) -> None:
        """Keep an export, and none that is over or beyond the client's share.

        Raises OSError.
        """
        make_folder(self._folder)
        write_whole(self._place(export.id), msgspec.json.encode(export))
        for each in self._beside(export):
            remove(self._place(each.id))

    def find(self, export_id: UUID, now: datetime) -> Export | None:
        """Give an export that is not over.

        Raises OSError.
        """
        found = self._read(self._place(export_id))
        return None if found is None or now >= found.expires_at else found

    def end(self, export_id: UUID) -> None:
        """Forget an export: whoever asks for it afterwards finds nothing.

        Raises OSError.
        """
        remove(self._place(export_id))

    def sweep(self, now: datetime) -> None:
        """Remove every export that is over.

        Raises OSError.
        """
        for each in self._all():
            if now >= each.expires_at:
                remove(self._place(each.id))

    def _beside(self, export: Export) -> Iterator[Export]:
        """Give those that have to go, now that this one is there."""
        found = self._all()
        yield from (each for each in found if each.expires_at <= export.begun_at)
        mine = (each for each in found if each.client == export.client and each.id != export.id)
        oldest_last = sorted(mine, key=lambda each: each.begun_at, reverse=True)
        yield from oldest_last[EXPORTS_AT_MOST - 1 :]

    def _all(self) -> list[Export]:
        return [each for path in self._folder.glob("*.json") if (each := self._read(path))]

    def _read(self, path: Path) -> Export | None:
        try:
            return msgspec.json.decode(path.read_bytes(), type=Export)
        except (FileNotFoundError, msgspec.DecodeError):
            return None

    def _place(self, export_id: UUID) -> Path:
        return self._folder / f"{export_id.hex}.json"

    @property
    def _folder(self) -> Path:
        return self.releases / _FOLDER
