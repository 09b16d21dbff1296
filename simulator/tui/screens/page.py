"""What every screen shares: the desk, a line for notices, and the cover for small terminals."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

from textual.app import ComposeResult
from textual.message import Message
from textual.screen import ModalScreen, Screen

from simulator.tui import errands
from simulator.tui.widgets.notice import Cover, Notice

if TYPE_CHECKING:
    from simulator.tui.app import SimulatorApp

T = TypeVar("T")
STYLES = Path(__file__).parent.parent
"""The folder of the style sheets: each is read when the first screen that needs it is shown."""


class Page(Screen[None]):
    """Show one thing at a time, and say what went wrong without leaving it."""

    KEYS: ClassVar[tuple[tuple[str, str], ...]] = ()
    """Each key and what it does, for the help overlay."""

    def compose(self) -> ComposeResult:
        """Put the cover over the body, which holds a place for notices."""
        yield from self.body()
        yield Cover()

    def body(self) -> ComposeResult:
        """Yield what the screen shows."""
        yield from ()

    @property
    def simulator(self) -> SimulatorApp:
        """The app."""
        return cast("SimulatorApp", self.app)

    def errand(self, name: str, work: Coroutine[Any, Any, T], done: Callable[[T], Message]) -> None:
        """Have something done by the desk; its result comes as a message."""
        errands.send(self, name, work, done)

    def say(self, text: str, trouble: bool = False) -> None:
        """Say something in the line for notices."""
        self.query_one(Notice).say(text, trouble)

    def clear_notice(self) -> None:
        """Take the notice away."""
        self.query_one(Notice).clear()


class Sheet(ModalScreen[T]):
    """Lie over a page: help, a question, a list."""

    CSS_PATH = STYLES / "pages.tcss"

    def compose(self) -> ComposeResult:
        """Put the cover over the body."""
        yield from self.body()
        yield Cover()

    def body(self) -> ComposeResult:
        """Yield what the sheet shows."""
        yield from ()
