"""The store: sessions are kept turn by turn, so that nothing that was shown is ever lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Self

from pydantic import ValidationError
from sqlalchemy import Connection, bindparam, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from simulator.errors import StoreError
from simulator.records.database import Database
from simulator.records.tables import contents as kept
from simulator.records.tables import exchanges, sessions
from simulator.session import Exchange, Record, SelfRating, Session, Utterance, Verdict

Content = tuple[str, str, str, Any]
"""Kind, id, digest and plain data of a persona, a rubric or an exercise."""

_NOT_SAVED = "your reply was not saved"
_LAST = select(
    sessions.c.ended,
    select(func.max(exchanges.c.number)).where(exchanges.c.session_id == sessions.c.id).scalar_subquery(),
).where(sessions.c.id == bindparam("wanted"))
_TURNS = select(func.count()).where(exchanges.c.session_id == sessions.c.id).scalar_subquery()


class SessionSummary(Record):
    """Hold what lists of sessions show."""

    id: str
    """The session's identifier."""
    started: str
    """When it started, in UTC, as ISO 8601."""
    ended: str | None
    """When it ended; None while it is open."""
    persona: str
    """The persona's id."""
    persona_name: str
    """What the client was called."""
    exercise: str | None
    """The exercise's id; None in a free session."""
    turns: int
    """Replies so far."""
    passed: bool | None
    """Whether the exercise was passed; None where there is no verdict."""
    open: bool
    """Whether it can be gone on with."""


