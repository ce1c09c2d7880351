"""Say by which rules a release was made: of each, the SHA-256 of the files that decide it.

Reads files of the project alone. A rule that changes changes its line, so two manifests tell whether they can be compared.
"""

from collections.abc import Mapping
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable

_FILES: Mapping[str, tuple[str, str]] = {
    "allow-lists": ("fhir_profiles", "allow_lists"),
    "code-lists": ("fhir_profiles", "code_lists"),
    "national-codes": ("fhir_profiles", "national_codes"),
    "tariff": ("fhir_profiles", "tariffs"),
    "views": ("fhir_profiles", "views"),
    "gate-and-ledger": ("gateway", "population"),
}


def policy_now() -> Mapping[str, str]:
    """Give each rule with the hash of what decides it."""
    return {rule: _hashed(files(package) / folder) for rule, (package, folder) in _FILES.items()}


def _hashed(folder: Traversable) -> str:
    hashed = sha256()
    for path in sorted(folder.iterdir(), key=lambda path: path.name):
        if path.is_file():
            hashed.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
        elif path.name.isidentifier() and not path.name.startswith("__"):
            hashed.update(_hashed(path).encode())
    return hashed.hexdigest()
