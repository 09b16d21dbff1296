"""Run migrations on the connection that ``simulator.records.migration`` hands over."""

from __future__ import annotations

from alembic import context

from simulator.records.tables import metadata

connection = context.config.attributes["connection"]
# SQLite cannot alter most things in place: batch mode makes a new table and copies.
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
