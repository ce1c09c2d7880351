"""Permits are made in one place, and Casbin is asked in one place."""

from tests.architecture.source_tree import Sources, called, nodes_of, sources

PERMITS = {"Permit", "FindPermit", "ProbeRequest", "FeedPermit", "ReidentifyPermit"}


def calls_elsewhere(found: Sources, names: set[str], home: str) -> set[str]:
    """Give the modules outside `home` that call one of the names."""
    return {
        path
        for path, node in nodes_of(found)
        if called(node) in names and not path.startswith(f"{home}/")
    }


def test_only_the_access_room_makes_permits():
    assert calls_elsewhere(sources(), PERMITS, "gateway/access") == set()


def test_only_rbac_asks_casbin():
    assert calls_elsewhere(sources(), {"enforce", "enforce_ex", "batch_enforce"}, "rbac") == set()


def test_a_permit_made_elsewhere_is_found():
    planted = {
        "gateway/patient/gather.py": "permit = permits.Permit(levels, patient)\n",
        "gateway/population/pull.py": "permit = FeedPermit(dataset, project)\n",
        "gateway/vault/revealing.py": "permit = ReidentifyPermit(row)\n",
    }

    assert calls_elsewhere(planted, PERMITS, "gateway/access") == set(planted)
