"""Numbers as small pictures; never without a word beside them."""

from __future__ import annotations

from collections.abc import Sequence

_STEPS = "▁▂▃▄▅▆▇█"


def bar(level: float) -> str:
    """Draw a level, 1 to 5, as five cells."""
    full = min(max(round(level), 1), 5)
    return "▰" * full + "▱" * (5 - full)


def number(level: float) -> str:
    """Write a level as a whole or half number: exemplars are graded in halves, so more would claim too much."""
    half = round(level * 2) / 2
    return f"{half:.0f}" if half == int(half) else f"{half:.1f}"


def spark(values: Sequence[float], most: int = 24) -> str:
    """Draw the latest of some values from 0 to 1, as one cell each."""
    return "".join(_STEPS[min(max(int(value * len(_STEPS)), 0), len(_STEPS) - 1)] for value in values[-most:])


def share(part: float, cells: int) -> str:
    """Draw a share, 0 to 1, as a bar; what is there at all shows."""
    return "█" * min(max(round(part * cells), 1 if part > 0 else 0), cells)


def dots(done: int, of: int = 4) -> str:
    """Draw a place in a row of steps."""
    return "●" * done + "○" * (of - done)


def arrow(change: float) -> str:
    """Draw which way something went, or nothing where it stayed."""
    return "↑" if change >= 0.005 else "↓" if change <= -0.005 else ""
