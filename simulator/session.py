"""What is recorded: scores, the client's state and its events, exchanges and sessions.

Every record is frozen and turns into JSON and back without loss, so that a saved session can be read, replayed and
scored again.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from simulator.content.authored import Feedback, Mark, Stage
from simulator.content.rubric import Behaviour


class Record(BaseModel):
    """Hold recorded data: frozen, and closed to keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Evidence(Record):
    """Point at the words that moved a score."""

    start: int
    """Where the words begin in the reply, in characters from 0."""
    end: int
    """Where they end, exclusive."""
    text: str
    """The words."""
    effect: Literal["raises", "lowers"]
    """Which way they moved it."""


class Neighbour(Record):
    """Hold an exemplar that is close to the reply, as grounds for its score."""

    client: str
    """What the client had said in the exemplar."""
    reply: str
    """What was answered in the exemplar."""
    level: float
    """The exemplar's level, 1 to 5."""
    note: str | None
    """Why the exemplar is at that level."""
    closeness: float
    """Cosine of exemplar and reply, -1 to 1."""


Unscored = Literal["too_short", "not_understood", "not_at_stake", "no_exemplars"]


class CriterionScore(Record):
    """Hold the score of one reply on one criterion, with its grounds."""

    level: float | None
    """The level, 1 to 5; None where the reply is not scored on this."""
    confidence: float | None
    """The chance, 0 to 1, that the level is within one of the exemplars' own, as measured on exemplars held out."""
    reason: str
    """Why, in one sentence for the trainee."""
    unscored: Unscored | None = None
    """Why there is no level."""
    evidence: tuple[Evidence, ...] = ()
    """The words that moved it, strongest first."""
    nearest: tuple[Neighbour, ...] = ()
    """The exemplars closest to it, closest first."""


class Scores(Record):
    """Hold everything that was seen in one reply."""

    behaviour: Behaviour
    """The one kind of behaviour that sums the reply up."""
    codes: dict[str, float]
    """The probability, 0 to 1, of each code of the rubric."""
    criteria: dict[str, CriterionScore]
    """The score on each criterion of the rubric."""

    def level(self, criterion: str) -> float | None:
        """Return the level on a criterion, 1 to 5, or None where there is none."""
        score = self.criteria.get(criterion)
        return score.level if score else None

    def has(self, code: str, at_least: float = 0.5) -> bool:
        """Tell whether a code holds."""
        return self.codes.get(code, 0.0) >= at_least


class Reply(Record):
    """Hold what the counsellor said as the client takes it in."""

    text: str
    """The words; empty for silence."""
    topics: dict[str, float] = {}
    """How near the words come to each disclosure's topics, -1 to 1, by disclosure id."""


class Rupture(Record):
    """Hold a strain in the relationship that has not been mended."""

    sensitivity: str
    """The sore place that was touched."""
    shows_as: Literal["withdrawal", "confrontation"]
    """How it shows."""
    trust_before: float
    """Trust when it came, 0 to 1."""
    since: int
    """The turn in which it came."""
    eased: float = 0.0
    """How much of it has been mended, 0 to 1."""


class ClientState(Record):
    """Hold where the client stands between two turns."""

    turn: int = 0
    """Replies taken in so far."""
    stage: Stage
    """The stage of the relationship."""
    stage_since: int = 0
    """The turn in which this stage began."""
    trust: float = Field(ge=0, lt=1)
    """How safe it feels, 0 to below 1."""
    bond: float = Field(default=0.2, ge=0, le=1)
    """The emotional bond of the working alliance."""
    goals: float = Field(default=0.0, ge=0, le=1)
    """Agreement on goals."""
    tasks: float = Field(default=0.0, ge=0, le=1)
    """Collaboration on tasks."""
    strain: float = Field(default=0.0, ge=0, le=1)
    """What has been borne lately without a rupture."""
    disclosed: tuple[str, ...] = ()
    """Disclosures made, in order."""
    last_told: int = -10
    """The turn of the latest disclosure."""
    covered: tuple[Mark, ...] = ()
    """What has been spoken of, in order."""
    rupture: Rupture | None = None
    """The open rupture."""
    ruptures: int = 0
    """Ruptures so far."""
    repairs: int = 0
    """Ruptures mended so far."""
    probe: str | None = None
    """The boundary that the client has just tested and waits for an answer on."""
    probed: tuple[str, ...] = ()
    """Boundaries tested so far, in order."""
    last_probe: int = 0
    """The turn of the latest probe."""
    last_nudge: int = 0
    """The turn of the latest nudge."""
    questions: int = 0
    """Closed questions in a row, up to the latest reply."""
    silences: int = 0
    """Silences and bare sounds in a row, up to the latest reply."""
    parting: bool = False
    """Whether the counsellor has spoken of ending or said goodbye."""
    ended: Literal["agreed", "abrupt"] | None = None
    """How the client has ended the session."""


