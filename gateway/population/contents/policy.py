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
    # What an interpreter leaves beside the files decides nothing.
    paths = (path for path in folder.iterdir() if path.name != "__pycache__")
    for path in sorted(paths, key=lambda path: path.name):
        content = path.read_bytes() if path.is_file() else _hashed(path).encode()
        hashed.update(path.name.encode() + b"\0" + content + b"\0")
    return hashed.hexdigest()
