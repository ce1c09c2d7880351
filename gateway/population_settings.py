"""Name the settings of the planning side: what is pulled from, where the store, its keys and its releases are.

Connects to nothing. Part of `gateway/settings.py`.
"""

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from gateway.opt_out_settings import OptOutCheckSettings
from gateway.settings_part import Part
from gateway.source_settings import AuthSettings
from rbac.types import Purpose

_CALLED = r"^[a-z0-9][a-z0-9_-]{0,63}$"


class BulkSourceSettings(Part):
    """One source that gives everybody's records at once; never GP Connect, whose practices have a bulk extract."""

    id: str = Field(
        pattern=r"^[a-z][a-z0-9-]{0,19}$",
        description="Short and stable: the store's folder, and part of what the store calls resources.",
    )
    kind: Literal["gp", "hospital", "ambulance"] = Field(
        description="What kind of care its contacts are: `gp`, `hospital` or `ambulance`."
    )
    base_url: str = Field(pattern=r"^https?://[^\s?#]+$", description="FHIR base of the source.")
    organisation: str = Field(
        min_length=1,
        max_length=16,
        description="ODS code of who runs it: a party to the agreement.",
    )
    deadline_seconds: float = Field(
        60.0, gt=0, le=600, description="Total time for one answer; a file of an export is one."
    )
    page_size: int = Field(
        500,
        ge=1,
        le=10_000,
        description="Resources to ask for in a page, where it offers no export.",
    )
    auth: AuthSettings = AuthSettings()


class BulkClientSettings(Part):
    """One machine that may fetch a project's releases by itself, with SMART Backend Services."""

    client_id: str = Field(
        min_length=1,
        max_length=200,
        description="Its name at its issuer, as in its tokens' `client_id`. One name at two issuers would be one client.",
    )
    project: str = Field(
        pattern=_CALLED,
        description="The one project whose releases it may fetch, by whom it acts as permitting.",
    )
    acts_as: str | None = Field(
        None,
        min_length=1,
        max_length=200,
        description="Subject of its own tokens, as it is on record here; without it, its name. Another's token is refused.",
    )


class PopulationSettings(Part):
    """The planning side; without this part nothing is pulled and nothing released."""

    store_folder: Path = Field(
        description="Folder of the de-identified store; on an encrypted disk."
    )
    release_folder: Path = Field(
        description="Folder of releases, by project; all of it on one file system."
    )
    ledger_file: Path = Field(
        description="File in which every published cell is remembered, for ever; back it up."
    )
    opt_out_list: Path = Field(
        description="File of the national opt-out list that may be used now, of `scr optout check`; without one nothing is released."
    )
    objections_file: Path | None = Field(
        None,
        description="File with the store's names of people who objected here, of `scr optout object`.",
    )
    areas_folder: Path = Field(
        description="Folder of London's boundary files (ONS 2021): which area lies in which."
    )
    postcodes_file: Path = Field(
        description="CSV file with the columns `postcode` and `lsoa`, such as the ONS postcode directory's."
    )
    practices_file: Path | None = Field(
        None,
        description="CSV file with the columns `code` and `name`: organisations that may be named.",
    )
    venues_file: Path | None = Field(
        None,
        description="CSV file with the columns `venue` and `lsoa`: the register of places of assaults.",
    )
    keyring: Path = Field(description="The planning keyring, of `scr keys init --purpose`.")
    roots: Literal["file", "environment", "kms"] = Field(
        "file", description="Who holds the roots of its keys: [keys](keys.md)."
    )
    root_file: Path | None = Field(
        None,
        description="With roots in a file: where; else beside the keyring, ending in `.roots`.",
    )
    types: tuple[str, ...] = Field(
        ("Condition", "Encounter", "Observation", "Patient"),
        min_length=1,
        description="Resource types to pull; each needs an [allow-list](population-allow-list.md).",
    )
    feed_dataset: str = Field(
        "store", pattern=_CALLED, description="What an agreement calls the filling of the store."
    )
    feed_project: str = Field(
        "store", pattern=_CALLED, description="The project that an agreement names for it."
    )
    feed_recipient: str = Field(
        min_length=3,
        max_length=16,
        description="ODS code of who runs this service: the store is filled for them.",
    )
    feed_purpose: Purpose = Field(
        Purpose.HOPERAT, description="Purpose of use under which the store is filled."
    )


class PlanningParts(Part):
    """The parts of the settings that the planning side has."""

    population: PopulationSettings | None = Field(
        None, description="The planning side: store, keys and releases."
    )
    bulk_source: tuple[BulkSourceSettings, ...] = Field(
        (), description="Sources that the store is filled from."
    )
    bulk_client: tuple[BulkClientSettings, ...] = Field(
        (), description="Machines that fetch releases by themselves: [bulk data](bulk-data.md)."
    )

    opt_out_check: OptOutCheckSettings | None = Field(
        None, description="The check that the national opt-out list comes from."
    )

    @model_validator(mode="after")
    def _bulk_sources_are_distinct(self) -> Self:
        # Of two with one id, the second would be taken for later pulls of the first.
        ids = [row.id for row in self.bulk_source]
        if len(set(ids)) != len(ids):
            raise ValueError("ids of bulk sources must differ")
        return self

    @model_validator(mode="after")
    def _bulk_clients_have_one_project(self) -> Self:
        named = [row.client_id for row in self.bulk_client]
        if len(set(named)) != len(named):
            raise ValueError("a bulk client has one project")
        return self
