"""Turn the errors of databases and disks into words that a trainee can act on."""

from __future__ import annotations

import errno
import sqlite3

from sqlalchemy.exc import DBAPIError, SQLAlchemyError, StatementError

from simulator.errors import StoreError

_BUSY = "another program is writing to {place}{lost}. Wait until it is done or close it, and try again"
_DAMAGED = "{place} is damaged or not a database: move it away or restore a copy"
_SQLITE: dict[int, str] = {
    sqlite3.SQLITE_FULL: "the disk is full{lost}. Free some space and try again: {place}",
    sqlite3.SQLITE_READONLY: "{place} is read-only{lost}. Make file and folder writable, or choose another database",
    sqlite3.SQLITE_PERM: "{place} may not be opened{lost}. Ask for permission, or choose another database",
    sqlite3.SQLITE_BUSY: _BUSY,
    sqlite3.SQLITE_LOCKED: _BUSY,
    sqlite3.SQLITE_IOERR: "the disk failed{lost}. It may be full, over its quota or taken away: {place} ({detail})",
    sqlite3.SQLITE_CANTOPEN: "{place} cannot be opened{lost}. It must be a file in a folder that you may write to",
    sqlite3.SQLITE_CORRUPT: _DAMAGED + "{lost} ({detail})",
    sqlite3.SQLITE_NOTADB: _DAMAGED + "{lost} ({detail})",
}
_FULL = (errno.ENOSPC, errno.EDQUOT)


def explain(error: BaseException, place: str, lost: str = "") -> StoreError:
    """Say what an error of the database at ``place`` means, what was lost by it, and what to do.

    ``lost`` says what did not happen, such as "your reply was not saved".
    """
    cause = error.orig if isinstance(error, StatementError) and error.orig is not None else error
    detail = (str(cause).strip() or type(cause).__name__).splitlines()[0]
    lost = f"; {lost}" if lost else ""
    return StoreError(_sentence(error, cause).format(place=place, lost=lost, detail=detail))


def _sentence(error: BaseException, cause: BaseException) -> str:
    # The low byte of SQLite's code is its kind; the rest says where it came from.
    code = getattr(cause, "sqlite_errorcode", None)
    if code is not None and code & 0xFF in _SQLITE:
        return _SQLITE[code & 0xFF]
    if code is not None and "no such" in str(cause):
        return "{place} lacks tables that it should have{lost}: move it away or restore a copy ({detail})"
    if isinstance(cause, OSError):
        return _SQLITE[sqlite3.SQLITE_FULL] if cause.errno in _FULL else "{place} cannot be used{lost} ({detail})"
    if isinstance(error, DBAPIError):
        if error.connection_invalidated:
            return "the connection to {place} was lost{lost}. Try again ({detail})"
        return "the database {place} refused{lost} ({detail})"
    if isinstance(error, (StatementError, ValueError, OverflowError)):
        return "something in it cannot be kept in {place}{lost} ({detail})"
    if isinstance(error, SQLAlchemyError):
        return "the database {place} failed{lost} ({detail})"
    return "{place} failed{lost} ({detail})"
