"""Ask Casbin as it is usually asked: one enforcer over every rule, one question after another while a caller waits.

The baseline of `authorisation`. The model is the project's own, so that both sides decide alike.
"""

from collections.abc import Sequence

import casbin

from rbac.canonical import fields_of
from rbac.model import MODEL
from rbac.types import Rule


def linear_enforcer(rules: Sequence[Rule]) -> casbin.Enforcer:
    """Make one enforcer over all rules."""
    enforcer = casbin.Enforcer(casbin.Enforcer.new_model(text=MODEL))
    enforcer.add_policies([list(fields_of(rule)) for rule in rules])
    return enforcer


def allows(enforcer: casbin.Enforcer, rule: Rule) -> bool:
    """Ask whether what a rule says is allowed."""
    *question, _effect = fields_of(rule)
    return enforcer.enforce(*question) is True
