"""Where things are kept: authored content, the user's sessions, fitted heads."""

from __future__ import annotations

import os
from pathlib import Path

HOME_VARIABLE = "SIMULATOR_HOME"


def data_folder() -> Path:
    """Return the user's data folder: ``$SIMULATOR_HOME``, or the platform's own place for such data."""
    home = os.environ.get(HOME_VARIABLE)
    if home:
        return Path(home).expanduser()
    import platformdirs

    return platformdirs.user_data_path("counselling-simulator", appauthor=False)


def bundled_folder() -> Path:
    """Return the folder of the content that comes with the program.

    A wheel carries it inside the package; in a clone, or an editable install of one, it stands beside the package.
    """
    package = Path(__file__).resolve().parent
    inside = package / "bundled"
    return inside if inside.is_dir() else package.parent


def content_roots() -> tuple[Path, ...]:
    """Return the folders that hold ``personas``, ``rubrics`` and ``exercises``, first to be looked in first."""
    roots = [Path.cwd(), data_folder(), bundled_folder()]
    return tuple(dict.fromkeys(root.resolve() for root in roots))


def database_url() -> str:
    """Return the URL of the database that sessions are kept in unless another is given."""
    return f"sqlite:///{data_folder() / 'sessions.db'}"


def heads_folder() -> Path:
    """Return the folder of fitted heads, one JSON file a rubric and encoder."""
    return data_folder() / "heads"
