"""What must hold for every client, every reply and every way through a session."""

from __future__ import annotations

import functools
import random
from collections.abc import Iterator
from typing import NamedTuple

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from simulator import alliance
from simulator.alliance.advance import LEAVES_RAPPORT
from simulator.alliance.telling import PROBE_APART
from simulator.content.authored import STAGE_MARKS, STAGES, Mark, Stage
from simulator.content.library import Library
from simulator.content.persona import Persona
from simulator.paths import bundled_folder
from simulator.session import ClientState, CriterionScore, Event, Reply, Scores, Step

CRITERIA = ("empathy", "non_judgment", "boundary_keeping")
CODES = (
    "open_question", "closed_question", "affirmation", "information", "advice", "self_disclosure", "emotional_reaction",
    "exploration", "autonomy_support", "farewell", "permission", "confidentiality", "goal", "tried_before", "next_step",
    "review", "ending", "future_support", "repair", "limit",
)  # fmt: skip
SHOWS_FROM = 0.005
"""Changes of a quantity from this size on are told of."""

often = settings(deadline=None, max_examples=150)


class Turn(NamedTuple):
    """Hold one reply, the state it came into, and what it led to."""

    persona: Persona
    before: ClientState
    scores: Scores
    reply: Reply
    step: Step

    @property
    def after(self) -> ClientState:
        return self.step.state

    def events(self, *kinds: str) -> list[Event]:
        return [event for event in self.step.events if event.kind in kinds]


@functools.cache
def shipped() -> tuple[Persona, ...]:
    good, _ = Library([bundled_folder()]).readable("persona")
    return tuple(one.value for one in good)


def scored(levels: dict[str, float | None], codes: frozenset[str]) -> Scores:
    criteria = {name: CriterionScore(level=level, confidence=None, reason="drawn") for name, level in levels.items()}
    behaviour = "question" if "open_question" in codes else "other"
    return Scores(behaviour=behaviour, codes=dict.fromkeys(codes, 0.9), criteria=criteria)


def chance_scores(chance: random.Random) -> Scores:
    """Make scores of any kind, good and poor ones more often: hardly a session would get anywhere otherwise."""
    mood = chance.choice(["any", "good", "good", "good", "mending", "poor"])
    lowest, highest = {"poor": (10, 24), "any": (10, 50)}.get(mood, (30, 50))
    levels: dict[str, float | None] = {
        name: None if chance.random() < unscored else chance.randint(lowest, highest) / 10
        for name, unscored in zip(CRITERIA, (0.1, 0.1, 0.6), strict=True)
    }
    harmless = [code for code in CODES if code not in ("advice", "closed_question", "self_disclosure")]
    codes = {*chance.sample(CODES if mood in ("any", "poor") else harmless, chance.randint(0, 4))}
    return scored(levels, frozenset(codes | {"repair"} if mood == "mending" else codes))


def chance_reply(chance: random.Random, persona: Persona) -> Reply:
    text = chance.choice(["What is that like for you?", "It has been heavy.", "Mm.", "", "   ", "🙂"])
    names = [one.id for one in persona.disclosures]
    near = chance.sample(names, min(chance.randint(0, 3), len(names)))
    return Reply(text=text, topics={name: chance.uniform(-1, 1) for name in near})


@st.composite
def personas(draw: st.DrawFn) -> Persona:
    """Draw a shipped persona, sometimes without some of its sore places and probes."""
    persona = draw(st.sampled_from(shipped()))
    changes = {}
    for part in ("sensitivities", "probes"):
        if draw(st.integers(0, 4)) == 0:
            changes[part] = getattr(persona, part)[draw(st.integers(0, 3)) :]
    return persona.model_copy(update=changes)


@st.composite
def beginnings(draw: st.DrawFn, persona: Persona) -> ClientState:
    """Draw the state in which a session begins: a first meeting, or any later one."""
    if draw(st.booleans()):
        return alliance.begin(persona)
    names = [one.id for one in persona.disclosures]
    marks: list[Mark] = [mark for stage in STAGES for mark in STAGE_MARKS[stage]]
    return alliance.begin(
        persona,
        draw(st.sampled_from(STAGES)),
        draw(st.integers(0, 95)) / 100,
        tuple(names[: draw(st.integers(0, len(names)))]),
        tuple(draw(st.lists(st.sampled_from(marks), max_size=3, unique=True))),
    )


@st.composite
def courses(draw: st.DrawFn, most: int = 40) -> list[Turn]:
    """Draw a session: a persona, a beginning, and replies until the client leaves or the replies run out."""
    persona = draw(personas())
    state = draw(beginnings(persona))
    turns: list[Turn] = []
    count = draw(st.integers(1, most))
    # One number a turn decides all of it: twenty draws a turn would take most of the time.
    for number in draw(st.lists(st.integers(0, 2**32), min_size=count, max_size=count)):
        if state.ended:
            break
        chance = random.Random(number)
        scores, reply = chance_scores(chance), chance_reply(chance, persona)
        turns.append(Turn(persona, state, scores, reply, alliance.advance(persona, state, scores, reply)))
        state = turns[-1].after
    return turns


