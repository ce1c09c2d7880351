"""Write the page on which a governance lead reads what the planning store keeps of a record, and why.

Says nothing that the allow-lists and code lists do not: it is made of them.
"""

from collections.abc import Iterable, Mapping

from gateway.population.allow_list import MEANINGS, AllowList, DropReason, Kept, Kind
from gateway.population.released_codes import CodeList

_HEAD = """# What the planning store keeps of a record

Written by `scr docs` from `fhir_profiles/allow_lists` and `fhir_profiles/code_lists/released`; do not edit.

What is not listed as kept is dropped in the same step in which it is fetched, and is never at rest. No name, NHS
number, postcode, day of birth, document, free text or member of staff is kept of anybody. What becomes of each kind of
element stands at the end, with the code lists. Of what is left out whole one thing stays: that it is
barred, under its keyed hash or its person's pseudonym, so that nothing else that is known of it gets into a release.
The choice is a judgement, which the Caldicott Guardians and data
protection officers concerned must approve before any real use. `docs/decisions/0029` has the rules.
"""

_DROPPED: Mapping[DropReason, str] = {
    DropReason.IDENTIFIES: "identifies somebody, or leads to who does",
    DropReason.FREE_TEXT: "can say anything",
    DropReason.OPEN_ENDED: "can hold anything",
    DropReason.STAFF: "says who gave the care",
    DropReason.EXACT: "finer than planning needs",
    DropReason.NOT_NEEDED: "no dataset needs it",
}


def allow_list_page(lists: Iterable[AllowList], codes: Mapping[str, CodeList]) -> str:
    """Write the page."""
    every = tuple(lists)
    named = sorted({name for one in every for kept in one.kept for name in kept.codes})
    return "\n".join(
        [
            _HEAD,
            *map(_section, every),
            "## What becomes of each kind\n\n| kind | what is kept |\n|---|---|",
            *(f"| {kind} | {MEANINGS[kind]} |" for kind in Kind),
            "\n## Code lists\n\n| list | codes | where from, and what it is for |\n|---|---|---|",
            *(_list_row(name, codes.get(name)) for name in named),
            "",
        ]
    )


def _section(one: AllowList) -> str:
    refused = ", ".join(f"`{each}`" for each in one.refused)
    return "\n".join(
        [
            f"## {one.resource_type}\n\n{one.purpose}\n",
            "| kept | kind | codes or types | why |\n|---|---|---|---|",
            *map(_kept_row, one.kept),
            "\n| dropped | elements |\n|---|---|",
            *(
                f"| {_DROPPED[why]} | {', '.join(f'`{each}`' for each in names)} |"
                for why, names in one.dropped.items()
            ),
            f"\nA resource with {refused} is left out whole: it means something else than it seems to.\n",
        ]
    )


def _kept_row(kept: Kept) -> str:
    kind = f"list of {kept.kind}" if kept.is_list else kept.kind
    kind = f"{kind}; in doubt the whole resource is barred" if kept.doubt_bars else kind
    return f"| `{kept.path}` | {kind} | {', '.join(kept.codes + kept.to)} | {kept.why} |"


def _list_row(name: str, codes: CodeList | None) -> str:
    if codes is None:
        return f"| {name} | | the statistical areas (LSOA 2021) of London that the look-up of places has |"
    return f"| {name} | {len(codes.wording)} | {codes.note} |"
