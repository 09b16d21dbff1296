"""The pass rule: every kind of condition, and what decides."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.content.authored import Stage
from simulator.content.exercise import Exercise
from simulator.content.library import Library
from simulator.content.rubric import Rubric
from simulator.session import (
    ClientState,
    CriterionScore,
    Exchange,
    ItemOutcome,
    Rupture,
    Scores,
    Session,
    Utterance,
    Verdict,
)
from simulator.verdict import judge

START = ClientState(stage="rapport", trust=0.2)


@pytest.fixture(scope="module")
def rubric(library: Library) -> Rubric:
    return library.rubric("core").value


def turn(codes: tuple[str, ...] = (), state: dict[str, Any] | None = None, **levels: float | None) -> Exchange:
    criteria = {name: CriterionScore(level=level, confidence=None, reason="…") for name, level in levels.items()}
    return Exchange(
        number=1,
        counsellor="…",
        scores=Scores(behaviour="other", codes=dict.fromkeys(codes, 0.9), criteria=criteria),
        events=(),
        state=START.model_copy(update=state or {}),
        client=Utterance(text="…"),
        at="2026-01-01T00:00:00+00:00",
    )


def session(*turns: Exchange, **start: Any) -> Session:
    return Session(
        id="1",
        started="2026-01-01T00:00:00+00:00",
        persona="maya",
        persona_digest="p",
        rubric="core",
        rubric_digest="r",
        scorer_digest="s",
        seed=1,
        feedback="full",
        start=START.model_copy(update=start),
        opening=Utterance(text="…"),
        exchanges=tuple(one.model_copy(update={"number": number}) for number, one in enumerate(turns, 1)),
    )


def exercise(**rule: Any) -> Exercise:
    stage: Stage = "rapport"
    plain = {"schema": "exercise/1", "id": "try", "title": "Try", "task": "Try.", "persona": "maya", "stage": stage}
    return Exercise.model_validate({**plain, "pass": {"least_turns": 0, **rule}})


def item(starred: bool = True, **when: Any) -> dict[str, Any]:
    return {"id": "it", "say": "Do it", "starred": starred, "when": when}


def outcome(verdict: Verdict, name: str) -> ItemOutcome:
    (found,) = (one for one in verdict.items if one.id == name)
    return found


CONFIDENTIAL = turn(state={"covered": ("confidentiality",)})
TOLD = turn(state={"disclosed": ("exam",)})
STRAINED = turn(state={"rupture": Rupture(sensitivity="blamed", shows_as="withdrawal", trust_before=0.3, since=2)})
ADVICE = turn(("advice",))
ASKING = turn(("open_question",))
POOR = turn(empathy=1.8)

HAPPENS: list[tuple[dict[str, Any], Session, str]] = [
    ({"code": "advice"}, session(turn(), ADVICE), "turn 2"),
    ({"code": ["open_question", "advice"]}, session(ADVICE, ASKING), "turns 1, 2"),
    ({"code": "advice", "times": 2}, session(ADVICE, turn(), ADVICE), "turns 1, 3"),
    ({"code": ["open_question", "advice"], "times": 2}, session(ADVICE, ASKING), "turns 1, 2"),
    ({"code": "advice", "by_turn": 1}, session(ADVICE), "turn 1"),
    ({"mark": "confidentiality"}, session(turn(), CONFIDENTIAL), "in turn 2"),
    ({"mark": "confidentiality", "by_turn": 2}, session(turn(), CONFIDENTIAL), "in turn 2"),
    ({"mark": "confidentiality"}, session(CONFIDENTIAL, covered=("confidentiality",)), "confidentiality"),
    ({"disclosed": "exam"}, session(turn(), turn(), TOLD), "told in turn 3"),
    ({"disclosed": "exam", "by_turn": 3}, session(turn(), turn(), TOLD), "told in turn 3"),
    ({"rupture_open": True}, session(turn(), STRAINED), "since turn 2"),
    ({"level_below": {"empathy": 2}}, session(turn(empathy=2.0), POOR), "turn 2"),
    ({"level_below": {"empathy": 2, "non_judgment": 3}}, session(turn(non_judgment=2.9), POOR), "turns 1, 2"),
    ({"level_below": {"empathy": 2}, "times": 2}, session(POOR, POOR), "turns 1, 2"),
]
DOES_NOT: list[tuple[dict[str, Any], Session, str]] = [
    ({"code": "advice"}, session(turn(), ASKING), "not found"),
    ({"code": "advice", "times": 2}, session(ADVICE, turn()), "counts from 2 times"),
    ({"code": ["open_question", "advice"], "times": 2}, session(turn(("open_question", "advice"))), "turn 1"),
    ({"code": "advice", "by_turn": 1}, session(turn(), ADVICE), "by turn 1"),
    ({"mark": "confidentiality"}, session(turn()), "not spoken of"),
    ({"mark": "confidentiality", "by_turn": 1}, session(turn(), CONFIDENTIAL), "not spoken of by turn 1"),
    ({"disclosed": "exam"}, session(turn()), "not told"),
    ({"disclosed": "exam", "by_turn": 2}, session(turn(), turn(), TOLD), "not told by turn 2"),
    ({"rupture_open": True}, session(STRAINED, turn()), "no rupture is open"),
    ({"level_below": {"empathy": 2}}, session(turn(empathy=2.0), turn(empathy=None)), "not found"),
    ({"level_below": {"empathy": 2}, "times": 2}, session(POOR), "counts from 2 times"),
    ({"level_below": {"empathy": 2}, "by_turn": 1}, session(turn(), POOR), "by turn 1"),
]


class TestConditions:
    @pytest.mark.parametrize(("when", "held", "why"), HAPPENS)
    def test_that_came_true_meet_a_must_and_break_a_must_not(
        self, rubric: Rubric, when: dict[str, Any], held: Session, why: str
    ) -> None:
        must, must_not = (judge(exercise(**{part: [item(**when)]}), rubric, held) for part in ("must", "must_not"))
        assert (must.passed, must_not.passed) == (True, False)
        assert why in outcome(must, "it").why

    @pytest.mark.parametrize(("when", "held", "why"), DOES_NOT)
    def test_that_did_not_break_a_must_and_meet_a_must_not(
        self, rubric: Rubric, when: dict[str, Any], held: Session, why: str
    ) -> None:
        must, must_not = (judge(exercise(**{part: [item(**when)]}), rubric, held) for part in ("must", "must_not"))
        assert (must.passed, must_not.passed) == (False, True)
        assert why in outcome(must, "it").why

    def test_a_code_counts_from_one_half(self, rubric: Rubric) -> None:
        weak = turn().model_copy(update={"scores": Scores(behaviour="other", codes={"advice": 0.49}, criteria={})})
        assert not judge(exercise(must=[item(code="advice")]), rubric, session(weak)).passed

    def test_without_any_reply_nothing_has_happened(self, rubric: Rubric) -> None:
        for when, _, _ in HAPPENS:
            assert not judge(exercise(must=[item(**when)]), rubric, session()).passed


class TestDeciding:
    @pytest.mark.parametrize("part", ["must", "must_not"])
    def test_only_starred_items_do(self, rubric: Rubric, part: str) -> None:
        held = session(turn()) if part == "must" else session(ADVICE)
        starred, plain = (
            judge(exercise(**{part: [item(starred=starred, code="advice")]}), rubric, held) for starred in (True, False)
        )
        assert (starred.passed, plain.passed) == (False, True)
        assert not outcome(plain, "it").met, "what does not decide is still shown"
        assert not outcome(plain, "it").starred

    def test_one_failure_among_many_is_enough(self, rubric: Rubric) -> None:
        asks = {**item(code="open_question"), "id": "asks"}
        rule = exercise(must=[item(code="advice"), asks])
        assert judge(rule, rubric, session(ADVICE, ASKING)).passed
        assert not judge(rule, rubric, session(ADVICE)).passed

    def test_every_part_is_listed_in_the_exercise_s_order(self, rubric: Rubric) -> None:
        rule = exercise(
            minimum={"non_judgment": {}, "empathy": {}},
            must=[{**item(code="advice"), "id": "b"}, {**item(code="goal"), "id": "a"}],
            must_not=[{**item(code="review"), "id": "c"}],
        )
        verdict = judge(rule, rubric, session(turn()))
        assert [one.id for one in verdict.items] == ["least_turns", "non_judgment", "empathy", "b", "a", "c"]
        assert all(one.say and one.why for one in verdict.items)


class TestMinimum:
    @pytest.mark.parametrize(
        ("levels", "minimum", "met"),
        [
            ((3.0, 3.0, 1.0), {"median": 3.0}, True),
            ((3.0, 2.9, 2.9), {"median": 3.0}, False),
            ((2.5, 3.5), {"median": 3.0}, True),
            ((2.4, 3.5), {"median": 3.0}, False),
            ((4.0, 4.0, 2.0), {"worst": 2.0}, True),
            ((4.0, 4.0, 1.9), {"worst": 2.0}, False),
            ((None, 4.0, None), {"median": 4.0, "worst": 4.0}, True),
        ],
    )
    def test_is_for_the_median_and_for_the_worst(
        self, rubric: Rubric, levels: tuple[float | None, ...], minimum: dict[str, float], met: bool
    ) -> None:
        held = session(*(turn(empathy=level) for level in levels))
        verdict = judge(exercise(minimum={"empathy": minimum}), rubric, held)
        assert outcome(verdict, "empathy").met is met
        assert verdict.passed is met, "minimums always decide"

    def test_names_the_turn_of_the_worst_moment(self, rubric: Rubric) -> None:
        held = session(*(turn(empathy=level) for level in (4.0, 1.5, 3.0)))
        found = outcome(judge(exercise(minimum={"empathy": {"worst": 2.0}}), rubric, held), "empathy")
        assert "1.5" in found.why
        assert "turn 2" in found.why
        assert "never below 2" in found.say

    def test_is_met_where_it_was_never_at_stake(self, rubric: Rubric) -> None:
        held = session(turn(empathy=4.0, boundary_keeping=None))
        verdict = judge(exercise(minimum={"boundary_keeping": {"median": 5.0}}), rubric, held)
        assert verdict.passed
        assert outcome(verdict, "boundary_keeping").why == "it was never at stake"


class TestLeastTurns:
    @pytest.mark.parametrize(("count", "passed"), [(0, False), (2, False), (3, True), (4, True)])
    def test_too_few_scored_replies_cannot_pass(self, rubric: Rubric, count: int, passed: bool) -> None:
        verdict = judge(exercise(least_turns=3), rubric, session(*[turn(empathy=4.0)] * count))
        assert verdict.passed is passed

    def test_replies_too_short_to_score_do_not_count(self, rubric: Rubric) -> None:
        short = turn(empathy=None, non_judgment=None)
        verdict = judge(exercise(least_turns=2), rubric, session(turn(empathy=3.0), short, short))
        assert not verdict.passed
        assert outcome(verdict, "least_turns").why == "1 of 3 replies were scored"
