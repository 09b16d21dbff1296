"""What the tests of the app share: an app on a database of its own, with a clock and a scorer that never change."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from simulator.content.library import Library
from simulator.tui.app import SimulatorApp

from .stand_ins import plain_scorer

CONTENT = Path(__file__).parent / "content"


@pytest.fixture(autouse=True)
def utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Show times as in Greenwich, wherever the tests run."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Save reports into a folder that goes away."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def clock() -> Callable[[], str]:
    """Return a clock that goes on by a minute each time it is asked."""
    minutes = itertools.count()
    return lambda: f"2026-03-02T14:{next(minutes) % 60:02}:00+00:00"


@pytest.fixture
def database(tmp_path: Path) -> str:
    """Return the URL of a database of one's own."""
    return f"sqlite:///{tmp_path / 'sessions.db'}"


@pytest.fixture
def make(database: str, clock: Callable[[], str]) -> Callable[..., SimulatorApp]:
    """Return what makes apps with the tests' own content and scorer."""

    def made(**options: Any) -> SimulatorApp:
        given: dict[str, Any] = {
            "database": database,
            "library": Library([CONTENT]),
            "load": plain_scorer,
            "now": clock,
            "seed": 7,
            **options,
        }
        return SimulatorApp(**given)

    return made
