"""Write the documents that follow from the code, and find those that no longer do.

Writes nothing that a person should: only what can be read off settings and role policy.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from gateway.access.data_items import LONDON_LIST, AgreedItem
from gateway.population.allow_list import load_allow_lists
from gateway.population.allow_list_page import allow_list_page
from gateway.population.released_codes import load_code_lists
from gateway.settings import (
    PREFIX,
    AuditFeedSettings,
    AuthSettings,
    BulkClientSettings,
    BulkSourceSettings,
    GpEndpointSettings,
    IssuerSettings,
    JobRoleSettings,
    OptOutCheckSettings,
    OrganisationSettings,
    PopulationSettings,
    Settings,
    SourceSettings,
    WitnessSettings,
)
from gateway.smart_settings import SmartSettings
from rbac.decide import compile_policy
from rbac.matrix import render
from rbac.policy import load_default

_TABLES: Mapping[str, type[BaseModel]] = MappingProxyType(
    {
        "source": SourceSettings,
        "gp_endpoint": GpEndpointSettings,
        "issuer": IssuerSettings,
        "organisation": OrganisationSettings,
        "job_role": JobRoleSettings,
        "bulk_source": BulkSourceSettings,
        "bulk_client": BulkClientSettings,
    }
)

_HEAD = """# Settings

Written by `scr docs` from `gateway/settings.py`; do not edit.

Settings stand in `scr.toml`, or another file named by `--config`. A single value may also be given in the
environment, with the prefix `SCR_`, and wins over the file; `SCR_NAME_FILE` names a file that holds the value.
Every fault is reported at once and stops the start; `scr check` also asks whether everything named answers.
`docs/examples/scr.compose.toml` is a whole file.
"""


_AGREEMENTS_HEAD = """# Data items of agreements

Written by `scr docs` from `gateway/access/data_items.py`; do not edit.

The list is that of the London Data Sharing Agreement (2021); what each item is here is a judgement, which the parties'
Caldicott Guardians must approve before any real use. An agreement names items; what none of the agreements in
force names is shown to nobody, whatever the role policy says. `docs/decisions/0018` has the rules.

| item | the agreement's words | lets through | without a purpose of its own | here |
|---|---|---|---|---|"""


def settings_page() -> str:
    """Write the page of all settings."""
    parts = [_HEAD, "## Single values\n", _table(_single_values(), PREFIX)]
    for name, model in _TABLES.items():
        parts += [f"\n## `[[{name}]]`\n", f"{model.__doc__}\n", _table(model.model_fields, "")]
    parts += [
        "\n## `[audit_witness]`\n",
        f"{WitnessSettings.__doc__}\n",
        _table(WitnessSettings.model_fields, ""),
        "\n## `[audit_feed]`\n",
        f"{AuditFeedSettings.__doc__}\n",
        _table(AuditFeedSettings.model_fields, ""),
        "\n## `[population]`\n",
        f"{PopulationSettings.__doc__}\n",
        _table(PopulationSettings.model_fields, ""),
        "\n## `[opt_out_check]`\n",
        f"{OptOutCheckSettings.__doc__}\n",
        _table(OptOutCheckSettings.model_fields, ""),
        '\n## `auth = { kind = "…" }` of a source\n',
        f"{AuthSettings.__doc__}\n",
        _table(AuthSettings.model_fields, ""),
        "\n## `smart = { … }` of an issuer\n",
        f"{SmartSettings.__doc__}\n",
        _table(SmartSettings.model_fields, ""),
    ]
    return "\n".join(parts)


def roles_page() -> str:
    """Write the page of who may see what under the policy that the service starts with."""
    return render(compile_policy(load_default()))


def agreements_page() -> str:
    """Write the page of what each data item of an agreement lets through."""
    rows = "\n".join(map(_item_row, LONDON_LIST))
    return f"{_AGREEMENTS_HEAD}\n{rows}\n"


def generated() -> Mapping[str, str]:
    """Write every generated document, by file name."""
    return {
        "settings.md": settings_page(),
        "roles.md": roles_page(),
        "agreements.md": agreements_page(),
        "population-allow-list.md": allow_list_page(load_allow_lists(), load_code_lists()),
    }


def stale(folder: Path, documents: Mapping[str, str]) -> tuple[str, ...]:
    """Name the documents that are missing from a folder, or are not the same there."""
    return tuple(name for name, page in documents.items() if _text(folder / name) != page)


def _item_row(item: AgreedItem) -> str:
    labels = [f"label {label}" for label in sorted(item.frees)]
    mixed = [f"{each} of sources, with the item that opens it" for each in sorted(item.mixed_into)]
    opened = ", ".join([*sorted(item.opens), *labels, *mixed]) or "nothing"
    return f"| `{item.item}` | {item.words} | {opened} | {item.default} | {item.here} |"


def _text(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


def _single_values() -> Mapping[str, FieldInfo]:
    fields = Settings.model_fields.items()
    return {
        name: field
        for name, field in fields
        if name not in {*_TABLES, "audit_feed", "audit_witness", "opt_out_check", "population"}
    }


def _table(fields: Mapping[str, FieldInfo], prefix: str) -> str:
    return "\n".join(_lines(fields, prefix)) + "\n"


def _lines(fields: Mapping[str, FieldInfo], prefix: str) -> Iterator[str]:
    environment = (" environment |", "---|") if prefix else ("", "")
    yield f"| setting |{environment[0]} default | meaning |"
    yield f"|---|{environment[1]}---|---|"
    for name, field in fields.items():
        variable = f" `{prefix}{name.upper()}` |" if prefix else ""
        yield f"| `{name}` |{variable} {_default(field)} | {_meaning(field)} |"


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    match field.default:
        case None | () | "":
            return "none"
        case BaseModel():
            return "none"
        case tuple() as values:
            return ", ".join(f"`{value}`" for value in values)
        case value:
            return f"`{value}`"


def _meaning(field: FieldInfo) -> str:
    told = (field.description or "How the gateway identifies itself there.").replace("|", "\\|")
    if field.annotation in (SecretStr, SecretStr | None):
        return f"{told} Secret: never shown."
    return told
