"""The service's own database role adds to the audit, and can change and delete nothing of it (safety rule 8)."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from gateway.audit.retention import purge
from gateway.errors import AuditUnavailableError, UnavailableError
from gateway.store.dialects import UnsupportedDatabaseError
from gateway.store.engine import Store, open_store
from gateway.store.migrate import APPEND_ONLY, grant
from tests.audit.signed_log import Times, begin, check, keeper_of, purge_before, sign, write_pairs
from tests.postgres_fixture import Cluster
from tests.store_factories import NOW, SIGNED_OUT, open_log

ROLE = "scr-service"


@pytest.fixture
def limited(postgres_cluster: Cluster, postgres_url: str) -> Iterator[Store]:
    postgres_cluster.statement(f'CREATE ROLE "{ROLE}" LOGIN')
    grant(postgres_url, ROLE)
    store = open_store(postgres_url.replace("postgres@", f"{ROLE}@"))
    yield store
    store.close()
    postgres_cluster.statement(f'DROP OWNED BY "{ROLE}"', "migrated")
    postgres_cluster.statement(f'DROP ROLE "{ROLE}"')


async def test_the_service_records_and_signs_under_its_own_role(limited: Store):
    clock = Times()
    await begin(limited)
    await write_pairs(limited, 1, 3)

    await sign(keeper_of(limited, clock), clock)

    assert (check(limited).fault, check(limited).proven) == (None, 7)


@pytest.mark.parametrize("table", sorted(APPEND_ONLY))
@pytest.mark.parametrize(
    "statement", ["DELETE FROM {}", "TRUNCATE {}", "UPDATE {} SET {} = {}", "DROP TABLE {}"]
)
async def test_the_service_can_change_and_delete_nothing_of_the_audit(
    limited: Store, table: str, statement: str
):
    column = {"audit_entry": "leaf", "audit_node": "hash", "audit_checkpoint": "note"}[table]
    wanted = statement.format(table, column, column)

    with (
        pytest.raises(ProgrammingError, match=r"permission denied|must be owner"),
        limited.writes.begin() as connection,
    ):
        connection.execute(text(wanted))


async def test_the_service_cannot_purge(limited: Store):
    await begin(limited)

    async with open_log(limited) as log:
        with pytest.raises(AuditUnavailableError):
            async with log.recorded(SIGNED_OUT) as session:
                await session.do(purge, 1, 1)

    assert check(limited).purged == 0


async def test_the_owner_purges_and_the_service_goes_on(limited: Store, postgres_url: str):
    clock = Times()
    keeper = keeper_of(limited, clock)
    await begin(limited)
    await write_pairs(limited, 1, 3)
    await sign(keeper, clock)
    owner = open_store(postgres_url)

    clock.now += timedelta(days=9 * 365)
    gone = await purge_before(owner, clock, NOW + timedelta(days=1))
    owner.close()
    await sign(keeper, clock)

    verdict = check(limited)
    assert gone == verdict.purged == 6
    assert (verdict.fault, verdict.entries, verdict.proven) == (None, 8, 8)


def test_a_role_that_is_not_there_is_told(postgres_url: str):
    with pytest.raises(UnavailableError, match="role could not be given"):
        grant(postgres_url, "nobody")


def test_sqlite_has_no_roles(sqlite_url: str):
    with pytest.raises(UnsupportedDatabaseError, match="no roles"):
        grant(sqlite_url, ROLE)
