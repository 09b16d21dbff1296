"""The briefing: what a counsellor knows before the session; the encoder gets ready meanwhile."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Button, Static

from simulator.content.authored import Feedback
from simulator.practice import Material, Practice
from simulator.tui import beforehand, words
from simulator.tui.desk import Listening
from simulator.tui.errands import Failed
from simulator.tui.plain import heading, keys, quiet
from simulator.tui.screens.page import STYLES, Page
from simulator.tui.widgets.block import widgets
from simulator.tui.widgets.choice import Choice
from simulator.tui.widgets.notice import Notice
from simulator.tui.work import Reading

FREE: tuple[Feedback, ...] = ("full", "request", "end")
"""How feedback may come in a free session: only an exercise can turn it off."""


class Briefing(Page):
    """Tell what is known of a client, and begin."""

    CSS_PATH = STYLES / "pages.tcss"
    KEYS = (
        ("Enter", "begins the session, as soon as it is ready to listen"),
        ("↑ ↓ PgUp PgDn", "read on"),
        ("← →", "when feedback comes, in a free session"),
        ("Esc", "goes back"),
    )
    BINDINGS = [
        Binding("escape", "back", show=False),
        Binding("enter", "begin", show=False, priority=True),
        Binding("up", "read('scroll_up')", show=False, priority=True),
        Binding("down", "read('scroll_down')", show=False, priority=True),
        Binding("pageup", "read('scroll_page_up')", show=False, priority=True),
        Binding("pagedown", "read('scroll_page_down')", show=False, priority=True),
        Binding("home", "read('scroll_home')", show=False, priority=True),
        Binding("end", "read('scroll_end')", show=False, priority=True),
        Binding("left", "feedback(-1)", show=False),
        Binding("right", "feedback(1)", show=False),
        Binding("question_mark", "app.keys", show=False),
    ]

    class Found(Message):
        """Bring the content of the session."""

        def __init__(self, material: Material) -> None:
            self.material = material
            super().__init__()

    class Begun(Message):
        """Bring the session that has begun."""

        def __init__(self, practice: Practice) -> None:
            self.practice = practice
            super().__init__()

    def __init__(self, name: str, seed: int | None, feedback: Feedback | None, kept: Reading | None = None) -> None:
        """Take the id of a client or an exercise; with ``kept``, an open session is gone on with at once."""
        super().__init__()
        self._wanted_name, self._seed, self._kept = name, seed, kept
        self._feedback: Feedback = feedback if feedback in FREE else "full"
        self.material: Material | None = kept.material if kept else None
        self._listening: Listening | None = None
        self._wanted = False
        self._explained: Exception | None = None

    def body(self) -> ComposeResult:
        """Yield the text, and the line with the button below it."""
        with VerticalScroll(id="paper"):
            yield Vertical(id="sheet")
        with Vertical(id="beginning"):
            yield Notice()
            yield Static(quiet("Getting ready to listen…"), markup=False, id="readiness")
            with Horizontal(id="buttons"):
                yield Button("Go on" if self._kept else "Begin", id="begin")
                yield Static(keys(("Enter", "begins"), ("↑ ↓", "read"), ("Esc", "back")), markup=False, classes="keys")

    def on_mount(self) -> None:
        """Fetch the content."""
        self.query_one("#begin").focus()
        self.set_interval(0.15, self._look)
        if self.material is not None:
            self._fill(self.material)
            self._listening = self.simulator.desk.prepare(self.material.rubric)
            self.action_begin()
        else:
            self.errand("find", self.simulator.desk.find(self._wanted_name), self.Found)

    @on(Found)
    def _take(self, message: Found) -> None:
        self.material = message.material
        self._listening = self.simulator.desk.prepare(message.material.rubric)
        self._fill(message.material)

    def _fill(self, material: Material) -> None:
        kept = self._kept.session if self._kept else None
        sheet = self.query_one("#sheet")
        sheet.mount(Static(beforehand.title(material), markup=False, classes="block"))
        sheet.mount(*widgets(beforehand.sections(material, kept)))
        given = kept.feedback if kept else material.exercise.value.feedback if material.exercise else None
        sheet.mount(Static(heading("Feedback"), markup=False))
        if given is None:
            sheet.mount(Choice([words.FEEDBACK[mode] for mode in FREE], FREE.index(self._feedback), id="feedback"))
        note = words.FEEDBACK_NOTE[given or self._feedback]
        sheet.mount(Static(Content(note), markup=False, classes="block", id="feedback-note"))
        sheet.mount(Static(beforehand.caution(), markup=False, classes="block"))

    @on(Choice.Changed, "#feedback")
    def _chose(self, message: Choice.Changed) -> None:
        self._feedback = FREE[message.choice.chosen or 0]
        self.query_one("#feedback-note", Static).update(Content(words.FEEDBACK_NOTE[self._feedback]))

    def action_feedback(self, by: int) -> None:
        """Choose when feedback comes."""
        for choice in self.query(Choice):
            choice.action_move(by)

    def action_read(self, move: str) -> None:
        """Scroll the text, wherever the focus is."""
        getattr(self.query_one("#paper"), move)()

    def _look(self) -> None:
        """Say how far getting ready has come; begin where that was waited for."""
        if self._listening is None:
            return
        error = self._listening.error
        if error is not None and error is not self._explained:
            self._explained = error
            self.simulator.explain(error)
        text = self._listening.words()
        if self._wanted and not self._listening.ready and not self._listening.failed:
            text += "  The session begins as soon as that is done."
        self.query_one("#readiness", Static).update(quiet(text))
        self.query_one("#begin").set_class(self._listening.ready, "-ready")

    @on(Button.Pressed, "#begin")
    def _pressed(self) -> None:
        self.action_begin()

    def action_begin(self) -> None:
        """Begin, now or as soon as it is ready to listen."""
        if self.material is None or self._wanted:
            return
        self._wanted = True
        self.clear_notice()
        self._listening = self.simulator.desk.prepare(self.material.rubric)
        desk = self.simulator.desk
        if self._kept is not None:
            self.errand("begin", desk.resume(self._kept), self.Begun)
        else:
            self.errand("begin", desk.begin(self.material, self._seed, self._feedback), self.Begun)
        self._look()

    @on(Begun)
    def _go(self, message: Begun) -> None:
        from simulator.tui.screens.session import Sitting

        self.app.switch_screen(Sitting(message.practice))

    @on(Failed)
    def _again(self, message: Failed) -> None:
        self._wanted = False

    def action_back(self) -> None:
        """Go back to home."""
        self.app.pop_screen()
