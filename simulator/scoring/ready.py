"""Make everything ready that scoring needs: the encoder, and a scorer for a rubric."""

from __future__ import annotations

from collections.abc import Callable

from simulator import paths
from simulator.content.library import Loaded
from simulator.content.rubric import Rubric
from simulator.scoring.encoder import Encoder
from simulator.scoring.scorer import Scorer, load_scorer


def ready_scorer(
    rubric: Loaded[Rubric], encoder: Encoder | None = None, progress: Callable[[int], None] | None = None
) -> Scorer:
    """Return a scorer for a rubric, with the installed encoder; raise SetupError where that cannot be loaded.

    ``progress`` is told how many texts have just been read, where heads have to be fitted first.
    """
    return load_scorer(rubric, encoder or Encoder(), [paths.heads_folder()], progress)
