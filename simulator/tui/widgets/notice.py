"""What the app has to say about itself: a calm line, and a cover for terminals that are too small."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static

from simulator.tui.plain import shown


class Notice(Static):
    """Say something that stays until it is answered or overtaken."""

    def __init__(self) -> None:
        super().__init__("", markup=False, id="notice")

    def say(self, text: str, trouble: bool = False) -> None:
        """Show a text."""
        self.update(Content(shown(text, 1200)))
        self.set_class(trouble, "-trouble")
        self.display = True

    def clear(self) -> None:
        """Hide it."""
        self.display = False


class Cover(Static):
    """Ask for a larger window; what is underneath stays as it is."""

    def __init__(self) -> None:
        super().__init__("Please make the window a little larger.\nNothing is lost.", markup=False, classes="cover")
