"""How the main screens look; after a wanted change: pytest tests/tui --snapshot-update, and look at the new pictures."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from textual.pilot import Pilot

from simulator.tui.app import SimulatorApp
from simulator.tui.screens.debrief import Debrief
from simulator.tui.screens.home import Home

from .helpers import on, reply, sit, until

Make = Callable[..., SimulatorApp]
Compare = Callable[..., bool]
REPLIES = (
    "Hello Ray. What you say here stays between us. What brings you here?",
    "You dread the night before it is dark.",
    "You should see somebody about her, that is what I think.",
)


async def _home(pilot: Pilot[Any]) -> None:
    home = await on(pilot, Home)
    await until(pilot, lambda: home.stocked)


async def _sitting(pilot: Pilot[Any]) -> None:
    sitting = await sit(pilot)
    for text in REPLIES:
        await reply(pilot, sitting, text)
    await pilot.pause()


async def _debrief(pilot: Pilot[Any]) -> None:
    await _sitting(pilot)
    await pilot.press("ctrl+e", "enter")
    sitting: Any = pilot.app.screen
    await until(pilot, lambda: sitting.practice.session.ended and not sitting.busy)
    await pilot.press("enter")
    await on(pilot, Debrief)


@pytest.mark.parametrize(
    ("before", "size"),
    [(_home, (80, 24)), (_sitting, (80, 24)), (_sitting, (140, 40)), (_debrief, (140, 40))],
    ids=["home-80", "session-80", "session-140", "debrief-140"],
)
def test_looks_as_it_did(
    make: Make,
    snap_compare: Compare,
    before: Callable[[Pilot[Any]], Awaitable[None]],
    size: tuple[int, int],
) -> None:
    assert snap_compare(make(), terminal_size=size, run_before=before)
