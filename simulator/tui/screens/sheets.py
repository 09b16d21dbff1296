"""Sheets that lie over a page: the keys, a question, a list of problems."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from simulator.tui.plain import heading, keys, shown
from simulator.tui.screens.page import Sheet
from simulator.tui.widgets.block import Items, widgets


class Help(Sheet[None]):
    """List the keys of a page."""

    BINDINGS = [Binding("escape,f1,q,question_mark,enter", "close", show=False)]

    def __init__(self, pairs: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._pairs = pairs

    def body(self) -> ComposeResult:
        """List each key with what it does."""
        rows = [(Content.styled(key, "bold $accent"), Content(what)) for key, what in self._pairs]
        width = max(len(key) for key, _ in self._pairs)
        with VerticalScroll(classes="sheet"):
            yield from widgets([heading("Keys"), Items(None, rows, width + 3)])
            yield Static(keys(("Esc", "closes this")), markup=False)

    def action_close(self) -> None:
        """Go back to the page."""
        self.dismiss(None)


class Confirm(Sheet[bool]):
    """Ask before something that cannot be taken back, with its consequence in words."""

    BINDINGS = [
        Binding("enter,y", "answer(True)", show=False),
        Binding("escape,n", "answer(False)", show=False),
    ]

    def __init__(self, question: str, consequence: str, yes: str, no: str) -> None:
        super().__init__()
        self._question, self._consequence, self._yes, self._no = question, consequence, yes, no

    def body(self) -> ComposeResult:
        """Ask."""
        with Vertical(classes="sheet"):
            yield Static(heading(shown(self._question)), markup=False)
            yield Static(Content("\n" + shown(self._consequence) + "\n"), markup=False)
            yield Static(keys(("Enter", self._yes), ("Esc", self._no)), markup=False)

    def action_answer(self, yes: bool) -> None:
        """Give the answer back."""
        self.dismiss(yes)


class Problems(Sheet[None]):
    """List what is wrong with authored files, each with its place."""

    BINDINGS = [Binding("escape,q,p,enter", "close", show=False)]

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__()
        self._problems = problems

    def body(self) -> ComposeResult:
        """List the problems."""
        with VerticalScroll(classes="sheet"):
            yield Static(heading("What could not be read"), markup=False)
            yield Static(Content("\n" + "\n\n".join(map(shown, self._problems)) + "\n"), markup=False)
            yield Static(keys(("Esc", "closes this")), markup=False)

    def action_close(self) -> None:
        """Go back to the page."""
        self.dismiss(None)
