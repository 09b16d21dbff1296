"""The conductor: one reply goes in; it is scored, felt, answered and saved, in that order, by one method.

The app, the command line and tests all go through it. What has been shown has been saved; on failure nothing is saved
and the session is as before.
"""

from __future__ import annotations

import datetime
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from simulator import alliance
from simulator.clients.engine import Engine, Moment
from simulator.content.authored import Feedback, Stage
from simulator.content.exercise import Exercise
from simulator.content.library import Kind, Library, Loaded, restore
from simulator.content.persona import Persona
from simulator.content.rubric import Rubric
from simulator.errors import ContentError, ReplyError, UsageError
from simulator.session import (
    ClientState,
    Cue,
    Exchange,
    Reply,
    Scores,
    SelfRating,
    Session,
    Utterance,
    Verdict,
)
from simulator.verdict import judge

MOST_CHARACTERS = 4000
"""Longer replies are refused: nobody says that much at once, and no score would mean anything."""
DEFAULT_RUBRIC = "core"
JOINERS = "\u200c\u200d"
"""Invisible, but part of how Persian, some Indic scripts and many emoji are written."""


class Scoring(Protocol):
    """Score replies by a rubric; ``scoring.scorer.Scorer`` does."""

    @property
    def digest(self) -> str:
        """The SHA-256 of what scores."""
        ...

    def score(self, client: str, reply: str, at_stake: bool = False) -> Scores:
        """Score one reply to what the client said."""
        ...


class Listening(Protocol):
    """Take in what a reply is about; ``scoring.topics.Topics`` does."""

    def read(self, text: str) -> Reply:
        """Return the reply with its closeness to the client's topics."""
        ...


class Keeping(Protocol):
    """Keep sessions; ``records.store.Store`` does."""

    def begin(self, session: Session, contents: list[tuple[str, str, str, Any]]) -> None:
        """Keep a new session."""
        ...

    def append(self, session_id: str, exchange: Exchange) -> None:
        """Keep an exchange, whole or not at all."""
        ...

    def undo(self, session_id: str, number: int) -> None:
        """Take the last exchange back."""
        ...

    def finish(
        self, session_id: str, ended: str, ended_by: str, closing: Utterance | None, verdict: Verdict | None
    ) -> None:
        """Keep that a session is over."""
        ...

    def rate(self, session_id: str, self_rating: SelfRating) -> None:
        """Keep the trainee's own view."""
        ...

    def content(self, digest: str) -> Any:
        """Return the authored content of a digest, as it was."""
        ...


@dataclass(frozen=True)
class Material:
    """Hold the authored content of a session."""

    persona: Loaded[Persona]
    rubric: Loaded[Rubric]
    exercise: Loaded[Exercise] | None = None

    @property
    def stage(self) -> Stage:
        """The stage in which the session begins."""
        return self.exercise.value.stage if self.exercise else self.persona.value.start.stage

    def contents(self) -> list[tuple[str, str, str, Any]]:
        """List what a session keeps of its content: kind, id, digest and plain data."""
        kept: list[tuple[str, str, str, Any]] = [
            ("persona", self.persona.value.id, self.persona.digest, self.persona.data),
            ("rubric", self.rubric.value.id, self.rubric.digest, self.rubric.data),
        ]
        if self.exercise:
            kept.append(("exercise", self.exercise.value.id, self.exercise.digest, self.exercise.data))
        return kept


def find(library: Library, name: str) -> Material:
    """Find a persona or an exercise by id or path, with all that it needs; raise ContentError where there is none."""
    if _kind(library, name) == "exercise":
        exercise = library.exercise(name)
        persona, rubric = library.persona(exercise.value.persona), library.rubric(exercise.value.rubric)
        wrong = exercise.value.contradictions_with(persona.value, rubric.value)
        if wrong:
            raise ContentError(f"the exercise '{name}' cannot be used: {wrong[0][1]} (simulator check says more)")
        return Material(persona, rubric, exercise)
    return Material(library.persona(name), library.rubric(DEFAULT_RUBRIC))


