"""Say policy rows in Cedar: another maker's language and engine, in which whatever is forbidden is not permitted.

"The lowest level of the rows that allow" has no word there. So a question is whether an item may be seen at one
level or a higher one: a row that allows a level permits it and those below, and forbids those above.
"""

from collections.abc import Iterable, Iterator

from rbac.types import Rule

LEVELS = ("mask", "summary", "all")
"""Levels that show anything, from the lowest."""

_BARS = """
forbid(principal, action, resource) when {
  ["reproductive", "gender", "prison", "adoption", "witness", "third-party", "sealed"].contains(context.label)
};
forbid(principal, action in [%(one_person)s], resource) when { context.outside_care };
forbid(principal, action in [%(administration)s], resource) unless { context.other_role };
forbid(principal, action == Action::"export", resource) when {
  !context.other_role || context.care_purpose
};
"""
"""What no row can give: docs/decisions/0009, section 2, and 0008, section 6."""

_ONE_PERSON = ("view mask", "view summary", "view all", "search", "open-document", "break-glass")
_ADMINISTRATION = ("edit-policy", "read-audit")


def policies_of(rules: Iterable[Rule]) -> str:
    """Write rows, and what no row can give, as one set of Cedar policies."""
    named = {"one_person": _actions(_ONE_PERSON), "administration": _actions(_ADMINISTRATION)}
    return _BARS % named + "\n".join(each for rule in rules for each in _row(rule))


def question(
    scope: tuple[str, str, str], category: str, label: str, action: str, *, is_care_role: bool
) -> dict[str, object]:
    """Ask for a role, a kind of organisation and a purpose about one category and one label."""
    role, kind, purpose = scope
    is_care = purpose in {"TREAT", "ETREAT", "BTG"}
    return {
        "principal": _uid("Role", role),
        "action": _uid("Action", action),
        "resource": _uid("Item", f"{category} {label}"),
        "context": {
            "kind": kind,
            "purpose": purpose,
            "label": label,
            "other_role": not is_care_role,
            "care_purpose": is_care,
            "outside_care": not (is_care and is_care_role),
        },
    }


def _row(rule: Rule) -> Iterator[str]:
    permitted, forbidden = _meant(rule)
    for effect, actions in (("permit", permitted), ("forbid", forbidden)):
        if actions:
            yield (
                f"{effect}(principal == {_uid('Role', rule.role)}, action in [{_actions(actions)}],"
                f" resource == {_uid('Item', f'{rule.category.value} {rule.label.value}')}) when {{"
                f' context.kind == "{rule.organisation_kind.value}" &&'
                f' context.purpose == "{rule.purpose.value}" }};'
            )


def _meant(rule: Rule) -> tuple[tuple[str, ...], tuple[str, ...]]:
    act, level, is_allowed = rule.act.value, rule.level.value, rule.effect.value == "allow"
    if act != "view":
        return ((act,), ()) if is_allowed and level == "all" else ((), (act,))
    reached = LEVELS.index(level) + 1 if is_allowed and level in LEVELS else 0
    steps = tuple(f"view {each}" for each in LEVELS)
    return steps[:reached], steps[reached:]


def _actions(names: Iterable[str]) -> str:
    return ", ".join(_uid("Action", each) for each in names)


def _uid(kind: str, name: str) -> str:
    return f'{kind}::"{name}"'