EventKind = Literal[
    "trust", "bond", "goals", "tasks", "told", "declined", "covered", "stage", "touched", "rupture", "repair",
    "probe", "limit", "ended",
]  # fmt: skip


class Event(Record):
    """Hold one change of the client's state and its reason."""

    kind: EventKind
    """What changed."""
    about: str | None = None
    """The id of what it is about: a disclosure, a sensitivity, a probe, a stage, a mark."""
    change: float | None = None
    """By how much, for quantities."""
    reason: str
    """Why, in the counsellor's terms."""


class Cue(Record):
    """Say what the client is to express; an engine finds the words."""

    sources: tuple[str, ...]
    """The places of the persona's lines to speak from, in order, such as ``disclosures.exam.lines``."""
    openness: float = 0.5
    """How open the client is while saying it, 0 to 1."""


class Step(Record):
    """Hold what one reply has led to."""

    state: ClientState
    """The state afterwards."""
    events: tuple[Event, ...]
    """What changed, and why."""
    cue: Cue
    """What the client is to express."""


class Utterance(Record):
    """Hold what the client said and which authored lines it came from."""

    text: str
    """The words."""
    lines: tuple[str, ...] = ()
    """The authored lines used, such as ``disclosures.exam.lines#0``."""


class Exchange(Record):
    """Hold one turn: the reply, its scores, what changed, and the client's answer."""

    number: int
    """Counted from 1."""
    counsellor: str
    """The counsellor's reply; empty for silence."""
    scores: Scores
    """What was seen in the reply."""
    events: tuple[Event, ...]
    """What changed in the client, and why."""
    state: ClientState
    """The client's state afterwards."""
    client: Utterance
    """The client's answer."""
    at: str
    """When, in UTC, as ISO 8601."""


class ItemOutcome(Record):
    """Hold whether one item of a pass rule was met."""

    id: str
    """The item's id, or the criterion's for a minimum."""
    say: str
    """The item in words."""
    met: bool
    """Whether it was met."""
    starred: bool
    """Whether it decides."""
    why: str
    """The grounds, with turn numbers."""


class Verdict(Record):
    """Hold whether an exercise was passed, and why."""

    passed: bool
    """Whether it was passed."""
    items: tuple[ItemOutcome, ...]
    """Every minimum, must and must-not, in the exercise's order."""


class SelfRating(Record):
    """Hold how the trainee rated the session before seeing its scores."""

    levels: dict[str, int]
    """The level for each criterion, 1 to 5."""


class Session(Record):
    """Hold one sitting with a client."""

    id: str
    """A short identifier."""
    started: str
    """When, in UTC, as ISO 8601."""
    persona: str
    """The persona's id."""
    persona_digest: str
    """The SHA-256 of the persona as it was."""
    rubric: str
    """The rubric's id."""
    rubric_digest: str
    """The SHA-256 of the rubric as it was."""
    exercise: str | None = None
    """The exercise's id; None in a free session."""
    exercise_digest: str | None = None
    """The SHA-256 of the exercise as it was."""
    scorer_digest: str
    """The SHA-256 of what scored: rubric, encoder weights and fitted heads."""
    engine: str = "scripted"
    """What found the client's words."""
    seed: int
    """The seed of the client's choices."""
    feedback: Feedback
    """When feedback was shown."""
    start: ClientState
    """The client's state before the first reply."""
    opening: Utterance
    """The client's first words."""
    exchanges: tuple[Exchange, ...] = ()
    """The turns so far."""
    closing: Utterance | None = None
    """The client's last words; None while the session is open."""
    ended: str | None = None
    """When it ended, in UTC, as ISO 8601; None while it is open."""
    ended_by: Literal["counsellor", "client", "turns"] | None = None
    """Who or what ended it."""
    verdict: Verdict | None = None
    """Whether the exercise was passed."""
    self_rating: SelfRating | None = None
    """The trainee's own view."""

    @property
    def state(self) -> ClientState:
        """The client's state now."""
        return self.exchanges[-1].state if self.exchanges else self.start

    @property
    def last_words(self) -> str:
        """What the client said last."""
        return (self.exchanges[-1].client if self.exchanges else self.opening).text

    @property
    def said(self) -> tuple[str, ...]:
        """The authored lines used so far, in order."""
        spoken = [self.opening, *(exchange.client for exchange in self.exchanges)]
        return tuple(line for utterance in spoken for line in utterance.lines)
