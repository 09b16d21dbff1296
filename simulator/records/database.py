"""One connection to the database that sessions are kept in: opened, checked, and used in transactions."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, NullPool, create_engine, event, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from simulator.errors import StoreError
from simulator.records.failures import explain
from simulator.records.tables import HEAD, metadata

BUSY_SECONDS = 5
"""How long to wait for another program that is writing."""
_FAILURES = (SQLAlchemyError, sqlite3.Error, OSError, ValueError, OverflowError)
_PACKAGES = {"psycopg": "psycopg[binary]", "psycopg2": "psycopg2-binary"}


class Database:
    """Hold one connection. Made, used and closed on one thread; anything else raises RuntimeError."""

    def __init__(self, address: str) -> None:
        """Open the database, make it where there is none, and bring it to this version; raise StoreError."""
        self._thread = threading.get_ident()
        url = _read(address)
        self.place = _name(url)
        self._writes = False
        self._connection: Connection | None = None
        self._engine = _engine(url, self.place)
        if self._engine.dialect.name == "sqlite":
            self._tune_sqlite()
        try:
            _make_folder(url)
            self._connection = self._engine.connect()
            self._prepare()
        except BaseException as error:
            self.close()
            if isinstance(error, (ValueError, TypeError)):
                raise _unusable(self.place, error) from error
            if isinstance(error, _FAILURES):
                raise explain(error, self.place) from error
            raise

    def close(self) -> None:
        """Close the connection; a second time does nothing."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        self._engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give the connection inside a transaction that sees one moment of the database; raise StoreError."""
        with self._transaction(writes=False, lost="") as connection:
            yield connection

    @contextmanager
    def writing(self, lost: str) -> Iterator[Connection]:
        """Give the connection inside a transaction: all of it is kept, or, with any error, nothing.

        ``lost`` says in the StoreError what did not happen. The database can be used again afterwards.
        """
        with self._transaction(writes=True, lost=lost) as connection:
            yield connection

    @contextmanager
    def _transaction(self, writes: bool, lost: str) -> Iterator[Connection]:
        if threading.get_ident() != self._thread:
            raise RuntimeError("the store is used on another thread than the one that made it")
        if self._connection is None:
            raise RuntimeError("the store is closed")
        self._writes = writes
        try:
            with self._connection.begin():
                yield self._connection
        except _FAILURES as error:
            raise explain(error, self.place, lost) from error

    def _tune_sqlite(self) -> None:
        """Make SQLite keep what it has confirmed, check references, wait for others, and let us begin transactions."""

        def connected(driver: Any, _: object) -> None:
            # Python's driver would begin transactions by itself, late and not before reads; we say BEGIN ourselves.
            driver.isolation_level = None
            for setting in ("foreign_keys=ON", "synchronous=FULL", f"busy_timeout={BUSY_SECONDS * 1000}"):
                driver.execute(f"PRAGMA {setting}")

        def begun(connection: Connection) -> None:
            # Without IMMEDIATE, a transaction that reads first and then writes fails at once where another one writes.
            connection.exec_driver_sql("BEGIN IMMEDIATE" if self._writes else "BEGIN")

        event.listen(self._engine, "connect", connected)
        event.listen(self._engine, "begin", begun)

    def _prepare(self) -> None:
        """Bring the tables to this version; refuse, and do not touch, what this version does not know."""
        with self.reading() as connection:
            revision = self._revision(connection)
        if revision != HEAD:
            with self.writing("it was not brought up to date") as connection:
                from simulator.records import migration

                # Looks at the revision again: another program may have done it while we waited for the lock.
                migration.upgrade(connection)
        if self._engine.dialect.name == "sqlite":
            self._use_log()

    def _revision(self, connection: Connection) -> str | None:
        """Return the revision of the tables, None where there are none; raise StoreError where they are not ours."""
        present = set(inspect(connection).get_table_names())
        found = None
        if "alembic_version" in present:
            found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        if found is None and present & set(metadata.tables):
            raise StoreError(f"{self.place} is the database of another program: choose another one")
        if found is not None and found != HEAD:
            from simulator.records import migration

            if not migration.known(found):
                raise StoreError(
                    f"{self.place} was written by a newer version of the simulator (its revision is {found}, this"
                    f" version knows {HEAD}): update the simulator, or choose another database. Nothing was changed"
                )
        return None if found is None else str(found)

    def _use_log(self) -> None:
        """Turn SQLite's write-ahead log on; outside a transaction, since SQLite refuses it inside one."""
        assert self._connection is not None
        driver = self._connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        try:
            driver.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            # A read-only database can still be read, and a busy one is just as safe without the log, only slower.
            if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_BUSY):
                raise


def _read(address: str) -> URL:
    try:
        return make_url(address)
    except (ArgumentError, ValueError) as error:
        # Past "://" there may be a password: it is not said again.
        kind, found, _ = address.partition("://")
        what = f"the database URL that begins with '{kind}://'" if found else f"'{address}'"
        example = address if not found and address else "sessions.db"
        raise StoreError(
            f"{what} is not a database URL: write sqlite:///{example} for a file, or postgresql+psycopg://USER@HOST/NAME"
        ) from error


def _name(url: URL) -> str:
    """Return what messages call the database: its file, or its URL without the password."""
    if url.get_backend_name() == "sqlite":
        if not url.database or url.database == ":memory:":
            return "the database in memory"
        if not url.database.startswith("file:"):
            return str(Path(url.database).absolute())
        return url.database
    return url.render_as_string(hide_password=True)


def _engine(url: URL, place: str) -> Engine:
    try:
        return create_engine(
            url,
            poolclass=NullPool,
            json_serializer=partial(json.dumps, ensure_ascii=False, allow_nan=False, separators=(",", ":")),
        )
    except NoSuchModuleError as error:
        raise StoreError(
            f"databases of the kind '{url.drivername}' are not known: write sqlite:///FILE or postgresql+psycopg://USER@HOST/NAME"
        ) from error
    except ImportError as error:
        package = _PACKAGES.get(error.name or "", error.name or url.get_driver_name())
        raise StoreError(f"{place} needs the package {package}, which is missing: pip install '{package}'") from error
    except (SQLAlchemyError, ValueError, TypeError) as error:
        raise _unusable(place, error) from error


def _unusable(place: str, error: Exception) -> StoreError:
    """Say that the driver does not take what the URL says."""
    return StoreError(f"the database URL of {place} cannot be used: {error}")


def _make_folder(url: URL) -> None:
    """Make the folder of an SQLite file; raise StoreError where it cannot be made."""
    name = url.database or ""
    if url.get_backend_name() != "sqlite" or name in ("", ":memory:") or name.startswith("file:"):
        return
    folder = Path(name).absolute().parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        raise StoreError(f"the folder {folder} cannot be made: a file of that name stands in the way") from error
    except PermissionError as error:
        raise StoreError(
            f"the folder {folder} cannot be made: you may not write there. Choose another database"
        ) from error
