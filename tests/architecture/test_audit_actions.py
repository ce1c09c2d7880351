"""Every kind of audit entry is written somewhere and described for people."""

from gateway.audit.acts import AuditAction, AuditEvent
from tests.architecture.source_tree import ROOT, Sources, called, nodes_of, sources

EVENTS = {event.action: event.__name__ for event in AuditEvent.__args__}


def never_emitted(found: Sources) -> set[AuditAction]:
    """Give the actions whose event no module makes."""
    made = {called(node) for _path, node in nodes_of(found)}
    return {action for action in AuditAction if EVENTS.get(action) not in made}


def not_described(page: str) -> set[AuditAction]:
    """Give the actions without a row of their own."""
    return {action for action in AuditAction if f"\n| `{action}` |" not in page}


def test_every_action_is_emitted_and_described():
    page = (ROOT / "docs" / "audit.md").read_text("utf-8")

    assert (never_emitted(sources("gateway")), not_described(page)) == (set(), set())


def test_an_action_that_nobody_emits_is_found():
    assert AuditAction.SIGNED_OUT in never_emitted({"planted.py": "log.append(Asked(now))\n"})


def test_an_action_that_is_not_described_is_found():
    assert not_described("\n| `asked` | somebody asked |") == set(AuditAction) - {AuditAction.ASKED}
