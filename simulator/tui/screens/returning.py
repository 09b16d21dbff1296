"""The way back to a kept session: into the room where it is open, to the debrief where it has ended."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.message import Message
from textual.widgets import Static

from simulator.tui.plain import quiet
from simulator.tui.screens.page import STYLES, Page
from simulator.tui.widgets.notice import Notice
from simulator.tui.work import Reading


class Returning(Page):
    """Read a session, and go where it belongs."""

    CSS_PATH = STYLES / "pages.tcss"
    BINDINGS = [Binding("escape", "back", show=False)]

    class Read(Message):
        """Bring the session."""

        def __init__(self, reading: Reading) -> None:
            self.reading = reading
            super().__init__()

    def __init__(self, session_id: str, rate: bool = False) -> None:
        """Take the id of a session; with ``rate``, the trainee wants to rate it before the debrief."""
        super().__init__()
        self._session_id, self._rate = session_id, rate

    def body(self) -> ComposeResult:
        """Say what is being done."""
        yield Static(quiet("Looking for your session…   Esc goes back"), markup=False, id="waiting")
        yield Notice()

    def on_mount(self) -> None:
        """Read it."""
        self.errand("read", self.simulator.desk.kept(self._session_id), self.Read)

    @on(Read)
    def _go(self, message: Read) -> None:
        self.app.switch_screen(self.simulator.place_of(message.reading, self._rate))

    def action_back(self) -> None:
        """Go back to home."""
        self.app.pop_screen()
