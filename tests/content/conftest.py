"""A folder of content that tests may spoil: the starting files, with copies of what they name."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from simulator.content.library import FOLDERS, KINDS, Library
from simulator.content.starting import starting_text
from simulator.paths import bundled_folder

MINE = "anna"
"""The id of every starting file."""


@pytest.fixture(scope="session")
def starting() -> dict[str, str]:
    return {kind: starting_text(kind, MINE) for kind in KINDS}


@pytest.fixture
def folder(tmp_path: Path, starting: dict[str, str]) -> Path:
    """Return a folder with one persona, rubric and exercise of its own, and the shipped ones that they name."""
    for kind in KINDS:
        (tmp_path / FOLDERS[kind]).mkdir()
        (tmp_path / FOLDERS[kind] / f"{MINE}.yaml").write_text(starting[kind], encoding="utf8")
    shutil.copy(bundled_folder() / "personas" / "maya.yaml", tmp_path / "personas")
    # Without its bank, which takes long to read; what is shipped is checked whole elsewhere.
    core, _, _ = (bundled_folder() / "rubrics" / "core.yaml").read_text(encoding="utf8").partition("\nbank:")
    (tmp_path / "rubrics" / "core.yaml").write_text(core + "\n", encoding="utf8")
    return tmp_path


@pytest.fixture
def mine(folder: Path) -> Library:
    return Library([folder])
