"""What all tests share: no network, a data folder of their own, and one real encoder and scorer."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

os.environ["HF_HUB_OFFLINE"] = "1"

from simulator.content.library import Library
from simulator.paths import bundled_folder
from simulator.scoring.encoder import Encoder
from simulator.scoring.scorer import Scorer, load_scorer

FITTED = Path(__file__).parent.parent / ".pytest_cache" / "heads"
"""Heads fitted by an earlier run; their digest names rubric, encoder and method, so they are never stale."""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give every test a data folder of its own."""
    folder = tmp_path / "home"
    monkeypatch.setenv("SIMULATOR_HOME", str(folder))
    return folder


@pytest.fixture(scope="session")
def library() -> Library:
    """Return the library of what the project ships."""
    return Library([bundled_folder()])


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    """Return the real encoder."""
    return Encoder()


@pytest.fixture(scope="session")
def scorer(library: Library, encoder: Encoder) -> Scorer:
    """Return a real scorer for the core rubric."""
    return load_scorer(library.rubric("core"), encoder, [FITTED])


@pytest.fixture
def fitted_home(home: Path, scorer: Scorer) -> Path:
    """Give a test's data folder the fitted heads, for processes of their own."""
    shutil.copytree(FITTED, home / "heads")
    return home
