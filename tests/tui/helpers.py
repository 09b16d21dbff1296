"""Ways to wait for what the app does, and to read what it shows."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any, TypeVar

from textual.content import Content
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Static

from simulator.tui.screens.briefing import Briefing
from simulator.tui.screens.home import Home
from simulator.tui.screens.session import Sitting
from simulator.tui.widgets.reply_input import ReplyInput

PATIENCE = 60.0
"""Seconds; only a machine under load comes near it."""

S = TypeVar("S", bound=Screen[Any])


async def until(pilot: Pilot[Any], condition: Callable[[], object], what: str = "") -> None:
    """Wait until something is so."""
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"never came: {what or condition}; on {pilot.app.screen}\n{text_of(pilot)}")
        await pilot.pause()
        await asyncio.sleep(0.01)
    await pilot.pause()


async def on(pilot: Pilot[Any], screen: type[S]) -> S:
    """Wait until a screen of a kind is shown, and return it."""
    await until(pilot, lambda: isinstance(pilot.app.screen, screen), screen.__name__)
    shown = pilot.app.screen
    assert isinstance(shown, screen)
    await until(pilot, lambda: shown.is_mounted)
    return shown


def text_of(pilot: Pilot[Any], selector: str = "Static") -> str:
    """Return the text of the widgets that are shown, in order."""
    return "\n".join(
        str(static.content) if isinstance(static.content, (str, Content)) else ""
        for static in pilot.app.screen.query(selector).results(Static)
        if static.display
    )


def painted(pilot: Pilot[Any]) -> str:
    """Return what stands on the terminal, line by line."""
    return "\n".join(strip.text for strip in pilot.app.screen._compositor.render_strips())


async def sit(pilot: Pilot[Any], section: str = "1", down: int = 0) -> Sitting:
    """Go from home into a session with the keyboard."""
    home = await on(pilot, Home)
    await until(pilot, lambda: home.stocked, "content")
    await pilot.press(section, *["down"] * down, "enter")
    briefing = await on(pilot, Briefing)
    await until(pilot, lambda: briefing.material is not None, "material")
    await pilot.press("enter")
    sitting = await on(pilot, Sitting)
    await until(pilot, lambda: sitting.query_one(ReplyInput).has_focus, "focus")
    return sitting


async def write(pilot: Pilot[Any], sitting: Sitting, text: str) -> None:
    """Type a reply."""
    sitting.query_one(ReplyInput).insert(text)
    await pilot.pause()


async def reply(pilot: Pilot[Any], sitting: Sitting, text: str) -> None:
    """Give a reply and wait for the answer."""
    before = len(sitting.practice.session.exchanges)
    await write(pilot, sitting, text)
    await pilot.press("enter" if text else "ctrl+s")
    await until(pilot, lambda: len(sitting.practice.session.exchanges) > before and not sitting.busy, "an answer")
