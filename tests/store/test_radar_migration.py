"""What privacy officers were told before the radar came is still there after it."""

from pathlib import Path
from uuid import UUID

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from sqlalchemy.exc import IntegrityError

from gateway.store import migrate
from gateway.store.dialects import creating_engine, parse_database_url
from gateway.store.migrate import upgrade
from gateway.store.tables import privacy_alert
from tests.postgres_fixture import Cluster
from tests.store_factories import NOW

TOLD = {
    "id": UUID(int=1),
    "kind": "break-glass",
    "decision_id": UUID(int=2),
    "patient": "p" * 36,
    "user_id": "u1",
    "user_name": "Kim Example",
    "role": "gp",
    "organisation": "F84004",
    "act": "break-glass",
    "tell": "F84004",
    "raised_at": NOW,
    "due_at": NOW,
}


@pytest.fixture(params=["sqlite", "postgres"])
def url(request, tmp_path: Path):
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'before.db'}"
        return
    cluster: Cluster = request.getfixturevalue("postgres_cluster")
    cluster.statement("CREATE DATABASE before_radar")
    yield cluster.url("before_radar")
    cluster.statement("DROP DATABASE before_radar")


@pytest.fixture
def before(url):
    """Give an engine of a database as it was before the radar, with one alert in it."""
    config = Config()
    config.set_main_option("script_location", str(migrate._MIGRATIONS))
    engine = creating_engine(parse_database_url(url))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0009")
        connection.execute(sa.insert(privacy_alert).values(TOLD))
    yield engine
    engine.dispose()


def add(engine, **changes):
    with engine.begin() as connection:
        connection.execute(sa.insert(privacy_alert).values({**TOLD, **changes}))


def test_alerts_are_kept_and_the_radars_may_be_added(url, before):
    engine = before
    with pytest.raises(IntegrityError):
        add(engine, id=UUID(int=3), kind="radar")

    engine.dispose()
    upgrade(url)
    add(engine, id=UUID(int=3), kind="radar")

    with engine.connect() as connection:
        rows = connection.execute(sa.select(privacy_alert).order_by(privacy_alert.c.id)).mappings()
        kept = [dict(row) for row in rows]
    assert [{name: row[name] for name in TOLD} for row in kept] == [
        TOLD,
        {**TOLD, "id": UUID(int=3), "kind": "radar"},
    ]
    with pytest.raises(IntegrityError):
        add(engine, id=UUID(int=4), kind="gossip")
