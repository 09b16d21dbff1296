"""The whole way with the real encoder and scorer, by keyboard only: home, briefing, three turns, debrief, home again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from simulator.content.library import Library
from simulator.scoring.scorer import Scorer
from simulator.tui.app import SimulatorApp
from simulator.tui.screens.briefing import Briefing
from simulator.tui.screens.debrief import Debrief
from simulator.tui.screens.home import Home
from simulator.tui.screens.rating import Rating
from simulator.tui.screens.session import Sitting
from simulator.tui.screens.sheets import Confirm
from simulator.tui.widgets.notice import Notice

from .helpers import on, painted, reply, text_of, until

REPLIES = (
    "Hello Maya. What you say here stays between us, unless somebody is in serious danger. What brings you here?",
    "It sounds as if you dread it before it's even dark.",
    "So the nights are long, and you are alone with them.",
)


@pytest.mark.parametrize("size", [(80, 24), (140, 40)])
async def test_from_home_through_a_session_and_back(
    size: tuple[int, int],
    scorer: Scorer,
    library: Library,
    database: str,
    tmp_path: Path,
) -> None:
    app = SimulatorApp(database=database, seed=3, library=library, load=lambda *_: scorer)
    async with app.run_test(size=size) as pilot:
        home = await on(pilot, Home)
        await until(pilot, lambda: "Maya" in painted(pilot))
        await pilot.press("3")
        assert "You have not sat with anyone yet." in painted(pilot)
        names = [row.id for row in home._shelf.clients] if home._shelf else []
        await pilot.press("1", *["down"] * names.index("maya"), "enter")
        await on(pilot, Briefing)
        await until(pilot, lambda: "Ready to listen." in painted(pilot))
        assert "biochemistry" in painted(pilot)
        await pilot.press("enter")
        sitting = await on(pilot, Sitting)
        for text in REPLIES:
            await reply(pilot, sitting, text)
        assert all(one.scores.level("empathy") for one in sitting.practice.session.exchanges)
        assert "empathy" in painted(pilot) and "turn 4" in painted(pilot)
        await pilot.press("ctrl+e")
        await on(pilot, Confirm)
        await pilot.press("enter")
        await until(pilot, lambda: sitting.practice.session.ended and not sitting.busy)
        await pilot.press("r")
        await on(pilot, Rating)
        await pilot.press("enter")
        assert "What would you say of empathy?" in painted(pilot)
        await pilot.press("3", "down", "right", "right", "right", "down", "6", "enter")
        debrief = await on(pilot, Debrief)
        shown = text_of(pilot)
        assert "How your replies were spread" in shown and "you rated yourself 3" in shown
        assert "For the next session" in shown and "What was between you" in shown
        await pilot.press("end", "s")
        await until(pilot, lambda: debrief.query_one(Notice).display)
        report = tmp_path / f"session-{sitting.practice.session.id}.md"
        assert report.is_file() and report.name in str(debrief.query_one(Notice).content).replace("\n", "")
        await pilot.press("escape")
        await on(pilot, Home)
        await pilot.press("3")
        await until(pilot, lambda: "finished" in painted(pilot))
        await pilot.press("enter")
        await on(pilot, Debrief)


def test_another_start_finds_the_session_again(make: Callable[..., SimulatorApp]) -> None:
    """A session that is open when the app is left is gone on with by ``resume``."""
    import asyncio

    async def first() -> str:
        app = make(start="ray")
        async with app.run_test(size=(80, 24)) as pilot:
            await on(pilot, Briefing)
            await until(pilot, lambda: "Ready to listen." in painted(pilot))
            await pilot.press("enter")
            sitting = await on(pilot, Sitting)
            await reply(pilot, sitting, "You dread the night.")
            return sitting.practice.session.id

    async def second(session_id: str) -> None:
        app = make(resume=session_id[:5])
        async with app.run_test(size=(80, 24)) as pilot:
            sitting = await on(pilot, Sitting)
            assert sitting.practice.session.id == session_id
            assert "You dread the night." in painted(pilot) and "turn 2" in painted(pilot)

    asyncio.run(second(asyncio.run(first())))
