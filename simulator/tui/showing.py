"""What may be shown in a session, and when: the feedback mode decides, here and nowhere else."""

from __future__ import annotations

from textual.content import Content

from simulator.practice import Practice
from simulator.session import Exchange, Session
from simulator.tui import between, seen, words
from simulator.tui.plain import keys


class Showing:
    """Turn a session into what its feedback mode lets the trainee see."""

    def __init__(self, practice: Practice) -> None:
        self._practice = practice
        self._asked: set[int] = set()
        self.unfolded = False

    @property
    def session(self) -> Session:
        """The session as it is now."""
        return self._practice.session

    @property
    def panel(self) -> bool:
        """Whether there is feedback before the debrief at all."""
        return self.session.feedback in ("full", "request")

    def ask(self) -> bool:
        """Show the last reply's feedback where it comes on request; tell whether that changed anything."""
        exchanges = self.session.exchanges
        if self.session.feedback != "request" or not exchanges or exchanges[-1].number in self._asked:
            return False
        self._asked.add(exchanges[-1].number)
        return True

    def forget(self, number: int) -> None:
        """Forget that feedback was asked for in a turn that was taken back."""
        self._asked.discard(number)

    def visible(self, exchange: Exchange) -> bool:
        """Tell whether a reply's feedback may be shown."""
        mode = self.session.feedback
        return mode == "full" or (mode == "request" and exchange.number in self._asked)

    def seen_session(self) -> Session:
        """Return the session up to the last reply whose feedback may be shown."""
        last = max((one.number for one in self.session.exchanges if self.visible(one)), default=0)
        return self.session.model_copy(update={"exchanges": self.session.exchanges[:last]})

    def line(self, exchange: Exchange) -> Content | None:
        """Set the line under a reply, or None where nothing may be shown."""
        if not self.visible(exchange):
            return None
        line = seen.line(exchange, self._practice.material.rubric.value)
        place = exchange.number - 2
        more = between.brief(exchange, self.session.exchanges[place].state if place >= 0 else self.session.start)
        return Content.assemble(line, (" · ", "$faint"), more) if more else line

    def header(self, width: int) -> Content:
        """Set the line above the conversation."""
        practice, exercise = self._practice, self._practice.material.exercise
        return between.header(
            practice.material.persona.value,
            # A change of stage is feedback too: where that is hidden, the stage is the one the session began in.
            self.seen_session().state.stage,
            len(self.session.exchanges) + (0 if practice.over else 1),
            exercise.value.turns if exercise else None,
            words.FEEDBACK_SHORT[self.session.feedback],
            width,
        )

    def reply(self) -> Content:
        """Set what was seen in the last reply that may be shown."""
        shown = self.seen_session().exchanges
        if not shown:
            text = seen.nothing_yet(self._practice.material.persona.value.name)
        else:
            text = seen.reply(shown[-1], self._practice.material.rubric.value, self.unfolded)
            fold = "folds the exemplars" if self.unfolded else "shows a close exemplar for each"
            if any(score.nearest for score in shown[-1].scores.criteria.values()):
                text = Content.assemble(text, "\n\n", keys(("F4", fold)))
        if self.session.feedback == "request" and len(shown) < len(self.session.exchanges):
            return Content.assemble(keys(("F3", "shows how your last reply was scored")), "\n\n", text)
        return text

    def between(self) -> Content:
        """Set what is between the two, as far as it may be shown."""
        shown = self.seen_session()
        if self.session.feedback == "request" and not shown.exchanges:
            return Content("")
        return between.relationship(shown, self._practice.material.persona.value)
