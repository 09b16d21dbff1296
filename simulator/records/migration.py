"""Bring a database to the tables of this version. Imports Alembic, so the store asks for it only when it must.

To write the next migration: change ``tables.py`` and ``HEAD``, open a connection to a database at the revision before,
and call ``alembic.command.revision(configured(connection), "what changes", autogenerate=True, rev_id="0002")``.
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

SCRIPTS = Path(__file__).resolve().parent / "migrations"


def configured(connection: Connection | None = None) -> Config:
    """Return Alembic's settings for the scripts of this package, to run on a connection."""
    config = Config(attributes={"connection": connection})
    # Alembic interpolates % in options, and a path may hold one.
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    return config


def known(revision: str) -> bool:
    """Tell whether this version has the script of a revision; where it has not, a newer one wrote the database."""
    scripts = ScriptDirectory.from_config(configured())
    return any(script.revision == revision for script in scripts.walk_revisions())


def upgrade(connection: Connection) -> None:
    """Bring the database to the newest revision, inside the transaction that the connection is in."""
    command.upgrade(configured(connection), "head")