def _kind(library: Library, name: str) -> Kind:
    if name in library.files("persona"):
        return "persona"
    if name in library.files("exercise"):
        return "exercise"
    if name.endswith((".yaml", ".yml")):
        from simulator.content import strict_yaml

        data = strict_yaml.load(library.path("persona", name)).data
        return "exercise" if isinstance(data, dict) and data.get("schema") == "exercise/1" else "persona"
    known = sorted([*library.files("persona"), *library.files("exercise")])
    from simulator.content.authored import nearest

    raise ContentError(f"there is no client or exercise '{name}'{nearest(name, known)} (known: {', '.join(known)})")


def kept_material(store: Keeping, session: Session) -> Material:
    """Return the content of a session as it was when the session began."""
    exercise = restore("exercise", store.content(session.exercise_digest)) if session.exercise_digest else None
    return Material(
        restore("persona", store.content(session.persona_digest)),
        restore("rubric", store.content(session.rubric_digest)),
        exercise,
    )


def clock() -> str:
    """Return the time now, in UTC, as ISO 8601."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")


class Practice:
    """Conduct one session: the only way in which a reply reaches a client."""

    def __init__(
        self,
        session: Session,
        material: Material,
        scorer: Scoring,
        topics: Listening,
        engine: Engine,
        store: Keeping,
        now: Callable[[], str] = clock,
    ) -> None:
        """Go on with a session that has been begun; a new one is made by ``start``."""
        self.session = session
        self.material = material
        self._scorer, self._topics, self._engine, self._store, self._now = scorer, topics, engine, store, now

    @classmethod
    def start(
        cls,
        material: Material,
        scorer: Scoring,
        topics: Listening,
        engine: Engine,
        store: Keeping,
        *,
        seed: int | None = None,
        feedback: Feedback | None = None,
        now: Callable[[], str] = clock,
    ) -> Practice:
        """Begin a session: the client says her first words, and the session is kept."""
        persona, exercise = material.persona.value, material.exercise.value if material.exercise else None
        seed = secrets.randbelow(2**31) if seed is None else seed
        state = _first_state(persona, exercise)
        moment = Moment(persona, state, alliance.opening_cue(state), (), (), seed)
        session = Session(
            id=secrets.token_hex(4),
            started=now(),
            persona=persona.id,
            persona_digest=material.persona.digest,
            rubric=material.rubric.value.id,
            rubric_digest=material.rubric.digest,
            exercise=exercise.id if exercise else None,
            exercise_digest=material.exercise.digest if material.exercise else None,
            scorer_digest=scorer.digest,
            engine=engine.name,
            seed=seed,
            # Only an exercise can turn feedback off: practice without it makes novices worse (COUNSELLING.md).
            feedback=exercise.feedback if exercise else feedback or "full",
            start=state,
            opening=_spoken(engine, moment, None),
        )
        store.begin(session, material.contents())
        return cls(session, material, scorer, topics, engine, store, now)

    @property
    def turns_left(self) -> int | None:
        """How many replies the exercise still has room for; None in a free session."""
        if self.material.exercise is None:
            return None
        return max(self.material.exercise.value.turns - len(self.session.exchanges), 0)

    @property
    def over(self) -> bool:
        """Whether nothing more can be said: the client has ended it, or the turns are used up."""
        return self.session.ended is not None or self.session.state.ended is not None or self.turns_left == 0

    def take_turn(self, text: str, on_text: Callable[[str], None] | None = None) -> Exchange:
        """Score a reply, let the client take it in and answer, and save all of it; empty text is silence.

        ``on_text`` is given the client's words as they come. Raises ReplyError for a reply that cannot be taken,
        UsageError when the session is over, EngineError and StoreError with nothing saved.
        """
        if self.over:
            raise UsageError("the session is over; nothing more can be said")
        text = readable(text)
        session, state, persona = self.session, self.session.state, self.material.persona.value
        scores = self._scorer.score(session.last_words, text, at_stake=state.probe is not None)
        step = alliance.advance(persona, state, scores, self._topics.read(text))
        client = _spoken(self._engine, self._moment(step.state, step.cue, text), on_text)
        exchange = Exchange(
            number=len(session.exchanges) + 1,
            counsellor=text,
            scores=scores,
            events=step.events,
            state=step.state,
            client=client,
            at=self._now(),
        )
        self._store.append(session.id, exchange)
        self.session = session.model_copy(update={"exchanges": (*session.exchanges, exchange)})
        return exchange

    def warm(self) -> None:
        """Read what the client said last while the trainee thinks, so that the next reply is scored sooner."""
        self._topics.read(self.session.last_words)

    def undo(self) -> Exchange:
        """Take the last exchange back and return it; raise UsageError where there is none or the session is closed."""
        if not self.session.exchanges or self.session.ended:
            raise UsageError("there is nothing to take back")
        last = self.session.exchanges[-1]
        self._store.undo(self.session.id, last.number)
        self.session = self.session.model_copy(update={"exchanges": self.session.exchanges[:-1]})
        return last

    def end(self) -> Session:
        """Close the session: last words, the verdict of an exercise, and both are kept; closing twice changes nothing."""
        session, state = self.session, self.session.state
        if session.ended:
            return session
        ended_by: Literal["counsellor", "client", "turns"] = "counsellor"
        closing: Utterance | None = None
        if state.ended:
            # The client's last answer already was a goodbye.
            ended_by = "client"
        else:
            ended_by = "turns" if self.turns_left == 0 else "counsellor"
            closing = _spoken(self._engine, self._moment(state, alliance.closing_cue(state), ""), None)
        exercise = self.material.exercise.value if self.material.exercise else None
        verdict = judge(exercise, self.material.rubric.value, session) if exercise else None
        ended = self._now()
        self._store.finish(session.id, ended, ended_by, closing, verdict)
        changes = {"ended": ended, "ended_by": ended_by, "closing": closing, "verdict": verdict}
        self.session = session.model_copy(update=changes)
        return self.session

    def rate(self, levels: dict[str, int]) -> None:
        """Keep how the trainee rates the session, from 1 to 5 by criterion."""
        rating = SelfRating(levels=levels)
        self._store.rate(self.session.id, rating)
        self.session = self.session.model_copy(update={"self_rating": rating})

    def _moment(self, state: ClientState, cue: Cue, text: str) -> Moment:
        session = self.session
        history = [("", session.opening.text), *((one.counsellor, one.client.text) for one in session.exchanges)]
        return Moment(self.material.persona.value, state, cue, session.said, [*history, (text, "")], session.seed)


def readable(text: str) -> str:
    """Return a reply with its ends trimmed and without characters that cannot be seen; raise ReplyError if far too long."""
    if len(text) > MOST_CHARACTERS:
        raise ReplyError(
            f"that reply has {len(text):,} characters; at most {MOST_CHARACTERS:,} can be taken at once. "
            "Say the part that matters most now."
        )
    return "".join(letter if letter.isprintable() or letter in JOINERS else " " for letter in text).strip()


def _first_state(persona: Persona, exercise: Exercise | None) -> ClientState:
    if exercise is None:
        return alliance.begin(persona)
    start = exercise.start
    return alliance.begin(persona, exercise.stage, start.trust, start.disclosed, start.covered)


def _spoken(engine: Engine, moment: Moment, on_text: Callable[[str], None] | None) -> Utterance:
    texts, lines = [], []
    for chunk in engine.reply(moment):
        texts.append(chunk.text)
        if chunk.line:
            lines.append(chunk.line)
        if on_text:
            on_text(chunk.text)
    return Utterance(text=" ".join(texts), lines=tuple(lines))
