"""What the figures of a session are; ``summary.summarise`` works them out."""

from __future__ import annotations

from typing import Literal

from simulator.content.authored import Stage
from simulator.content.rubric import Behaviour
from simulator.session import Record, Unscored

Trend = Literal["rising", "steady", "falling"]


class Moment(Record):
    """Point at one reply and what it was worth on one criterion."""

    turn: int
    """The turn."""
    criterion: str
    """The criterion's id."""
    level: float
    """The level, 1 to 5."""
    client: str
    """What the client had just said."""
    counsellor: str
    """The reply."""
    reason: str
    """Why it is at that level."""


class Profile(Record):
    """Hold how the replies were spread on one criterion."""

    criterion: str
    """The criterion's id."""
    name: str
    """What screens call it."""
    scored: int
    """Replies with a level."""
    unscored: dict[Unscored, int]
    """Replies without a level, by why; they count for nothing else here."""
    counts: tuple[int, int, int, int, int]
    """Scored replies at each level, 1 to 5. Half a level short does not reach the next."""
    shares: tuple[float, float, float, float, float]
    """The same as shares of the scored replies, 0 to 1."""
    middle: float | None
    """The level that half of the scored replies reach (the median)."""
    below: float | None
    """The share, 0 to 1, of scored replies below the least that should be offered."""
    first: float | None
    """The mean level of the first third of the scored replies; None with fewer than six."""
    last: float | None
    """The mean level of the last third; None with fewer than six."""
    trend: Trend | None
    """Where it went from the first third to the last."""
    worst: Moment | None
    """The reply with the lowest level; of several, the one that cost most trust."""
    best: Moment | None
    """The reply with the highest level; of several, the one that earned most trust."""
    self_rated: int | None
    """The trainee's own level for the session."""


class Happening(Record):
    """Hold one thing that happened between the two, and why."""

    turn: int
    """The turn."""
    about: str | None
    """The id of what it is about: a disclosure, a sensitivity, a stage."""
    reason: str
    """Why, in the counsellor's terms."""


class Talk(Record):
    """Hold who did what in words."""

    counsellor_words: int
    """Words of the counsellor."""
    client_words: int
    """Words of the client, without stage directions in brackets."""
    counsellor_share: float | None
    """The counsellor's share of all words, 0 to 1; None where nothing was said."""
    behaviours: dict[Behaviour, int]
    """Replies by the one behaviour that sums each up."""
    codes: dict[str, int]
    """Replies that carry each code, without the codes that never occurred."""
    reflections: int
    """Replies that reflect."""
    complex_reflections: int
    """Of these, replies with a complex reflection."""
    questions: int
    """Replies that ask."""
    reflections_to_questions: float | None
    """Reflections for each question, 1 fair and 2 good; None without questions."""
    complex_share: float | None
    """The share of complex among the reflections, 0.4 fair and 0.5 good; None without reflections."""
    silences: int
    """Turns in which the counsellor said nothing."""


class TryNext(Record):
    """Hold the one thing to try in the next session."""

    criterion: str
    """The weakest criterion's id."""
    name: str
    """What screens call it."""
    goal: str
    """What to try."""
    moment: Moment
    """The reply where it was missed most."""


class Summary(Record):
    """Hold the figures of one session."""

    turns: int
    """Replies."""
    minutes: float | None
    """How long it took; None while it is open."""
    unscored: int
    """Replies without a level on any criterion, such as silences and "Mm-hmm"."""
    profiles: tuple[Profile, ...]
    """One for each criterion of the rubric, in its order."""
    talk: Talk
    """Who did what in words."""
    trust: tuple[float, ...]
    """Trust before the first reply and after each."""
    first_stage: Stage
    """The stage in which the session began."""
    stages: tuple[Happening, ...]
    """Each change of stage, forwards or back."""
    told: tuple[Happening, ...]
    """What the client disclosed."""
    declined: tuple[Happening, ...]
    """What was asked about too soon."""
    ruptures: tuple[Happening, ...]
    """Strains in the relationship."""
    repairs: tuple[Happening, ...]
    """Strains that were mended."""
    rupture_open: bool
    """Whether the session stands, or ended, with a strain that was not mended."""
    worst: Moment | None
    """The reply with the lowest level of all."""
    keep: Moment | None
    """The best reply of all, if it reached the least that should be offered: what to do again."""
    try_next: TryNext | None
    """What to try next: the goal of the weakest criterion. None where nothing was scored."""
