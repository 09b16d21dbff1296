"""Sessions to keep and to report on: small ones by hand, and any at all by hypothesis."""

from __future__ import annotations

from typing import Any, get_args

from hypothesis import strategies as st

from simulator.content.authored import STAGES, Mark
from simulator.content.exercise import Exercise
from simulator.content.library import Library
from simulator.content.persona import Persona
from simulator.content.rubric import Rubric
from simulator.paths import bundled_folder
from simulator.session import (
    ClientState,
    CriterionScore,
    Event,
    EventKind,
    Evidence,
    Exchange,
    ItemOutcome,
    Neighbour,
    Rupture,
    Scores,
    SelfRating,
    Session,
    Unscored,
    Utterance,
    Verdict,
)

STARTED = "2026-03-01T10:00:00+00:00"
ENDED = "2026-03-01T10:12:30+00:00"
CONTENTS = [
    ("persona", "maya", "digest-of-maya", {"id": "maya", "name": "Maya", "voice": {"fillers": ["I guess"]}}),
    ("rubric", "core", "digest-of-core", {"rubric": {"id": "core"}, "bank": [[1, 2.5, None, True]]}),
]

Levels = dict[str, float | None]


def persona() -> Persona:
    """Return a persona that the project ships."""
    return Library([bundled_folder()]).persona("maya").value


def rubric() -> Rubric:
    """Return a rubric of two criteria and a few codes."""
    words = {"1": "hurts", "2": "takes away", "3": "matches", "4": "adds", "5": "adds much"}
    criteria = [
        {
            "id": name,
            "name": name.replace("_", "-"),
            "about": "…",
            "words": words,
            "levels": words,
            "goal": f"Mind {name}.",
        }
        for name in ("empathy", "non_judgment")
    ]
    codes: list[dict[str, Any]] = [
        {"id": name, "name": name.replace("_", " "), "about": "…", "behaviour": behaviour}
        for name, behaviour in (
            ("open_question", "question"),
            ("closed_question", "question"),
            ("simple_reflection", "reflection"),
            ("complex_reflection", "reflection"),
            ("goal", None),
        )
    ]
    return Rubric.model_validate(
        {"schema": "rubric/1", "id": "core", "title": "Core", "about": "…", "criteria": criteria, "codes": codes}
    )


def exercise(**changes: Any) -> Exercise:
    """Return an exercise with one reflection question."""
    plain = {
        "schema": "exercise/1",
        "id": "first",
        "title": "First meeting",
        "task": "Go at her pace.",
        "persona": "maya",
        "stage": "rapport",
        "reflection": ["What did you hold back?"],
    }
    return Exercise.model_validate({**plain, **changes})


def score(
    level: float | None, reason: str = "it names the feeling", unscored: Unscored = "too_short"
) -> CriterionScore:
    """Return a score with its grounds, or one without a level."""
    if level is None:
        return CriterionScore(level=None, confidence=None, reason="there is too little to judge", unscored=unscored)
    near = Neighbour(client="It's fine.", reply="Is it?", level=3.0, note=None, closeness=0.61)
    words = Evidence(start=0, end=4, text="dread", effect="raises")
    return CriterionScore(level=level, confidence=0.7, reason=reason, evidence=(words,), nearest=(near,))


def exchange(
    number: int,
    levels: Levels | None = None,
    counsellor: str = "It sounds as if you dread it.",
    client: str = "(looks up) Yeah. Exactly.",
    codes: tuple[str, ...] = (),
    events: tuple[Event, ...] = (),
    **state: Any,
) -> Exchange:
    """Return one turn."""
    criteria = {"empathy": 3.0, "non_judgment": 3.0} if levels is None else levels
    return Exchange(
        number=number,
        counsellor=counsellor,
        scores=Scores(
            behaviour="reflection",
            codes={**dict.fromkeys(codes, 0.9), "goal": 0.1},
            criteria={name: score(level) for name, level in criteria.items()},
        ),
        events=events,
        state=ClientState(turn=number, **{"stage": "rapport", "trust": 0.2, **state}),
        client=Utterance(text=client, lines=("reactions.understood#0",)),
        at=STARTED,
    )


