from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from simulator.records.store import Store


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where the database is."""
    return tmp_path / "kept" / "sessions.db"


@pytest.fixture
def url(path: Path) -> str:
    """Return the database's URL."""
    return f"sqlite:///{path}"


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """Return an open store on a real file."""
    with Store(url) as opened:
        yield opened
