"""What is installed is not older than what was found to be safe, and what is pinned is what is declared."""

import re
import tomllib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]

FLOORS = {
    "fhir.resources": "8.3",
    "fastapi": "0.165",
    "starlette": "1.5.1",  # form parser
    "uvicorn": "0.54",  # header handling
    "h11": "0.16",  # ambiguous chunked bodies
    "httpx2": "2.12",
    "sqlalchemy": "2.1",
    "joserfc": "1.7.4",
    "pycasbin": "2.8",
    "simpleeval": "1.0.5",  # escapes from evaluated text
    "nhs-number": "2.2",
}

DECLARED = [
    Requirement(line)
    for line in (
        *PROJECT["dependencies"],
        *(each for extra in PROJECT["optional-dependencies"].values() for each in extra),
    )
]


def pins() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    return {
        canonicalize_name(name): pinned for name, pinned in (line.split("==") for line in lines)
    }


@pytest.mark.parametrize(("name", "floor"), FLOORS.items())
def test_no_floor_is_lowered_and_nothing_below_it_is_installed(name, floor):
    wanted = canonicalize_name(name)
    [declared] = [each for each in DECLARED if canonicalize_name(each.name) == wanted]

    assert str(declared.specifier) == f">={floor}"
    assert Version(version(name)) >= Version(floor)


def test_the_frozen_casbin_is_not_beside_the_maintained_one():
    with pytest.raises(PackageNotFoundError):
        version("casbin")


def test_every_declared_dependency_is_pinned_to_a_version_that_it_allows():
    pinned = pins()

    for declared in DECLARED:
        assert declared.specifier.contains(pinned[canonicalize_name(declared.name)]), declared


def test_constraints_hold_versions_only():
    for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines():
        assert re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!]+", line), line
