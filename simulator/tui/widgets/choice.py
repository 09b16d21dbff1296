"""One of several, chosen with the arrow keys, a number or a click."""

from __future__ import annotations

from collections.abc import Sequence

from textual.binding import Binding
from textual.content import Content
from textual.events import Click, Key
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Static

from simulator.tui.plain import Part, shown


class Choice(Static, can_focus=True):
    """Offer some options in a row; the chosen one is filled."""

    BINDINGS = [
        Binding("left", "move(-1)", show=False),
        Binding("right,space", "move(1)", show=False),
    ]
    chosen: reactive[int | None] = reactive(None, init=False)

    class Changed(Message):
        """Tell that another option was chosen."""

        def __init__(self, choice: Choice) -> None:
            self.choice = choice
            super().__init__()

        @property
        def control(self) -> Choice:
            """The choice."""
            return self.choice

    def __init__(
        self,
        options: Sequence[str],
        chosen: int | None,
        numbered: bool = False,
        id: str | None = None,  # noqa: A002
    ) -> None:
        super().__init__("", markup=False, id=id, classes="choice")
        self._options = list(options)
        self._numbered = numbered
        self._places: list[tuple[int, int]] = []
        self.set_reactive(Choice.chosen, chosen)

    def on_mount(self) -> None:
        """Show the options."""
        self._draw()

    def watch_chosen(self) -> None:
        """Show what is chosen, and tell."""
        self._draw()
        self.post_message(self.Changed(self))

    def action_move(self, by: int) -> None:
        """Choose the next option or the one before; at either end it stays."""
        last = len(self._options) - 1
        start = -1 if by > 0 else 1
        self.chosen = min(max((start if self.chosen is None else self.chosen) + by, 0), last)

    def on_key(self, event: Key) -> None:
        """Choose by number."""
        if self._numbered and event.character and event.character.isdigit():
            place = int(event.character) - 1
            if 0 <= place < len(self._options):
                self.chosen = place
                event.stop()

    def on_click(self, event: Click) -> None:
        """Choose what was clicked, where the options stand on one line."""
        offset = event.get_content_offset(self)
        if offset is not None and offset.y == 0:
            for place, (start, end) in enumerate(self._places):
                if start <= offset.x < end:
                    self.chosen = place

    def _draw(self) -> None:
        parts: list[Part] = []
        self._places = []
        at = 0
        for place, option in enumerate(self._options):
            sign = "●" if place == self.chosen else "○"
            label = f"{sign}\N{NO-BREAK SPACE}" + (f"{place + 1}\N{NO-BREAK SPACE}" if self._numbered else "")
            label += shown(option, 60).replace(" ", "\N{NO-BREAK SPACE}")
            self._places.append((at, at + len(label)))
            parts += [(label, "bold $foreground" if place == self.chosen else "$quiet"), "   "]
            at += len(label) + 3
        self.update(Content.assemble(*parts[:-1]))
