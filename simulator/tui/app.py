"""The app: its themes, its first screen, and the one place where errors are explained.

Only Textual and light modules of our own are imported here, so that the first paint comes at once.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import App
from textual.binding import Binding

from simulator.errors import SimulatorError
from simulator.tui.desk import Desk, Loader
from simulator.tui.errands import Failed
from simulator.tui.screens.home import Home
from simulator.tui.screens.page import Page
from simulator.tui.theme import LAMPLIGHT, PAPER

if TYPE_CHECKING:
    from simulator.content.authored import Feedback
    from simulator.content.library import Library
    from simulator.tui.work import Reading


class SimulatorApp(App[int]):
    """Practise counselling with a client, and see every reply scored with its reason."""

    TITLE = "Counselling practice"
    CSS_PATH = Path(__file__).with_name("app.tcss")
    ENABLE_COMMAND_PALETTE = False
    HORIZONTAL_BREAKPOINTS = [(0, "-too-narrow"), (40, "-narrow"), (100, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-too-low"), (12, "-low"), (28, "-high")]
    BINDINGS = [
        Binding("f1", "keys", show=False, priority=True),
        Binding("f8", "other_theme", show=False, priority=True),
        Binding("ctrl+c", "how_to_leave", show=False, system=True),
    ]

    def __init__(
        self,
        start: str | None = None,
        database: str | None = None,
        seed: int | None = None,
        feedback: Feedback | None = None,
        resume: str | None = None,
        library: Library | None = None,
        *,
        load: Loader | None = None,
        now: Callable[[], str] | None = None,
    ) -> None:
        """Take what the command line says; ``load`` and ``now`` replace the loading of the scorer and the clock."""
        super().__init__()
        self.start, self.resume = start, resume
        self.seed, self.feedback = seed, feedback
        self.desk = Desk(database, library=library, load=load, now=now)
        self.register_theme(LAMPLIGHT)
        self.register_theme(PAPER)
        self.theme = LAMPLIGHT.name
        # Nothing slides or fades: calm, and the same in every terminal.
        self.animation_level = "none"

    def get_default_screen(self) -> Home:
        """Show home first."""
        return Home()

    def stocked(self) -> None:
        """Go where the command line pointed, once home has its content; meanwhile the encoder can load."""
        if self.resume:
            self.open_session(self.resume)
        elif self.start:
            self.open_briefing(self.start)

    def open_briefing(self, name: str) -> None:
        """Show the briefing of a client or an exercise."""
        from simulator.tui.screens.briefing import Briefing

        self.push_screen(Briefing(name, self.seed, self.feedback))

    def open_session(self, session_id: str, instead: bool = False, rate: bool = False) -> None:
        """Go on with an open session, or show the debrief of a finished one; ``instead`` of the screen shown now."""
        from simulator.tui.screens.returning import Returning

        returning = Returning(session_id, rate)
        if instead:
            self.switch_screen(returning)
        else:
            self.push_screen(returning)

    def place_of(self, reading: Reading, rate: bool = False) -> Page:
        """Return the screen that a session belongs on: the room, the rating that comes first, or the debrief."""
        from simulator.tui.screens.briefing import Briefing
        from simulator.tui.screens.debrief import Debrief
        from simulator.tui.screens.rating import Rating

        session, exercise = reading.session, reading.material.exercise
        if session.ended is None:
            return Briefing(session.exercise or session.persona, None, None, kept=reading)
        wanted = rate or (exercise is not None and exercise.value.self_rating)
        if wanted and session.self_rating is None:
            return Rating(reading)
        return Debrief(reading)

    def on_failed(self, message: Failed) -> None:
        """Explain what went wrong with an errand, where the reader is looking."""
        self.explain(message.error)

    def explain(self, error: Exception) -> None:
        """Say in the line for notices what went wrong; what was typed stays where it is."""
        if isinstance(error, SimulatorError):
            text = str(error)
            text = text[:1].upper() + text[1:]
        else:
            self.log.error(error)
            text = f"Something unexpected went wrong, and nothing was lost: {type(error).__name__}: {error}"
        page = next((screen for screen in reversed(self.screen_stack) if isinstance(screen, Page)), None)
        if page is not None:
            page.say(text, trouble=True)

    def action_keys(self) -> None:
        """List the keys of the page."""
        if isinstance(self.screen, Page):
            from simulator.tui.screens.sheets import Help

            self.push_screen(Help((*self.screen.KEYS, ("F8", "light or dark"), ("^Q", "leave the program"))))

    def action_other_theme(self) -> None:
        """Change between lamplight and paper."""
        self.theme = PAPER.name if self.theme == LAMPLIGHT.name else LAMPLIGHT.name

    def action_how_to_leave(self) -> None:
        """Say how to leave, as ^C does not."""
        if isinstance(self.screen, Page):
            self.screen.say("^Q leaves the program. Whatever you have said to a client is kept.")

    async def on_unmount(self) -> None:
        """Finish what the desk is doing, and close the store."""
        await self.desk.close()


def run_app(
    start: str | None = None,
    database: str | None = None,
    seed: int | None = None,
    feedback: Feedback | None = None,
    resume: str | None = None,
    library: Library | None = None,
) -> int:
    """Open the app and return its exit code when it is left."""
    app = SimulatorApp(start, database, seed, feedback, resume, library)
    app.run()
    code = app.return_code or 0
    if app.desk.still_loading(patience=0.5):
        # The store is closed and the terminal is restored; a model that is still being loaded would crash the
        # interpreter as it shuts down, or keep the reader waiting for it.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    return code
