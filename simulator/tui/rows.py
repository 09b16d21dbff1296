"""What home lists, as light rows, so that home can be painted before any of the core is imported."""

from __future__ import annotations

import datetime
from dataclasses import dataclass


@dataclass(frozen=True)
class ClientRow:
    """Hold what home shows of a client."""

    id: str
    name: str
    presents: str
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class ExerciseRow:
    """Hold what home shows of an exercise."""

    id: str
    title: str
    stage: str
    client: str
    turns: int
    feedback: str


@dataclass(frozen=True)
class SessionRow:
    """Hold what home shows of a session."""

    id: str
    when: str
    client: str
    exercise: str | None
    turns: int
    open: bool
    passed: bool | None


@dataclass(frozen=True)
class Shelf:
    """Hold the authored content that can be practised with, and what is wrong with the rest."""

    clients: tuple[ClientRow, ...]
    exercises: tuple[ExerciseRow, ...]
    problems: tuple[str, ...]
    """As ``path:line: message``."""
    files: int
    """How many files could not be read."""


def when(stamp: str, now: str) -> str:
    """Say when something was, from ISO 8601, as a person would: "today, 14:05"."""
    try:
        then = datetime.datetime.fromisoformat(stamp).astimezone()
        today = datetime.datetime.fromisoformat(now).astimezone().date()
    except ValueError:
        return stamp
    days = (today - then.date()).days
    day = {0: "today", 1: "yesterday"}.get(days)
    if day is None:
        day = f"{then.day} {then:%B}" + ("" if then.year == today.year else f" {then.year}")
    return f"{day}, {then:%H:%M}"