@often
@given(courses())
def test_every_quantity_stays_in_its_range(turns: list[Turn]) -> None:
    for turn in turns:
        after = ClientState.model_validate(turn.after.model_dump())
        assert after == turn.after
        assert after.rupture is None or 0 <= after.rupture.eased < 1
        assert 0 <= turn.step.cue.openness <= 1
        assert after.turn == turn.before.turn + 1


@often
@given(courses())
def test_the_past_stays_as_it_was(turns: list[Turn]) -> None:
    for turn in turns:
        for name in ("disclosed", "covered", "probed"):
            before, after = getattr(turn.before, name), getattr(turn.after, name)
            assert after[: len(before)] == before
            assert len(set(after)) == len(after)
        assert len(turn.after.disclosed) <= len(turn.before.disclosed) + 1, "at most one disclosure a turn"
        assert len(turn.after.probed) <= len(turn.before.probed) + 1, "at most one probe a turn"


@often
@given(courses())
def test_only_what_the_client_is_ready_to_say_is_told(turns: list[Turn]) -> None:
    for turn in turns:
        for name in turn.after.disclosed[len(turn.before.disclosed) :]:
            disclosure = turn.persona.disclosure(name)
            assert STAGES.index(disclosure.stage) <= STAGES.index(turn.before.stage)
            assert disclosure.needs.trust <= turn.after.trust
            assert set(disclosure.needs.after) <= set(turn.before.disclosed)
            assert turn.before.rupture is None
            assert turn.after.rupture is None


@often
@given(courses())
def test_no_cue_leads_to_what_has_not_been_told(turns: list[Turn]) -> None:
    for turn in turns:
        told = set(turn.after.disclosed) - set(turn.before.disclosed)
        spoken = dict(source.split(".")[1:] for source in turn.step.cue.sources if source.startswith("disclosures."))
        assert {name for name, part in spoken.items() if part == "lines"} <= told
        assert {name for name, part in spoken.items() if part == "again"} <= set(turn.before.disclosed)


@often
@given(courses())
def test_a_mended_rupture_leaves_more_trust_than_before_it(turns: list[Turn]) -> None:
    for turn in turns:
        if turn.after.repairs > turn.before.repairs:
            assert turn.before.rupture is not None
            assert turn.after.trust > turn.before.rupture.trust_before
        elif turn.after.rupture:
            assert turn.after.trust <= turn.after.rupture.trust_before


@often
@given(courses())
def test_ruptures_and_repairs_are_counted(turns: list[Turn]) -> None:
    for turn in turns:
        assert turn.after.ruptures - turn.after.repairs == (1 if turn.after.rupture else 0)
        assert turn.after.ruptures - turn.before.ruptures == len(turn.events("rupture"))
        assert turn.after.repairs - turn.before.repairs == len(turn.events("repair"))


def missing(persona: Persona, state: ClientState) -> Iterator[str]:
    """Say again, in other words than the rules, what a stage still lacks (COUNSELLING.md, "Four stages")."""
    yield from (mark for mark in STAGE_MARKS[state.stage] if mark not in state.covered)
    if state.stage == "rapport" and state.trust < LEAVES_RAPPORT:
        yield "trust"
    if state.stage == "rapport" and not state.disclosed:
        yield "something volunteered"
    if state.stage == "exploring" and persona.core not in state.disclosed:
        yield "the core"


@often
@given(courses())
def test_a_stage_is_left_when_it_is_done_and_gone_back_to_after_a_rupture(turns: list[Turn]) -> None:
    for turn in turns:
        moved = STAGES.index(turn.after.stage) - STAGES.index(turn.before.stage)
        ruptured = turn.after.ruptures > turn.before.ruptures
        in_old_stage = turn.after.model_copy(update={"stage": turn.before.stage})
        lacks = list(missing(turn.persona, in_old_stage))
        if ruptured:
            assert moved == (-1 if turn.before.stage != "rapport" else 0)
        elif turn.after.rupture or turn.before.stage == "termination" or lacks:
            assert moved == 0
        else:
            assert moved == 1
        assert turn.after.stage_since == (turn.after.turn if moved else turn.before.stage_since)


@often
@given(courses())
def test_each_boundary_is_tested_once_and_not_too_often(turns: list[Turn]) -> None:
    last = turns[0].before.last_probe
    for turn in turns:
        for name in turn.after.probed[len(turn.before.probed) :]:
            probe = next(one for one in turn.persona.probes if one.id == name)
            assert turn.after.probe == name
            assert turn.after.turn - last >= PROBE_APART
            assert STAGES.index(probe.when.stage) <= STAGES.index(turn.before.stage)
            assert probe.when.trust <= turn.after.trust
            last = turn.after.turn
        if turn.before.probe:
            assert turn.after.probe is None, "a probe waits for one reply only"
        assert not (turn.after.probe and turn.after.rupture)


