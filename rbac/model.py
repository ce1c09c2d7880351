"""Hold the Casbin model: which rows match a question, and how their effects combine.

Fixed in the package so that no stored policy can change it. Equality only: nothing here evaluates text, matches
patterns or inherits roles. `category` is compared first because it rules out most rows soonest.
"""

MODEL = """
[request_definition]
r = role, organisation_kind, category, label, purpose, act, level

[policy_definition]
p = role, organisation_kind, category, label, purpose, act, level, eft

[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))

[matchers]
m = r.category == p.category && r.label == p.label && r.act == p.act \
&& (r.level == p.level || p.eft == "deny") \
&& r.role == p.role && r.organisation_kind == p.organisation_kind && r.purpose == p.purpose
"""
