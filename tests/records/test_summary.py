"""The figures of a session: what is counted, what is left out, and which moments are picked."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.records.figures import Profile, Summary
from simulator.records.summary import LEAST, nearest_level, summarise
from simulator.session import Event, Rupture, SelfRating, Session, Utterance

from .builders import Levels, ended, exchange, rubric, session, sessions


def _of(*levels: float | None) -> Profile:
    """Return the profile of one reply a level."""
    found = session(*(exchange(n, {"empathy": level}) for n, level in enumerate(levels, 1)))
    return summarise(found, rubric()).profiles[0]


def _both(*levels: tuple[float | None, float | None]) -> Summary:
    each: list[Levels] = [{"empathy": first, "non_judgment": second} for first, second in levels]
    return summarise(session(*(exchange(n, found) for n, found in enumerate(each, 1))), rubric())


@pytest.mark.parametrize(
    ("level", "whole"), [(1.0, 1), (1.4, 1), (1.5, 1), (1.6, 2), (2.5, 2), (2.51, 3), (4.5, 4), (4.6, 5), (5.0, 5)]
)
def test_half_a_level_short_does_not_reach_the_next(level: float, whole: int) -> None:
    assert nearest_level(level) == whole


def test_unscored_replies_are_counted_apart() -> None:
    profile = _of(4.0, None, 2.0, None, None)
    assert (profile.scored, profile.unscored) == (2, {"too_short": 3})
    assert profile.counts == (0, 1, 0, 1, 0)
    assert profile.shares == (0.0, 0.5, 0.0, 0.5, 0.0)
    assert (profile.middle, profile.below) == (3.0, 0.5)


def test_a_criterion_that_the_scorer_did_not_know_has_no_scores() -> None:
    missing = summarise(session(exchange(1, {"empathy": 4.0})), rubric()).profiles[1]
    assert (missing.scored, missing.unscored) == (0, {"no_exemplars": 1})
    assert (missing.middle, missing.below, missing.worst, missing.best) == (None, None, None, None)


@pytest.mark.parametrize(
    ("levels", "trend"),
    [
        ((2, 2, 5, 5, 4, 4), "rising"),
        ((4, 4, 1, 1, 2, 2), "falling"),
        ((3, 3, 1, 5, 3, 3), "steady"),
        ((3, 3, 1, 5, 3.4, 3.5), "steady"),
        ((3, 3, 1, 5, 3.5, 3.5), "rising"),
        ((1, 1, None, None, 3, 3, 5, 5), "rising"),
        ((1, 1, 5, 5, 5), None),
        ((), None),
    ],
)
def test_the_trend_compares_the_first_third_with_the_last(levels: tuple[float | None, ...], trend: str | None) -> None:
    assert _of(*levels).trend == trend


def test_thirds_are_of_scored_replies() -> None:
    profile = _of(None, 1.0, 2.0, 3.0, None, 3.0, 3.0, 4.0, 5.0)
    assert (profile.first, profile.last) == (1.5, 4.5)


def test_the_worst_moment_is_the_one_that_cost_most_trust() -> None:
    turns = [
        exchange(1, {"empathy": 2.0}, trust=0.19),
        exchange(2, {"empathy": 2.0}, counsellor="At least…", client="Never mind.", trust=0.1),
        exchange(3, {"empathy": 4.0}, counsellor="It dreads you.", trust=0.12),
        exchange(4, {"empathy": 4.0}, trust=0.2),
        exchange(5, {"empathy": None}, trust=0.0),
    ]
    profile = summarise(session(*turns), rubric()).profiles[0]
    assert profile.worst
    assert (profile.worst.turn, profile.worst.counsellor) == (2, "At least…")
    assert profile.worst.client == "(looks up) Yeah. Exactly.", "what the client had said before, not after"
    assert profile.best
    assert profile.best.turn == 4


def test_equal_moments_go_to_the_earlier_and_the_first_has_the_opening() -> None:
    profile = _of(3.0, 3.0)
    assert profile.worst == profile.best
    assert profile.worst
    assert (profile.worst.turn, profile.worst.client) == (1, "I don't know.")


def test_what_to_keep_has_reached_the_least() -> None:
    assert _both((2.9, 2.0)).keep is None
    found = _both((2.0, 3.5), (LEAST, 1.0))
    assert found.keep
    assert (found.keep.turn, found.keep.criterion) == (1, "non_judgment")
    assert found.worst
    assert (found.worst.turn, found.worst.criterion) == (2, "non_judgment")


@pytest.mark.parametrize(
    ("levels", "weakest"),
    [
        # A mean would say non_judgment: (1 + 5 + 5) / 3 is less than (2.5 + 4.5 + 4.5) / 3, but each is below once.
        (((2.5, 1.0), (4.5, 5.0), (4.5, 5.0)), "empathy"),
        (((2.0, 1.0), (2.0, 5.0), (5.0, 5.0)), "empathy"),
        (((3.0, 1.0), (3.0, 5.0), (3.0, 5.0)), "non_judgment"),
        (((2.0, 1.0), (4.0, 4.0), (4.0, 4.0)), "non_judgment"),
        (((4.0, 3.5), (4.0, 3.5)), "non_judgment"),
        (((None, 5.0), (None, 5.0)), "non_judgment"),
    ],
)
def test_what_to_try_next_is_the_goal_of_the_weakest(
    levels: tuple[tuple[float | None, float], ...], weakest: str
) -> None:
    found = _both(*levels).try_next
    assert found
    assert (found.criterion, found.goal) == (weakest, f"Mind {weakest}.")
    assert found.moment.criterion == weakest


def test_reflections_and_questions_are_counted_by_code() -> None:
    carried = [
        ("open_question", "closed_question"),
        ("simple_reflection", "open_question"),
        ("complex_reflection",),
        (),
    ]
    talk = summarise(session(*(exchange(n, codes=codes) for n, codes in enumerate(carried, 1))), rubric()).talk
    assert (talk.questions, talk.reflections, talk.complex_reflections) == (2, 2, 1)
    assert (talk.reflections_to_questions, talk.complex_share) == (1.0, 0.5)
    assert talk.codes == {"open_question": 2, "closed_question": 1, "simple_reflection": 1, "complex_reflection": 1}
    bare = rubric().model_copy(update={"codes": ()})
    assert summarise(session(exchange(1), exchange(2)), bare).talk.reflections == 2, "by the one behaviour of each"
    assert summarise(session(exchange(1)), bare).talk.reflections_to_questions is None


def test_talk_is_counted_in_words_without_stage_directions() -> None:
    found = session(
        exchange(1, counsellor="Don't rush, half-way is fine.", client="(sighs, and looks at her hands) Okay then."),
        exchange(2, counsellor="  ", client=""),
        opening=Utterance(text="Hi. (waits)"),
        closing=Utterance(text="Bye now"),
    )
    talk = summarise(found, rubric()).talk
    assert (talk.counsellor_words, talk.client_words, talk.silences) == (5, 5, 1)
    assert talk.counsellor_share == 0.5


def test_happenings_carry_turn_and_reason() -> None:
    events = {
        1: (Event(kind="told", about="nights", reason="safe"), Event(kind="trust", change=0.1, reason="heard")),
        2: (
            Event(kind="rupture", about="lectured", reason="advice"),
            Event(kind="stage", about="rapport", reason="back"),
        ),
        3: (Event(kind="declined", about="exam", reason="too soon"),),
        4: (Event(kind="repair", about="lectured", reason="owned"),),
    }
    open_rupture = Rupture(sensitivity="lectured", shows_as="withdrawal", trust_before=0.3, since=2)
    turns = [exchange(n, events=found, trust=0.2 + n / 10) for n, found in events.items()]
    found = summarise(session(*turns, start=session().start.model_copy(update={"stage": "exploring"})), rubric())
    assert [(one.turn, one.about, one.reason) for one in (*found.told, *found.ruptures, *found.stages)] == [
        (1, "nights", "safe"), (2, "lectured", "advice"), (2, "rapport", "back"),
    ]  # fmt: skip
    assert [(one.turn, one.about) for one in (*found.declined, *found.repairs)] == [(3, "exam"), (4, "lectured")]
    assert found.first_stage == "exploring"
    assert found.trust == pytest.approx((0.2, 0.3, 0.4, 0.5, 0.6))
    assert not found.rupture_open
    assert summarise(session(exchange(1, rupture=open_rupture)), rubric()).rupture_open


def test_times_and_ratings() -> None:
    assert summarise(session(), rubric()).minutes is None
    assert summarise(ended(session()), rubric()).minutes == 12.5
    assert summarise(ended(session(), ended="later"), rubric()).minutes is None
    assert summarise(ended(session(), ended="2026-03-01T10:00:00"), rubric()).minutes is None, "one without a time zone"
    profiles = summarise(session(self_rating=SelfRating(levels={"empathy": 5})), rubric()).profiles
    assert [profile.self_rated for profile in profiles] == [5, None]


def test_a_session_without_a_scored_reply_has_figures() -> None:
    for found in (session(), session(exchange(1, {"empathy": None, "non_judgment": None}))):
        figures = summarise(found, rubric())
        assert figures.unscored == figures.turns == len(found.exchanges)
        assert (figures.keep, figures.worst, figures.try_next) == (None, None, None)


@settings(max_examples=60, deadline=None)
@given(sessions(), st.data())
def test_any_session_has_figures(found: Session, data: st.DataObject) -> None:
    figures = summarise(found, rubric())
    assert Summary.model_validate_json(figures.model_dump_json()) == figures
    assert summarise(found, rubric()) == figures
    for profile in figures.profiles:
        assert profile.scored + sum(profile.unscored.values()) == figures.turns
        assert sum(profile.counts) == profile.scored
        assert sum(profile.shares) == pytest.approx(1.0 if profile.scored else 0.0)
        if profile.worst and profile.best:
            assert 1 <= profile.worst.level <= (profile.middle or 0) <= profile.best.level <= 5