@often
@given(courses(most=15))
def test_the_same_reply_always_does_the_same_and_touches_nothing(turns: list[Turn]) -> None:
    for turn in turns:
        inputs = (turn.persona, turn.before, turn.scores, turn.reply)
        written = [one.model_dump_json() for one in inputs]
        assert alliance.advance(*inputs) == turn.step
        copies = (turn.persona, *(one.model_copy(deep=True) for one in inputs[1:]))
        assert alliance.advance(*copies) == turn.step  # type: ignore[arg-type]
        assert [one.model_dump_json() for one in inputs] == written


@often
@given(courses())
def test_every_change_has_an_event_with_a_reason(turns: list[Turn]) -> None:
    for turn in turns:
        before, after = turn.before, turn.after
        assert all(event.reason.strip() for event in turn.step.events)
        for quantity in ("trust", "bond", "goals", "tasks"):
            moved = getattr(after, quantity) - getattr(before, quantity)
            told = [event.change for event in turn.events(quantity)]
            assert len(told) == (abs(moved) >= SHOWS_FROM), quantity
            assert all(change is not None and abs(change - moved) < 1e-4 for change in told)
        for name, kind in (("disclosed", "told"), ("covered", "covered")):
            new = getattr(after, name)[len(getattr(before, name)) :]
            assert [event.about for event in turn.events(kind)] == list(new)
        assert [event.about for event in turn.events("stage")] == [after.stage] * (after.stage != before.stage)
        assert [event.about for event in turn.events("probe")] == [after.probe] * (after.probe is not None)
        assert [event.about for event in turn.events("limit")] == [before.probe] * (before.probe is not None)
        assert len(turn.events("ended")) == (after.ended is not None)
        if after.strain > before.strain:
            assert turn.events("touched")
        if after.rupture and not before.rupture:
            assert [event.about for event in turn.events("rupture")] == [after.rupture.sensitivity]
        if before.rupture and not after.rupture:
            assert [event.about for event in turn.events("repair")] == [before.rupture.sensitivity]


@often
@given(courses())
def test_the_client_always_has_lines_for_what_is_to_be_expressed(turns: list[Turn]) -> None:
    for turn in turns:
        cues = [turn.step.cue, alliance.closing_cue(turn.after), alliance.opening_cue(turn.before)]
        assert all(cue.sources and all(turn.persona.lines(source) for source in cue.sources) for cue in cues)
        assert len(set(turn.step.cue.sources)) == len(turn.step.cue.sources)


@often
@given(courses(most=15))
def test_states_and_steps_survive_json(turns: list[Turn]) -> None:
    for turn in turns:
        assert Step.model_validate_json(turn.step.model_dump_json()) == turn.step


@settings(often, max_examples=400)
@given(courses(most=12), st.fixed_dictionaries(dict.fromkeys(CRITERIA, st.integers(0, 20))))
def test_worse_levels_never_give_more_trust(turns: list[Turn], lower: dict[str, int]) -> None:
    for turn in turns:
        levels = {name: turn.scores.level(name) for name in CRITERIA}
        worse = {
            name: None if level is None else max(round(level - lower[name] / 5, 1), 1.0)
            for name, level in levels.items()
        }
        scores = scored(worse, frozenset(turn.scores.codes))
        assert alliance.advance(turn.persona, turn.before, scores, turn.reply).state.trust <= turn.after.trust


@settings(often, max_examples=150)
@given(personas(), st.frozensets(st.sampled_from(CODES), max_size=4), st.integers(5, 40))
def test_kindness_is_never_punished(persona: Persona, codes: frozenset[str], count: int) -> None:
    """However long it goes on, replies that understand, accept and keep the limits neither hurt nor lose trust."""
    state = alliance.begin(persona)
    scores = scored(dict.fromkeys(CRITERIA, 4.0), codes - {"farewell"})
    stages: list[Stage] = []
    for _ in range(count):
        step = alliance.advance(persona, state, scores, Reply(text="It has been a lot to carry."))
        assert step.state.trust >= state.trust
        assert step.state.ruptures == 0
        state = step.state
        stages.append(state.stage)
    assert stages == sorted(stages, key=STAGES.index)


@settings(often, max_examples=40)
@given(personas(), st.integers(1, 12))
def test_harshness_is_never_rewarded(persona: Persona, count: int) -> None:
    assume(persona.sensitivities)
    state = alliance.begin(persona)
    start = state
    for _ in range(count):
        if state.ended:
            break
        state = alliance.advance(
            persona, state, scored(dict.fromkeys(CRITERIA, 1.0), frozenset()), Reply(text="Pull yourself together.")
        ).state
        assert state.trust <= start.trust
    assert state.disclosed == start.disclosed
    assert state.stage == start.stage
