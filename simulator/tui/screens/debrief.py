"""The debrief: a finished session, read in peace."""

from __future__ import annotations

from pathlib import Path

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.message import Message
from textual.widgets import Static

from simulator.tui import looking_back, work
from simulator.tui.plain import keys
from simulator.tui.screens.page import STYLES, Page
from simulator.tui.widgets.block import widgets
from simulator.tui.widgets.notice import Notice
from simulator.tui.work import Reading


class Debrief(Page):
    """Show what there is to learn from a session."""

    CSS_PATH = STYLES / "pages.tcss"
    KEYS = (
        ("↑ ↓ PgUp PgDn Home End", "read"),
        ("s", "saves a report as Markdown in the current folder"),
        ("Esc or Enter", "home"),
    )
    BINDINGS = [
        Binding("escape,enter,q", "home", show=False),
        Binding("s", "save", show=False),
        Binding("question_mark", "app.keys", show=False),
    ]

    class Saved(Message):
        """Tell where the report was written."""

        def __init__(self, path: Path) -> None:
            self.path = path
            super().__init__()

    def __init__(self, reading: Reading) -> None:
        super().__init__()
        self._reading = reading

    @property
    def _saves(self) -> bool:
        # The report holds the scores, which an exercise without feedback keeps to itself.
        return self._reading.session.feedback != "none"

    def body(self) -> ComposeResult:
        """Yield the blocks, and the keys below."""
        with VerticalScroll(id="paper"), Vertical(id="sheet"):
            yield from widgets(looking_back.blocks(self._reading))
        pairs = [("↑ ↓", "read")] + ([("s", "saves a report")] if self._saves else []) + [("Esc", "home")]
        with Vertical(id="beginning"):
            yield Notice()
            yield Static(keys(*pairs), markup=False)

    def on_mount(self) -> None:
        """Read from the top."""
        self.query_one("#paper").focus()

    def action_save(self) -> None:
        """Write a report into the current folder."""
        if self._saves:
            desk = self.simulator.desk
            self.errand("save", desk.call(work.keep_report, self._reading, Path.cwd()), self.Saved)
        else:
            self.say("This exercise keeps its scores to itself, so there is no report to save here.")

    @on(Saved)
    def _saved(self, message: Saved) -> None:
        self.say(f"The report is in {message.path}")

    def action_home(self) -> None:
        """Go home."""
        self.app.pop_screen()
