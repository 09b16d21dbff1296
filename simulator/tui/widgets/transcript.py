"""The conversation so far, as it was said."""

from __future__ import annotations

from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from simulator.session import Exchange
from simulator.tui.plain import marked, quiet, said, shown

NAME = 12


class Speech(Horizontal):
    """Show who speaks and what is said; what was seen in a reply stands under it."""

    def __init__(self, name: str, words: Content, kind: str) -> None:
        self._said = Static(words, markup=False, classes="words")
        self._seen = Static("", markup=False, classes="seen")
        who = Static(Content(shown(name, NAME)), markup=False, classes="who")
        super().__init__(who, Vertical(self._said, self._seen, classes="what"), classes=f"speech {kind}")

    def speak(self, words: Content) -> None:
        """Show other words."""
        self._said.update(words)

    def score(self, seen: Content | None) -> None:
        """Show what was seen in the reply, or nothing."""
        self._seen.update(seen or "")
        self._seen.display = seen is not None


class Transcript(VerticalScroll):
    """Hold the conversation, and keep its end in sight."""

    def __init__(self, name: str) -> None:
        super().__init__(id="transcript")
        self._client = name
        self._turns: dict[int, tuple[Speech, Speech]] = {}
        self._pending: list[Widget] = []
        self._heard: list[str] = []

    def on_mount(self) -> None:
        """Stay at the end as the conversation grows."""
        self.anchor()

    def add_client(self, text: str) -> None:
        """Add what the client said."""
        self.mount(Speech(self._client, said(text), "client"))

    def add_exchange(self, exchange: Exchange) -> None:
        """Add a reply and its answer."""
        reply = Speech("You", reply_words(exchange.counsellor), "counsellor")
        answer = Speech(self._client, said(exchange.client.text), "client")
        self._turns[exchange.number] = (reply, answer)
        self.mount(reply, answer)

    def add_remark(self, text: str) -> None:
        """Add a remark that nobody says."""
        self.mount(Static(quiet(text), markup=False, classes="remark"))

    def wait(self) -> None:
        """Show that the client is thinking."""
        self._heard = []
        thinking = Static(quiet(f"{self._client} is thinking…"), markup=False, classes="remark thinking")
        self._pending = [thinking]
        self.mount(thinking)

    def hear(self, reply: str, chunk: str) -> None:
        """Show the client's words as they come, under the reply that they answer."""
        if not self._pending:
            return
        self._heard.append(chunk)
        words = said(" ".join(self._heard))
        last = self._pending[-1]
        if isinstance(last, Speech):
            last.speak(words)
            return
        last.remove()
        self._pending = [Speech("You", reply_words(reply), "counsellor"), Speech(self._client, words, "client")]
        self.mount(*self._pending)

    def settle(self) -> None:
        """Take away what was shown while waiting."""
        for widget in self._pending:
            widget.remove()
        self._pending = []

    def take_back(self, number: int) -> None:
        """Take the reply and the answer of a turn away."""
        for speech in self._turns.pop(number, ()):
            speech.remove()

    def reveal(self, exchange: Exchange, seen: Content | None) -> None:
        """Show what was seen in a reply, and mark the words that moved it; or, with None, neither."""
        evidence = [one for score in exchange.scores.criteria.values() for one in score.evidence]
        reply, _ = self._turns[exchange.number]
        if exchange.counsellor and seen is not None:
            reply.speak(marked(exchange.counsellor, evidence))
        reply.score(seen)


def reply_words(text: str) -> Content:
    """Set a reply, or that nothing was said."""
    return Content(shown(text)) if text else Content.styled("(says nothing)", "italic $quiet")
