"""The tables that sessions are kept in; ``migrations/versions`` brings a database to them."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, ForeignKey, Integer, MetaData, Table, Text

HEAD = "0001"
"""The revision of these tables; a test holds it equal to the newest script in ``migrations/versions``."""

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _json(name: str, nullable: bool = False) -> Column[object]:
    """Make a column of JSON in which None is SQL's NULL, so that it can be searched for."""
    return Column(name, JSON(none_as_null=True), nullable=nullable)


contents = Table(
    "contents",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("id", Text, nullable=False),
    _json("data"),
)
"""Personas, rubrics and exercises as they were when a session used them."""

sessions = Table(
    "sessions",
    metadata,
    Column("id", Text, primary_key=True),
    Column("started", Text, nullable=False, index=True),
    Column("ended", Text),
    Column("ended_by", Text),
    Column("persona", Text, nullable=False),
    Column("persona_name", Text, nullable=False),
    Column("persona_digest", Text, nullable=False),
    Column("rubric", Text, nullable=False),
    Column("rubric_digest", Text, nullable=False),
    Column("exercise", Text, index=True),
    Column("exercise_digest", Text),
    Column("scorer_digest", Text, nullable=False),
    Column("engine", Text, nullable=False),
    # PostgreSQL's INTEGER has 32 bits, and a seed may need more.
    Column("seed", BigInteger, nullable=False),
    Column("feedback", Text, nullable=False),
    _json("start"),
    _json("opening"),
    _json("closing", nullable=True),
    _json("verdict", nullable=True),
    _json("self_rating", nullable=True),
)
"""One row a sitting, without its turns."""

exchanges = Table(
    "exchanges",
    metadata,
    Column("session_id", Text, ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", Text, nullable=False),
    Column("counsellor", Text, nullable=False),
    _json("client"),
    _json("scores"),
    _json("events"),
    _json("state"),
)
"""One row a turn."""
