"""Home and what surrounds the room: what is wrong is said, and what is right still works."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from simulator.content.library import Library
from simulator.errors import SetupError
from simulator.tui.app import SimulatorApp
from simulator.tui.screens.briefing import Briefing
from simulator.tui.screens.home import Home
from simulator.tui.screens.session import Sitting
from simulator.tui.screens.sheets import Help, Problems
from simulator.tui.widgets.notice import Notice

from .conftest import CONTENT
from .helpers import on, painted, text_of, until
from .stand_ins import plain_scorer

Make = Callable[..., SimulatorApp]


def test_nothing_heavy_is_imported_for_the_first_paint() -> None:
    code = (
        "import sys, simulator.tui.app;"
        "print(*(name for name in ('pydantic', 'sqlalchemy', 'numpy', 'torch', 'transformers', 'sentence_transformers',"
        " 'sklearn', 'yaml', 'jinja2', 'simulator.practice', 'simulator.content.library', 'simulator.session',"
        " 'textual.widgets._text_area') if name in sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2]
    )
    assert done.stdout.strip() == ""


async def test_the_three_sections_by_keyboard(make: Make) -> None:
    async with make().run_test(size=(80, 24)) as pilot:
        home = await on(pilot, Home)
        await until(pilot, lambda: home.stocked)
        assert "Ray" in painted(pilot) and "speaks of: caring for a parent" in painted(pilot)
        await pilot.press("right")
        assert "The first hour" in painted(pilot) and "3 turns · feedback: at the end" in painted(pilot)
        await pilot.press("tab")
        assert "You have not sat with anyone yet." in painted(pilot)
        await pilot.press("right", "f1")
        await on(pilot, Help)
        await pilot.press("escape")
        assert "Ray" in painted(pilot)


async def test_files_that_cannot_be_read_do_not_stop_the_rest(make: Make, tmp_path: Path) -> None:
    folder = tmp_path / "content"
    shutil.copytree(CONTENT, folder)
    (folder / "personas" / "broken.yaml").write_text("schema: persona/1\nid: broken\nnam: '[b]x[/b]'\n")
    (folder / "exercises" / "odd.yaml").write_text("just text\n")
    async with make(library=Library([folder])).run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "2 files could not be read - p shows why" in painted(pilot))
        assert "Ray" in painted(pilot)
        await pilot.press("p")
        await on(pilot, Problems)
        assert "broken.yaml:3: 'nam' is not a key here; did you mean 'name'?" in text_of(pilot).replace("\n", "")
        await pilot.press("escape")
        await on(pilot, Home)


@pytest.mark.parametrize("trouble", ["a damaged database", "a file in the way"])
async def test_without_a_store_home_still_shows_clients(make: Make, tmp_path: Path, trouble: str) -> None:
    damaged = tmp_path / "damaged.db"
    damaged.write_text("this is not a database, whatever its name says" * 50)
    database = f"sqlite:///{damaged}" if trouble == "a damaged database" else f"sqlite:///{damaged}/sessions.db"
    async with make(database=database).run_test(size=(80, 24)) as pilot:
        home = await on(pilot, Home)
        await until(pilot, lambda: home.stocked and home.query_one(Notice).display)
        assert "Ray" in painted(pilot)
        said = str(home.query_one(Notice).content)
        assert "amaged" in said
        # A session cannot begin, since nothing could be kept: that is said, and the briefing stays.
        await pilot.press("enter")
        briefing = await on(pilot, Briefing)
        await until(pilot, lambda: "Ready to listen." in painted(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: briefing.query_one(Notice).display)
        assert isinstance(pilot.app.screen, Briefing)


async def test_an_unknown_start_is_explained(make: Make) -> None:
    async with make(start="rey").run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "did you mean 'ray'?" in painted(pilot))


async def test_begin_waits_until_it_is_ready_to_listen_and_says_so(make: Make) -> None:
    go, reads = threading.Event(), threading.Event()

    def slow(rubric: Any, progress: Callable[[int], None]) -> Any:
        progress(1)
        reads.set()
        go.wait(30)
        return plain_scorer(rubric, progress)

    async with make(load=slow, start="ray").run_test(size=(80, 24)) as pilot:
        briefing = await on(pilot, Briefing)
        await until(pilot, lambda: briefing.material is not None and reads.is_set())
        await until(pilot, lambda: "Getting ready to listen" in painted(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: "begins as soon as that is done" in painted(pilot))
        assert isinstance(pilot.app.screen, Briefing)
        # Reading on, and even going home and back, does not wait for it.
        await pilot.press("escape")
        await on(pilot, Home)
        await pilot.press("enter")
        await on(pilot, Briefing)
        await pilot.press("enter")
        go.set()
        await on(pilot, Sitting)


async def test_a_scorer_that_cannot_be_loaded_is_explained_and_can_be_tried_again(make: Make) -> None:
    tries = []

    def fails_once(rubric: Any, progress: Callable[[int], None]) -> Any:
        tries.append(1)
        if len(tries) == 1:
            raise SetupError("the encoder is not installed")
        return plain_scorer(rubric, progress)

    async with make(load=fails_once, start="ray").run_test(size=(80, 24)) as pilot:
        briefing = await on(pilot, Briefing)
        await until(pilot, lambda: briefing.material is not None and "not possible" in painted(pilot))
        assert "The encoder is not installed" in painted(pilot)
        await pilot.press("enter")
        await on(pilot, Sitting)


async def test_feedback_is_chosen_before_a_free_session(make: Make) -> None:
    async with make(start="ray").run_test(size=(80, 24)) as pilot:
        briefing = await on(pilot, Briefing)
        await until(pilot, lambda: briefing.material is not None)
        await pilot.press("right", "right", "right", "end")
        assert "everything is shown in the debrief" in painted(pilot)
        await pilot.press("enter")
        sitting = await on(pilot, Sitting)
        assert sitting.practice.session.feedback == "end"


async def test_the_briefing_holds_what_a_counsellor_should_know(make: Make) -> None:
    async with make(start="first-hour").run_test(size=(140, 60)) as pilot:
        briefing = await on(pilot, Briefing)
        await until(pilot, lambda: briefing.material is not None)
        shown = " ".join(text_of(pilot).split())
        for words in (
            "somebody he could come back to",
            "drives a city bus",
            "caring for a parent with dementia",
            "Establishing rapport",
            "Keep empathy at 3 or better",
            "★",
            "never a tool for treating anyone",
            "kept on this computer only",
        ):
            assert words in shown
        # What is true of the client, and what he could tell, is not in it.
        assert "promised his father" not in shown


async def test_both_themes_and_every_size_can_be_painted(make: Make) -> None:
    async with make().run_test(size=(80, 24)) as pilot:
        home = await on(pilot, Home)
        await until(pilot, lambda: home.stocked)
        for size in ((20, 5), (1, 1), (40, 12), (250, 80), (80, 24)):
            await pilot.resize_terminal(*size)
            await pilot.press("f8")
            await pilot.pause()
        assert "Ray" in painted(pilot)