def session(*exchanges: Exchange, **changes: Any) -> Session:
    """Return an open session with these turns."""
    plain: dict[str, Any] = {
        "id": "s1",
        "started": STARTED,
        "persona": "maya",
        "persona_digest": "digest-of-maya",
        "rubric": "core",
        "rubric_digest": "digest-of-core",
        "scorer_digest": "digest-of-scorer",
        "seed": 7,
        "feedback": "full",
        "start": ClientState(stage="rapport", trust=0.2),
        "opening": Utterance(text="I don't know.", lines=("stages.rapport.opening#0",)),
        "exchanges": exchanges,
    }
    return Session(**{**plain, **changes})


def ended(found: Session, **changes: Any) -> Session:
    """Return a session as it is once it has ended, with a verdict."""
    item = ItemOutcome(id="ask", say="Ask what she wants", met=True, starred=True, why="turn 1")
    end: dict[str, Any] = {
        "ended": ENDED,
        "ended_by": "counsellor",
        "closing": Utterance(text="Bye.", lines=("ending.good#0",)),
        "verdict": Verdict(passed=True, items=(item,)),
        "self_rating": SelfRating(levels={"empathy": 4}),
    }
    return found.model_copy(update={**end, **changes})


# Characters of every kind, NUL, ESC and the far planes among them; lone surrogates are no text.
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
numbers = st.floats(allow_nan=False, allow_infinity=False)
unit = st.floats(0, 1)
levels = st.none() | st.floats(1, 5)
names = st.sampled_from(["a", "b-1", "empathy", "exam"])
times = st.datetimes().map(lambda moment: moment.isoformat() + "+00:00")
utterances = st.builds(Utterance, text=texts, lines=st.lists(texts, max_size=2).map(tuple))
ruptures = st.builds(Rupture, sensitivity=names, trust_before=unit, since=st.integers(0, 99), eased=unit)
states = st.builds(
    ClientState,
    stage=st.sampled_from(STAGES),
    trust=st.floats(0, 1, exclude_max=True),
    bond=unit,
    goals=unit,
    tasks=unit,
    strain=unit,
    disclosed=st.lists(names, max_size=3).map(tuple),
    covered=st.lists(st.sampled_from(get_args(Mark)), max_size=2).map(tuple),
    rupture=st.none() | ruptures,
    probe=st.none() | names,
    parting=st.booleans(),
    ended=st.sampled_from([None, "agreed", "abrupt"]),
)
scores = st.builds(
    CriterionScore,
    level=levels,
    confidence=st.none() | unit,
    reason=texts,
    unscored=st.sampled_from([None, *get_args(Unscored)]),
    evidence=st.lists(st.builds(Evidence, text=texts), max_size=1).map(tuple),
    nearest=st.lists(st.builds(Neighbour, client=texts, reply=texts, level=numbers, closeness=numbers), max_size=1).map(
        tuple
    ),
)
events = st.builds(
    Event, kind=st.sampled_from(get_args(EventKind)), about=st.none() | names, change=st.none() | numbers, reason=texts
)
exchanges = st.builds(
    Exchange,
    number=st.just(1),
    counsellor=texts,
    scores=st.builds(Scores, codes=st.dictionaries(names, unit), criteria=st.dictionaries(names, scores, max_size=2)),
    events=st.lists(events, max_size=2).map(tuple),
    state=states,
    client=utterances,
    at=times,
)


@st.composite
def sessions(draw: st.DrawFn) -> Session:
    """Draw any session: open or ended, of an exercise or free."""
    turns = [turn.model_copy(update={"number": n}) for n, turn in enumerate(draw(st.lists(exchanges, max_size=2)), 1)]
    items = st.builds(ItemOutcome, id=names, say=texts, met=st.booleans(), starred=st.booleans(), why=texts)
    found = session(
        *turns,
        id=draw(st.uuids().map(str)),
        started=draw(times),
        exercise=draw(st.none() | names),
        engine=draw(texts),
        seed=draw(st.integers(-(2**63), 2**63 - 1)),
        feedback=draw(st.sampled_from(["full", "request", "end", "none"])),
        start=draw(states),
        opening=draw(utterances),
    )
    if draw(st.booleans()):
        return found
    return ended(
        found,
        ended=draw(times),
        ended_by=draw(st.sampled_from(["counsellor", "client", "turns"])),
        closing=draw(st.none() | utterances),
        verdict=draw(
            st.none() | st.builds(Verdict, passed=st.booleans(), items=st.lists(items, max_size=2).map(tuple))
        ),
        self_rating=draw(st.none() | st.builds(SelfRating, levels=st.dictionaries(names, st.integers(1, 5)))),
    )
