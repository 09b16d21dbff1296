"""The error tree: one type for each kind of action the reader can take.

Raised in the core, presented once at the edge (``cli.main`` or the app), which also maps each to its exit code.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


class SimulatorError(Exception):
    """Stand for every failure that the program explains to its reader."""

    exit_code = 1


@dataclass(frozen=True, order=True)
class Problem:
    """Say what is wrong at one place of an authored file."""

    path: Path
    line: int
    """Counted from 1."""
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


class ContentError(SimulatorError):
    """Report authored content that is wrong or missing: the reader mends a file."""

    exit_code = 1

    def __init__(self, message: str, problems: Sequence[Problem] = ()) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join([message, *map(str, self.problems)]) if problems else message)


class UsageError(SimulatorError):
    """Report a request that cannot be taken as it stands: the reader says it differently."""

    exit_code = 2


class ReplyError(UsageError):
    """Report a reply that cannot be taken: empty, or far too long."""


class EngineError(SimulatorError):
    """Report that the client could not find words: the reader tries again or takes another engine."""

    exit_code = 3


class SetupError(SimulatorError):
    """Report an installation that is not as it should be: weights, terminal, libraries."""

    exit_code = 4


class StoreError(SimulatorError):
    """Report that sessions cannot be kept or read: disk, permissions, a damaged database."""

    exit_code = 5
