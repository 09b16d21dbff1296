"""Make the first tables: contents, sessions, exchanges."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "0001"
down_revision: str | None = None


def _json(name: str, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.JSON(none_as_null=True), nullable=nullable)


def _text(name: str, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "contents",
        _text("digest"),
        _text("kind"),
        _text("id"),
        _json("data"),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_contents")),
    )
    op.create_table(
        "sessions",
        *(_text(name) for name in ("id", "started")),
        *(_text(name, nullable=True) for name in ("ended", "ended_by")),
        *(_text(name) for name in ("persona", "persona_name", "persona_digest", "rubric", "rubric_digest")),
        *(_text(name, nullable=True) for name in ("exercise", "exercise_digest")),
        *(_text(name) for name in ("scorer_digest", "engine")),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        _text("feedback"),
        *(_json(name) for name in ("start", "opening")),
        *(_json(name, nullable=True) for name in ("closing", "verdict", "self_rating")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
    )
    op.create_index(op.f("ix_sessions_started"), "sessions", ["started"])
    op.create_index(op.f("ix_sessions_exercise"), "sessions", ["exercise"])
    op.create_table(
        "exchanges",
        _text("session_id"),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        *(_text(name) for name in ("at", "counsellor")),
        *(_json(name) for name in ("client", "scores", "events", "state")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name=op.f("fk_exchanges_session_id_sessions"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("session_id", "number", name=op.f("pk_exchanges")),
    )


def downgrade() -> None:
    """Drop the tables, and every session in them."""
    for name in ("exchanges", "sessions", "contents"):
        op.drop_table(name)
