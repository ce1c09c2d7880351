"""Every setting stands on the page of settings, and generated pages are what the code says now."""

import re
from pathlib import Path

from pydantic import BaseModel

from gateway.docs_check import generated, stale
from gateway.settings import _PARTS, PREFIX, Settings
from gateway.settings_part import Part
from tests.architecture.source_tree import ROOT


def missing_settings(model: type[BaseModel], page: str) -> set[str]:
    """Give the settings that the page does not name."""
    told = re.findall(r"^(?:\| `(\w+)` \||## `\[{1,2}(\w+)\]{1,2}`)", page, re.MULTILINE)
    return set(model.model_fields) - {name for pair in told for name in pair}


def test_every_setting_is_on_the_page_and_every_page_is_current():
    page = (ROOT / "docs" / "settings.md").read_text("utf-8")

    parts = {Settings, *Part.__subclasses__()}
    assert {each.__name__: missing_settings(each, page) for each in parts} == {
        each.__name__: set() for each in parts
    }
    assert stale(ROOT / "docs", generated()) == ()


def test_what_stands_in_lists_is_told_of_no_variable_that_nobody_reads():
    page = (ROOT / "docs" / "settings.md").read_text("utf-8")

    assert [name for name in _PARTS if f"`{PREFIX}{name.upper()}`" in page] == []
    headed = {each.strip("[]") for each in re.findall(r"^## `(\[+\w+\]+)`", page, re.MULTILINE)}
    assert headed == set(_PARTS)


def test_a_setting_that_is_not_on_the_page_is_found():
    assert "key_file" in missing_settings(Settings, "| `profile` | `base_url` |")


def test_a_page_that_somebody_edited_and_one_that_is_missing_are_found(tmp_path: Path):
    (tmp_path / "roles.md").write_text("everybody may see everything\n", "utf-8")
    (tmp_path / "settings.md").write_text("current\n", "utf-8")
    documents = {"roles.md": "few may\n", "settings.md": "current\n", "audit.md": "all acts\n"}

    assert stale(tmp_path, documents) == ("roles.md", "audit.md")
