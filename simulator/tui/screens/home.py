"""Home: the clients, the exercises and the sessions so far."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.events import Click
from textual.message import Message
from textual.widgets import Static

from simulator.tui.errands import Failed
from simulator.tui.plain import Part, keys, quiet, shown
from simulator.tui.screens.page import Page
from simulator.tui.widgets.notice import Notice

if TYPE_CHECKING:
    from textual.widgets import OptionList

    from simulator.tui.rows import ClientRow, ExerciseRow, SessionRow, Shelf

SECTIONS = {"clients": "Clients", "exercises": "Exercises", "sessions": "Sessions"}
EMPTY = {
    "clients": "No clients were found. They are YAML files in a folder called personas.",
    "exercises": "No exercises were found. They are YAML files in a folder called exercises.",
    "sessions": "You have not sat with anyone yet. Choose a client, and your sessions will be kept here.",
}


class SectionName(Static):
    """Name a section; the chosen one stands out."""

    class Chosen(Message):
        """Tell that a section was clicked."""

        def __init__(self, section: str) -> None:
            self.section = section
            super().__init__()

    def __init__(self, section: str) -> None:
        super().__init__(SECTIONS[section], markup=False, classes="section", id=f"to-{section}")
        self._section = section

    def on_click(self, event: Click) -> None:
        """Choose this section."""
        event.stop()
        self.post_message(self.Chosen(self._section))


class Home(Page):
    """List what there is to practise with, and what was practised."""

    KEYS = (
        ("Enter", "opens: a client or an exercise, an open session, a debrief"),
        ("↑ ↓", "move in the list"),
        ("← → or 1 2 3", "clients, exercises, sessions"),
        ("p", "shows why files could not be read"),
    )
    BINDINGS = [
        Binding("left,shift+tab", "turn(-1)", show=False, priority=True),
        Binding("right,tab", "turn(1)", show=False, priority=True),
        Binding("1", "choose('clients')", show=False),
        Binding("2", "choose('exercises')", show=False),
        Binding("3", "choose('sessions')", show=False),
        Binding("p", "problems", show=False),
        Binding("question_mark", "app.keys", show=False),
        Binding("q", "app.quit", show=False),
    ]

    class Stocked(Message):
        """Bring the clients and exercises."""

        def __init__(self, shelf: Shelf) -> None:
            self.shelf = shelf
            super().__init__()

    class Remembered(Message):
        """Bring the sessions."""

        def __init__(self, sessions: list[SessionRow]) -> None:
            self.sessions = sessions
            super().__init__()

    def __init__(self) -> None:
        super().__init__()
        self._section = "clients"
        self._shelf: Shelf | None = None
        self._lists: dict[str, OptionList] = {}

    @property
    def stocked(self) -> bool:
        """Whether the clients and exercises have been read."""
        return self._shelf is not None

    def body(self) -> ComposeResult:
        """Yield the title, the three sections and the keys."""
        with Vertical(id="home"):
            yield Static(Content.assemble(("Counselling practice", "bold $primary")), markup=False, classes="title")
            yield Static(quiet("A client to talk with, and feedback on every reply."), markup=False, classes="subtitle")
            with Horizontal(id="sections"):
                for section in SECTIONS:
                    yield SectionName(section)
            yield Static(quiet("One moment…"), markup=False, id="empty")
            yield Static("", markup=False, id="troubles")
            yield Notice()
            yield Static(
                keys(("Enter", "opens"), ("← →", "sections"), ("F1", "keys"), ("F8", "light/dark"), ("^Q", "leaves")),
                markup=False,
                classes="keys",
            )

    def on_mount(self) -> None:
        """Show the frame at once, and fetch the rest after the first paint."""
        self._show()
        self.call_after_refresh(self._fetch)

    def _fetch(self) -> None:
        self.errand("shelf", self.simulator.desk.shelf(), self.Stocked)
        self._recall()

    def _recall(self) -> None:
        self.errand("sessions", self.simulator.desk.sessions(), self.Remembered)

    def on_screen_resume(self) -> None:
        """See what has been added while another screen was shown."""
        if self._shelf is not None:
            self.clear_notice()
            self._recall()

    @on(Stocked)
    def _take_shelf(self, message: Stocked) -> None:
        first = self._shelf is None
        self._shelf = message.shelf
        self._fill("clients", [(row.id, client_lines(row)) for row in message.shelf.clients])
        self._fill("exercises", [(row.id, exercise_lines(row)) for row in message.shelf.exercises])
        count = message.shelf.files
        if count:
            files = "1 file" if count == 1 else f"{count} files"
            self.query_one("#troubles", Static).update(
                Content.assemble(
                    (f"{files} could not be read - ", "$quiet"), ("p", "bold $accent"), (" shows why", "$quiet")
                )
            )
        self.query_one("#troubles").display = bool(count)
        self._show()
        if first:
            self.simulator.stocked()

    @on(Remembered)
    def _take_sessions(self, message: Remembered) -> None:
        titles = {row.id: row.title for row in self._shelf.exercises} if self._shelf else {}
        self._fill("sessions", [(row.id, session_lines(row, titles)) for row in message.sessions])
        self._show()

    @on(Failed)
    def _without(self, message: Failed) -> None:
        """Stay with what there is; the app says what is missing."""
        if message.errand == "shelf":
            from simulator.tui.rows import Shelf

            self._shelf = Shelf((), (), (), 0)
        self._show()

    def _fill(self, section: str, rows: list[tuple[str, Content]]) -> None:
        # Imported and mounted after the first paint, which has nothing to list yet.
        from textual.widgets import OptionList
        from textual.widgets.option_list import Option

        if section not in self._lists:
            self._lists[section] = OptionList(id=section, markup=False, classes="list")
            self.query_one("#home").mount(self._lists[section], before="#empty")
        listed = self._lists[section]
        before = listed.highlighted_option.id if listed.highlighted_option else None
        listed.clear_options()
        # The lines around each are in the content, since OptionList counts no padding above and below.
        listed.add_options([Option(Content.assemble("\n", content, "\n"), id=name) for name, content in rows])
        if rows:
            names = [name for name, _ in rows]
            listed.highlighted = names.index(before) if before in names and section != "sessions" else 0

    def _show(self) -> None:
        """Show the chosen section, or why there is nothing in it."""
        for section in SECTIONS:
            self.query_one(f"#to-{section}").set_class(section == self._section, "-chosen")
        for section, listed in self._lists.items():
            listed.display = section == self._section and listed.option_count > 0
        chosen = self._lists.get(self._section)
        empty = self.query_one("#empty", Static)
        nothing = chosen is None or chosen.option_count == 0
        empty.display = nothing
        if chosen is None or nothing:
            empty.update(quiet(EMPTY[self._section] if self._shelf is not None else "One moment…"))
        elif self.is_current:
            chosen.focus()

    @on(SectionName.Chosen)
    def _clicked(self, message: SectionName.Chosen) -> None:
        self.action_choose(message.section)

    def action_choose(self, section: str) -> None:
        """Show a section."""
        self._section = section
        self._show()

    def action_turn(self, by: int) -> None:
        """Show the next section or the one before."""
        names = list(SECTIONS)
        self.action_choose(names[(names.index(self._section) + by) % len(names)])

    def action_problems(self) -> None:
        """List what is wrong with files that could not be read."""
        if self._shelf and self._shelf.problems:
            from simulator.tui.screens.sheets import Problems

            self.app.push_screen(Problems(self._shelf.problems))

    def on_option_list_option_selected(self, message: OptionList.OptionSelected) -> None:
        """Open what was chosen."""
        name = message.option_id or ""
        if message.option_list.id == "sessions":
            self.simulator.open_session(name)
        else:
            self.simulator.open_briefing(name)


def client_lines(row: ClientRow) -> Content:
    """Describe a client in three lines."""
    parts: list[Part] = [(shown(row.name, 60), "bold"), "\n", shown(row.presents, 300)]
    if row.warnings:
        parts.append((f"\nspeaks of: {shown(', '.join(row.warnings), 300)}", "$quiet"))
    return Content.assemble(*parts)


def exercise_lines(row: ExerciseRow) -> Content:
    """Describe an exercise in two lines."""
    turns = "1 turn" if row.turns == 1 else f"{row.turns} turns"
    rest = f"\nwith {shown(row.client, 40)} · {row.stage} · {turns} · feedback: {row.feedback}"
    return Content.assemble((shown(row.title, 120), "bold"), (rest, "$quiet"))


def session_lines(row: SessionRow, titles: dict[str, str]) -> Content:
    """Describe a session in two lines."""
    turns = "1 turn" if row.turns == 1 else f"{row.turns} turns"
    if row.open:
        state: Part = ("open · Enter goes on", "$accent")
    elif row.passed is None:
        state = ("finished · Enter reads the debrief", "$quiet")
    else:
        state = ("passed", "$raises") if row.passed else ("not passed yet", "$quiet")
    what = titles.get(row.exercise, row.exercise) if row.exercise else "free session"
    return Content.assemble(
        (shown(row.client, 60), "bold"),
        (f"   {row.when}\n", "$quiet"),
        (f"{shown(what, 80)} · {turns} · ", "$quiet"),
        state,
    )
