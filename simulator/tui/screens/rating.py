"""The trainee's own view, before the scores are shown: the gap between the two teaches."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from simulator.content.rubric import Criterion
from simulator.session import SelfRating
from simulator.tui.errands import Failed
from simulator.tui.plain import heading, keys, quiet, shown
from simulator.tui.screens.page import STYLES, Page
from simulator.tui.widgets.choice import Choice
from simulator.tui.widgets.notice import Notice
from simulator.tui.work import Reading

NOT_AT_STAKE = "it was not at stake"


class Rating(Page):
    """Ask for a level on each criterion."""

    CSS_PATH = STYLES / "pages.tcss"
    KEYS = (
        ("1 to 5, ← →", "the level"),
        ("↑ ↓ or Tab", "the next criterion"),
        ("Enter", "goes on to the debrief"),
        ("Esc", "home; the session can be rated later"),
    )
    BINDINGS = [
        Binding("escape", "home", show=False),
        Binding("enter", "done", show=False, priority=True),
        Binding("up", "app.focus_previous", show=False, priority=True),
        Binding("down", "app.focus_next", show=False, priority=True),
    ]

    class Rated(Message):
        """Tell that the rating is kept."""

        def __init__(self, _: None) -> None:
            super().__init__()

    def __init__(self, reading: Reading) -> None:
        super().__init__()
        self._reading = reading
        self._criteria = reading.material.rubric.value.criteria

    def body(self) -> ComposeResult:
        """Yield a row of levels for each criterion."""
        name = shown(self._reading.material.persona.value.name, 60)
        with VerticalScroll(id="paper", can_focus=False), Vertical(id="sheet"):
            yield Static(heading("Before you see the scores"), markup=False)
            yield Static(
                quiet(f"How do you think your replies reached {name}, over the whole session?"),
                markup=False,
                classes="block",
            )
            for criterion in self._criteria:
                yield from self._row(criterion)
        with Vertical(id="beginning"):
            yield Notice()
            yield Static(
                keys(("1-5", "level"), ("↑ ↓", "criterion"), ("Enter", "debrief"), ("Esc", "home")), markup=False
            )

    def _row(self, criterion: Criterion) -> ComposeResult:
        yield Static(Content.styled(shown(criterion.name), "bold"), markup=False)
        options = [criterion.words[level] for level in range(1, 6)]
        if criterion.applies == "at_stake":
            options.append(NOT_AT_STAKE)
        yield Choice(options, None, numbered=True, id=f"rate-{criterion.id}")
        yield Static(quiet(criterion.about), markup=False, classes="block", id=f"means-{criterion.id}")

    def on_mount(self) -> None:
        """Begin with the first criterion."""
        self.query(Choice).first().focus()

    @on(Choice.Changed)
    def _chose(self, message: Choice.Changed) -> None:
        for criterion in self._criteria:
            if message.choice.id == f"rate-{criterion.id}" and message.choice.chosen is not None:
                level = message.choice.chosen + 1
                means = criterion.levels[level] if level <= 5 else "No limit came up, and none slipped."
                self.query_one(f"#means-{criterion.id}", Static).update(Content(shown(means)))
        self.clear_notice()

    def action_done(self) -> None:
        """Keep the rating and go on; ask for what is still missing."""
        levels: dict[str, int] = {}
        for criterion in self._criteria:
            choice = self.query_one(f"#rate-{criterion.id}", Choice)
            if choice.chosen is None:
                choice.focus()
                self.say(f"What would you say of {criterion.name}?")
                return
            if choice.chosen < 5:
                levels[criterion.id] = choice.chosen + 1
        desk = self.simulator.desk
        self.errand("rate", desk.rate(self._reading.session.id, SelfRating(levels=levels)), self.Rated)

    @on(Rated)
    def _go(self) -> None:
        self.simulator.open_session(self._reading.session.id, instead=True)

    @on(Failed)
    def _stay(self) -> None:
        self.query(Choice).first().focus()

    def action_home(self) -> None:
        """Go home."""
        self.app.pop_screen()
