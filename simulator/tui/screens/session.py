"""The room: the conversation, what was seen in each reply, and what is between the two."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.events import Key, Resize
from textual.widgets import Static, TextArea

from simulator.practice import Practice
from simulator.session import Exchange
from simulator.tui.errands import Failed
from simulator.tui.plain import keys
from simulator.tui.screens.page import STYLES, Page
from simulator.tui.screens.sheets import Confirm
from simulator.tui.screens.tidings import Ended, Heard, Taken, TakenBack, Warmed
from simulator.tui.showing import Showing
from simulator.tui.widgets.notice import Notice
from simulator.tui.widgets.reply_input import ReplyInput
from simulator.tui.widgets.transcript import Transcript

HINTS = (("Enter", "says it"), ("^S", "say nothing"), ("^Z", "take back"), ("^E", "end"), ("Esc", "leave"))


class Sitting(Page):
    """Sit with a client: one reply goes in, and what comes of it is shown."""

    CSS_PATH = STYLES / "room.tcss"
    KEYS = (
        ("Enter", "says your reply"),
        ("Shift+Enter, ^J", "a new line in it"),
        ("^S", "say nothing, deliberately"),
        ("^Z", "undoes typing; with nothing typed, takes the last exchange back"),
        ("F2", "how the last reply was scored, and what is between you"),
        ("F3", "shows the feedback, where it comes when you ask"),
        ("F4", "the closest exemplar of each score"),
        ("PgUp PgDn", "read back"),
        ("Tab", "to the conversation, the panel, and your reply again"),
        ("^E, F10", "end the session"),
        ("Esc", "leave; the session stays open"),
    )
    BINDINGS = [
        Binding("ctrl+s", "silence", show=False, priority=True),
        Binding("ctrl+z", "take_back", show=False, priority=True),
        Binding("ctrl+e,f10", "end", show=False, priority=True),
        Binding("f2", "panel", show=False, priority=True),
        Binding("f3", "ask", show=False, priority=True),
        Binding("f4", "unfold", show=False, priority=True),
        Binding("pageup", "read('scroll_page_up')", show=False, priority=True),
        Binding("pagedown", "read('scroll_page_down')", show=False, priority=True),
        Binding("escape", "leave", show=False, priority=True),
        Binding("enter", "go_on", show=False),
        Binding("r", "rate", show=False),
    ]

    def __init__(self, practice: Practice) -> None:
        super().__init__()
        self.practice = practice
        self._showing = Showing(practice)
        self.busy = False

    @property
    def _called(self) -> str:
        return self.practice.material.persona.value.name

    def body(self) -> ComposeResult:
        """Yield the header, the conversation beside the panel, and the reply below."""
        yield Static("", markup=False, id="header")
        with Horizontal(id="room"):
            yield Transcript(self._called)
            with VerticalScroll(id="panel", can_focus=False):
                with VerticalScroll(id="last-part"):
                    yield Static("", markup=False, id="last-reply", classes="block")
                with VerticalScroll(id="between-part"):
                    yield Static("", markup=False, id="between", classes="block")
        with Vertical(id="saying"):
            yield Notice()
            yield ReplyInput()
            yield Static("", markup=False, id="over")
            yield Static(keys(*HINTS), markup=False, classes="keys", id="session-keys")

    def on_mount(self) -> None:
        """Show what was said so far."""
        transcript = self.query_one(Transcript)
        transcript.add_client(self.practice.session.opening.text)
        for exchange in self.practice.session.exchanges:
            transcript.add_exchange(exchange)
            self._reveal(exchange)
        self.query_one(ReplyInput).focus()
        self.set_class(self._showing.panel, "-coached")
        self._refresh()
        if self.practice.over:
            self._close()

    def _reveal(self, exchange: Exchange) -> None:
        self.query_one(Transcript).reveal(exchange, self._showing.line(exchange))

    def _refresh(self) -> None:
        """Show header and panel as they are now."""
        self.query_one("#header", Static).update(self._showing.header(max(self.size.width - 4, 10)))
        self.query_one("#last-reply", Static).update(self._showing.reply())
        self.query_one("#between", Static).update(self._showing.between())

    def on_resize(self, event: Resize) -> None:
        """Set the header to the new width."""
        self._refresh()

    def on_key(self, event: Key) -> None:
        """Let what is typed go into the reply, wherever the focus is."""
        reply = self.query_one(ReplyInput)
        if event.is_printable and event.character and not reply.has_focus and reply.display and not self.busy:
            reply.focus()
            reply.insert(event.character)
            event.stop()

    # One reply.

    @on(ReplyInput.Sent)
    def _sent(self, message: ReplyInput.Sent) -> None:
        if message.text.strip():
            self._say_to_client(message.text)
        elif not self.busy:
            self.say("Nothing is typed yet. To say nothing deliberately, press ^S.")

    def action_silence(self) -> None:
        """Say nothing, deliberately; what is typed so far stays."""
        self._say_to_client("")

    def _say_to_client(self, text: str) -> None:
        if self.busy or self.practice.over:
            return
        self._hold(True)
        self.query_one(Transcript).wait()
        self.errand("turn", self._take_turn(text), Taken)

    async def _take_turn(self, text: str) -> Exchange:
        def heard(chunk: str) -> None:
            self.post_message(Heard(text, chunk))

        return await self.simulator.desk.call(self.practice.take_turn, text, heard)

    @on(Heard)
    def _hear(self, message: Heard) -> None:
        if self.busy:
            self.query_one(Transcript).hear(message.reply, message.text)

    @on(Taken)
    def _answered(self, message: Taken) -> None:
        transcript = self.query_one(Transcript)
        transcript.settle()
        transcript.add_exchange(message.exchange)
        if message.exchange.counsellor:
            self.query_one(ReplyInput).put("")
        self._hold(False)
        self._reveal(message.exchange)
        self._refresh()
        for part in self.query("#panel, #last-part, #between-part"):
            part.scroll_home(animate=False)
        if self.practice.over:
            self._close()
        else:
            self.errand("warm", self.simulator.desk.call(self.practice.warm), Warmed)

    def _hold(self, held: bool) -> None:
        self.busy = held
        self.query_one(ReplyInput).hold(held)
        if held:
            self.clear_notice()

    @on(Failed)
    def _failed(self, message: Failed) -> None:
        """Be as before: nothing was saved, and the text is still in the input."""
        self.query_one(Transcript).settle()
        self._hold(False)
        if message.errand == "end" and self.practice.over:
            self._show_over("It could not be closed yet.", ("Enter", "tries again"), ("Esc", "home"))

    @on(TextArea.Changed)
    def _typed(self) -> None:
        if not self.busy:
            self.clear_notice()

    # Taking back, feedback, reading back.

    def action_take_back(self) -> None:
        """Undo typing; with nothing typed, take the last exchange back, where that is allowed."""
        reply = self.query_one(ReplyInput)
        if self.busy:
            return
        if reply.text:
            reply.undo()
        elif self.practice.material.exercise:
            self.say("In an exercise nothing is taken back: what is said is said.")
        elif not self._showing.panel:
            self.say("Without feedback before the end, nothing is taken back.")
        else:
            self._hold(True)
            self.errand("take back", self.simulator.desk.call(self.practice.undo), TakenBack)

    @on(TakenBack)
    def _took_back(self, message: TakenBack) -> None:
        self._hold(False)
        self._showing.forget(message.exchange.number)
        self.query_one(Transcript).take_back(message.exchange.number)
        self.query_one(ReplyInput).put(message.exchange.counsellor)
        self._refresh()

    def action_panel(self) -> None:
        """Show or hide the panel: beside the conversation where there is room, else over it."""
        if not self._showing.panel:
            self.say("In this session, feedback comes in the debrief.")
            return
        self.toggle_class("-panel" if self.has_class("-narrow") else "-no-panel")

    def action_ask(self) -> None:
        """Show how the last reply was scored, where feedback comes on request."""
        if self._showing.ask():
            self._reveal(self.practice.session.exchanges[-1])
            self._refresh()
            self.add_class("-panel")
        elif self.practice.session.feedback == "full":
            self.action_panel()
        elif not self._showing.panel:
            self.say("In this session, feedback comes in the debrief.")

    def action_unfold(self) -> None:
        """Show or hide the closest exemplars."""
        self._showing.unfolded = not self._showing.unfolded
        self._refresh()

    def action_read(self, move: str) -> None:
        """Scroll what is read: the panel where it lies over the conversation, else the conversation."""
        over = self.has_class("-narrow") and self.has_class("-panel")
        read = self.query_one("#panel") if over else self.focused
        if not isinstance(read, VerticalScroll):
            read = self.query_one(Transcript)
        getattr(read, move)(animate=False)

    # The end.

    def action_leave(self) -> None:
        """Go back to home; the session stays open."""
        if self.has_class("-panel") and self.has_class("-narrow"):
            self.remove_class("-panel")
        elif not self.busy:
            self.app.pop_screen()

    def action_end(self) -> None:
        """End the session, once that is confirmed."""
        if self.busy:
            return
        if self.practice.session.ended:
            self.action_go_on()
            return
        consequence = f"{self._called} will say a last word, and the debrief follows. It cannot be gone on with."
        if self.practice.material.exercise:
            consequence += " The exercise is judged as it stands."
        sheet = Confirm("End the session here?", consequence, "ends it", "stays")
        self.app.push_screen(sheet, lambda yes: self._close() if yes else None)

    def _close(self) -> None:
        self._hold(True)
        self.errand("end", self.simulator.desk.call(self.practice.end), Ended)

    @on(Ended)
    def _over(self, message: Ended) -> None:
        self._hold(False)
        session, transcript = message.session, self.query_one(Transcript)
        if session.closing:
            transcript.add_client(session.closing.text)
        why = {"client": f"{self._called} has ended the session.", "turns": "All replies have been given."}
        said = why.get(session.ended_by or "", "You have ended the session.")
        transcript.add_remark(said)
        exercise = self.practice.material.exercise
        rated = exercise is not None and exercise.value.self_rating
        pairs = [("Enter", "rates your own replies, then the debrief" if rated else "reads the debrief")]
        pairs += [] if rated or session.feedback == "none" else [("r", "rate your own replies first")]
        self._show_over(said, *pairs, ("Esc", "home"))

    def _show_over(self, said: str, *pairs: tuple[str, str]) -> None:
        over = self.query_one("#over", Static)
        over.update(Content.assemble((said, "bold"), "\n", keys(*pairs)))
        over.display = True
        self.query_one(ReplyInput).display = False
        self.query_one("#session-keys").display = False
        self.query_one(Transcript).focus()
        self._refresh()

    def action_go_on(self) -> None:
        """Go on to the debrief once the session is over."""
        if self.practice.session.ended:
            self.simulator.open_session(self.practice.session.id, instead=True)
        elif self.practice.over and not self.busy:
            self._close()

    def action_rate(self) -> None:
        """Rate one's own replies before the debrief."""
        if self.practice.session.ended and self.practice.session.feedback != "none":
            self.simulator.open_session(self.practice.session.id, instead=True, rate=True)