class Store:
    """Keep sessions in a database and read them back.

    A store has one connection, which belongs to one thread: make, use and close it there. Every method is one
    transaction: with a StoreError nothing of it is kept, and the store can be used again. On SQLite what a method has
    kept outlives a killed program and a power cut.
    """

    def __init__(self, url: str) -> None:
        """Open the database of an SQLAlchemy URL, made and brought up to date where needed; raise StoreError."""
        self._database = Database(url)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection; a second time does nothing."""
        self._database.close()

    def begin(self, session: Session, contents: Sequence[Content]) -> None:
        """Keep a new session, turns and all, with the contents that it names; raise StoreError if its id is taken."""
        row = session.model_dump(mode="json", exclude={"exchanges"})
        turns = [_row(session.id, exchange) for exchange in session.exchanges]
        with self._database.writing("the session was not begun") as connection:
            row["persona_name"] = _keep(connection, contents).get(session.persona_digest) or session.persona
            if connection.execute(select(sessions.c.id).where(sessions.c.id == session.id)).first():
                raise StoreError(f"there is already a session '{session.id}'; the session was not begun")
            connection.execute(insert(sessions), row)
            if turns:
                connection.execute(insert(exchanges), turns)

    def append(self, session_id: str, exchange: Exchange) -> None:
        """Keep the next turn of an open session; raise StoreError, and keep nothing, where it does not follow."""
        row = _row(session_id, exchange)
        with self._database.writing(_NOT_SAVED) as connection:
            last = _last(connection, session_id, _NOT_SAVED)
            if exchange.number != last + 1:
                raise StoreError(
                    f"turn {exchange.number} does not follow turn {last} of session '{session_id}'; {_NOT_SAVED}"
                )
            connection.execute(insert(exchanges), row)

    def undo(self, session_id: str, number: int) -> None:
        """Take the last turn of an open session back; raise StoreError where it is not the last."""
        lost = "nothing was taken back"
        with self._database.writing(lost) as connection:
            last = _last(connection, session_id, lost)
            if number != last or last == 0:
                raise StoreError(f"only the last turn, {last}, can be taken back, not turn {number}; {lost}")
            connection.execute(
                delete(exchanges).where(exchanges.c.session_id == session_id, exchanges.c.number == number)
            )

    def finish(
        self,
        session_id: str,
        ended: str,
        ended_by: str,
        closing: Utterance | None,
        verdict: Verdict | None,
        self_rating: SelfRating | None = None,
    ) -> None:
        """End an open session; raise StoreError where it has ended. Without a self-rating, an earlier one stays."""
        lost = "the end of the session was not saved"
        changes = {"ended": ended, "ended_by": ended_by, "closing": _plain(closing), "verdict": _plain(verdict)}
        if self_rating is not None:
            changes["self_rating"] = _plain(self_rating)
        with self._database.writing(lost) as connection:
            _last(connection, session_id, lost)
            connection.execute(update(sessions).where(sessions.c.id == session_id).values(changes))

    def rate(self, session_id: str, self_rating: SelfRating) -> None:
        """Keep how the trainee rated a session, open or ended; raise StoreError where there is no such session."""
        lost = "your rating was not saved"
        with self._database.writing(lost) as connection:
            changed = connection.execute(
                update(sessions).where(sessions.c.id == session_id).values(self_rating=_plain(self_rating))
            )
            if not changed.rowcount:
                raise StoreError(f"there is no session '{session_id}'; {lost}")

    def session(self, id_or_prefix: str) -> Session:
        """Return a session by its id, or by the beginning of its id where only one begins so; raise StoreError."""
        with self._database.reading() as connection:
            name = _full_id(connection, id_or_prefix)
            row = connection.execute(select(sessions).where(sessions.c.id == name)).mappings().one()
            turns = connection.execute(
                select(exchanges).where(exchanges.c.session_id == name).order_by(exchanges.c.number)
            ).mappings()
            return self._made(row, [dict(turn) for turn in turns])

    def sessions(self) -> list[SessionSummary]:
        """List all sessions, newest first, without their turns."""
        listed = select(
            *(sessions.c[name] for name in ("id", "started", "ended", "persona", "persona_name", "exercise")),
            _TURNS.label("turns"),
            sessions.c.verdict["passed"].as_boolean().label("passed"),
        ).order_by(sessions.c.started.desc(), sessions.c.id.desc())
        with self._database.reading() as connection:
            rows = connection.execute(listed).mappings().all()
        return [SessionSummary(**row, open=row["ended"] is None) for row in rows]

    def attempts(self, exercise: str) -> int:
        """Count the finished sessions of an exercise."""
        counted = select(func.count()).where(sessions.c.exercise == exercise, sessions.c.ended.is_not(None))
        with self._database.reading() as connection:
            return connection.execute(counted).scalar_one()

    def content(self, digest: str) -> Any:
        """Return the plain data of the persona, rubric or exercise of that digest; raise StoreError if not kept."""
        with self._database.reading() as connection:
            row = connection.execute(select(kept.c.data).where(kept.c.digest == digest)).first()
        if row is None:
            raise StoreError(
                f"no persona, rubric or exercise with the digest {digest[:12]}… is kept in {self._database.place}"
            )
        return row[0]

    def delete(self, session_id: str) -> None:
        """Delete a session and its turns; raise StoreError where there is none. The contents that it used stay."""
        lost = "nothing was deleted"
        with self._database.writing(lost) as connection:
            connection.execute(delete(exchanges).where(exchanges.c.session_id == session_id))
            if not connection.execute(delete(sessions).where(sessions.c.id == session_id)).rowcount:
                raise StoreError(f"there is no session '{session_id}'; {lost}")

    def _made(self, row: Mapping[Any, Any], turns: list[dict[str, Any]]) -> Session:
        """Make a session from its rows; raise StoreError where they do not fit together."""
        fields = {name: value for name, value in row.items() if name != "persona_name"}
        for turn in turns:
            del turn["session_id"]
        try:
            return Session.model_validate({**fields, "exchanges": turns})
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"]))
            raise StoreError(
                f"session '{row['id']}' in {self._database.place} cannot be read: {where}: {first['msg']}. It may be"
                " damaged, or written by another version of the simulator"
            ) from error


def _plain(record: Record | None) -> Any:
    return None if record is None else record.model_dump(mode="json")


def _row(session_id: str, exchange: Exchange) -> dict[str, Any]:
    return {"session_id": session_id, **exchange.model_dump(mode="json")}


def _last(connection: Connection, session_id: str, lost: str) -> int:
    """Return the number of the last turn of an open session, 0 before the first; raise StoreError if not open."""
    found = connection.execute(_LAST, {"wanted": session_id}).first()
    if found is None:
        raise StoreError(f"there is no session '{session_id}'; {lost}")
    ended, number = found
    if ended is not None:
        raise StoreError(f"session '{session_id}' has ended; {lost}")
    return number or 0


def _keep(connection: Connection, used: Sequence[Content]) -> dict[str, str]:
    """Keep the contents that are not kept yet; return the names of the personas among them by digest."""
    names: dict[str, str] = {}
    for kind, name, digest, data in used:
        if connection.execute(select(kept.c.digest).where(kept.c.digest == digest)).first() is None:
            row = {"digest": digest, "kind": kind, "id": name, "data": data}
            try:
                # Another program may keep the same content between the look and the write: then it is there.
                with connection.begin_nested():
                    connection.execute(insert(kept), row)
            except IntegrityError:
                pass
        if kind == "persona" and isinstance(data, dict):
            names[digest] = str(data.get("name") or name)
    return names


def _full_id(connection: Connection, id_or_prefix: str) -> str:
    """Return the one id that is, or else begins with, what was given; raise StoreError where there is none or more."""
    if not id_or_prefix:
        raise StoreError("say which session: its id, or the beginning of its id")
    # Not LIKE: on SQLite it takes "A" for "a", and "_" for any letter.
    begins = func.substr(sessions.c.id, 1, len(id_or_prefix)) == id_or_prefix
    found = list(connection.execute(select(sessions.c.id).where(begins).order_by(sessions.c.id)).scalars())
    if id_or_prefix in found:
        return id_or_prefix
    if not found:
        raise StoreError(f"there is no session '{id_or_prefix}'")
    if len(found) > 1:
        shown = ", ".join(found[:5]) + (", …" if len(found) > 5 else "")
        raise StoreError(f"{len(found)} sessions begin with '{id_or_prefix}': {shown}; write more of the id")
    return str(found[0])
