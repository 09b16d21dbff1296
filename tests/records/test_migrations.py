"""Migrations and tables agree, databases are brought up to date, and those of newer programs are left alone."""

from __future__ import annotations

import hashlib
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Column, Integer, MetaData, create_engine, pool
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from simulator.errors import StoreError
from simulator.records import migration
from simulator.records.store import Store
from simulator.records.tables import HEAD, metadata

from .builders import CONTENTS, exchange, session


def _raw(path: Path, *statements: str) -> list[tuple[object, ...]]:
    """Run SQL on a file as another program would; return the rows of the last statement."""
    raw = sqlite3.connect(path, isolation_level=None)
    rows: list[tuple[object, ...]] = []
    for statement in statements:
        rows = raw.execute(statement).fetchall()
    raw.close()
    return rows


def test_the_head_is_the_newest_script() -> None:
    assert ScriptDirectory.from_config(migration.configured()).get_heads() == [HEAD]


def test_migrations_make_the_tables() -> None:
    engine = create_engine("sqlite://", poolclass=pool.StaticPool)
    with engine.connect() as connection:
        migration.upgrade(connection)
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []
        # The comparison sees a column that no migration makes.
        changed = MetaData(naming_convention=metadata.naming_convention)
        for table in metadata.sorted_tables:
            table.to_metadata(changed)
        changed.tables["exchanges"].append_column(Column("extra", Integer))
        assert len(compare_metadata(context, changed)) == 1
    engine.dispose()


def test_migrations_can_be_undone(path: Path, url: str) -> None:
    Store(url).close()
    engine = create_engine(url, poolclass=pool.NullPool)
    with engine.begin() as connection:
        command.downgrade(migration.configured(connection), "base")
    assert _raw(path, "SELECT name FROM sqlite_master WHERE type = 'table'") == [("alembic_version",)]
    with Store(url) as store:
        assert store.sessions() == []


def test_the_tables_suit_postgresql() -> None:
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    made = "".join(str(CreateTable(table).compile(dialect=dialect)) for table in metadata.sorted_tables)
    assert "seed BIGINT NOT NULL" in made
    assert "data JSON NOT NULL" in made
    assert "ON DELETE CASCADE" in made
    indexes = [str(CreateIndex(index).compile(dialect=dialect)) for index in metadata.tables["sessions"].indexes]
    assert sorted(indexes)[1] == "CREATE INDEX ix_sessions_started ON sessions (started)"


def test_a_new_database_is_durable(store: Store, path: Path) -> None:
    store.begin(session(), CONTENTS)
    assert _raw(path, "PRAGMA journal_mode") == [("wal",)]
    assert _raw(path, "SELECT version_num FROM alembic_version") == [(HEAD,)]
    with store._database.reading() as connection:
        settings = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("synchronous", "foreign_keys")]
    assert settings == [2, 1], "FULL, and on"


def test_a_database_of_a_newer_program_is_left_alone(path: Path, url: str) -> None:
    with Store(url) as store:
        store.begin(session(exchange(1)), CONTENTS)
    # Out of the log mode, so that a change of mode would show too.
    _raw(path, "PRAGMA journal_mode=DELETE", "UPDATE alembic_version SET version_num = '0999'")
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    with pytest.raises(
        StoreError, match=r"newer version of the simulator \(its revision is 0999.*update the simulator"
    ):
        Store(url)
    assert hashlib.sha256(path.read_bytes()).hexdigest() == before
    assert [found.name for found in path.parent.iterdir()] == [path.name]


def test_a_database_of_another_program_is_left_alone(path: Path, url: str) -> None:
    path.parent.mkdir()
    _raw(path, "CREATE TABLE sessions (cookie TEXT)")
    before = path.read_bytes()
    with pytest.raises(StoreError, match="database of another program: choose another one"):
        Store(url)
    assert path.read_bytes() == before


def test_a_migration_that_fails_leaves_nothing(path: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    upgrade = migration.upgrade

    def interrupted(connection: object) -> None:
        upgrade(connection)  # type: ignore[arg-type]
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(migration, "upgrade", interrupted)
    with pytest.raises(StoreError, match="the disk is full; it was not brought up to date"):
        Store(url)
    assert _raw(path, "SELECT name FROM sqlite_master") == []
    monkeypatch.undo()
    with Store(url) as store:
        assert store.sessions() == []


def test_a_known_database_is_opened_without_alembic_or_jinja(url: str) -> None:
    Store(url).close()
    program = (
        "import sys; from simulator.records.store import Store\n"
        "with Store(sys.argv[1]) as store: store.sessions()\n"
        "print(sorted({'alembic', 'jinja2', 'mako', 'textual', 'torch'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program, url], capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.stderr) == ("[]", "")


def test_two_programs_may_start_at_once(url: str) -> None:
    program = "import sys; from simulator.records.store import Store; Store(sys.argv[1]).close()"
    started = [
        subprocess.Popen([sys.executable, "-c", program, url], stderr=subprocess.PIPE, text=True) for _ in range(2)
    ]
    assert [one.communicate()[1] for one in started] == ["", ""]
