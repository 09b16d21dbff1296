"""The pass rule of an exercise: computed in code, each item with its grounds."""

from __future__ import annotations

import statistics

from simulator.content.authored import MARK_NAMES
from simulator.content.exercise import Condition, Exercise, Item, Minimum
from simulator.content.rubric import Rubric
from simulator.session import Exchange, ItemOutcome, Session, Verdict


def judge(exercise: Exercise, rubric: Rubric, session: Session) -> Verdict:
    """Judge a session by an exercise's pass rule.

    Minimums and starred items decide; the others are reported. A pure function of what the session recorded.
    """
    rule = exercise.passing
    exchanges = session.exchanges
    items = [_long_enough(rule.least_turns, exchanges)]
    for name, minimum in rule.minimum.items():
        items.append(_minimum(name, rubric.criterion(name).name, minimum, exchanges))
    items += [_item(item, session, wanted=True) for item in rule.must]
    items += [_item(item, session, wanted=False) for item in rule.must_not]
    return Verdict(passed=all(item.met for item in items if item.starred), items=tuple(items))


def _long_enough(least: int, exchanges: tuple[Exchange, ...]) -> ItemOutcome:
    scored = sum(any(score.level is not None for score in one.scores.criteria.values()) for one in exchanges)
    return ItemOutcome(
        id="least_turns",
        say=f"Give at least {least} replies that can be scored",
        met=scored >= least,
        starred=True,
        why=f"{scored} of {len(exchanges)} replies were scored",
    )


def _minimum(name: str, called: str, minimum: Minimum, exchanges: tuple[Exchange, ...]) -> ItemOutcome:
    levels = [(one.number, level) for one in exchanges if (level := one.scores.level(name)) is not None]
    say = f"Keep {called} at {minimum.median:g} or better in at least half of the replies"
    if minimum.worst > 1:
        say += f", and never below {minimum.worst:g}"
    if not levels:
        return ItemOutcome(id=name, say=say, met=True, starred=True, why="it was never at stake")
    median = statistics.median(level for _, level in levels)
    turn, worst = min(levels, key=lambda pair: pair[1])
    return ItemOutcome(
        id=name,
        say=say,
        met=median >= minimum.median and worst >= minimum.worst,
        starred=True,
        why=f"half of {len(levels)} scored replies reach {median:.1f}; the lowest is {worst:.1f}, in turn {turn}",
    )


def _item(item: Item, session: Session, wanted: bool) -> ItemOutcome:
    happened, why = _happened(item.when, session)
    return ItemOutcome(id=item.id, say=item.say, met=happened == wanted, starred=item.starred, why=why)


def _happened(condition: Condition, session: Session) -> tuple[bool, str]:
    """Tell whether a condition came true, and on what grounds."""
    within = [one for one in session.exchanges if condition.by_turn is None or one.number <= condition.by_turn]
    until = f" by turn {condition.by_turn}" if condition.by_turn else ""
    if condition.rupture_open:
        rupture = session.state.rupture
        return (
            rupture is not None,
            f"a rupture stands open since turn {rupture.since}" if rupture else "no rupture is open",
        )
    if condition.mark:
        turn = next((one.number for one in within if condition.mark in one.state.covered), None)
        already = condition.mark in session.start.covered
        name = MARK_NAMES[condition.mark]
        return already or turn is not None, f"{name}: in turn {turn}" if turn else f"{name}: not spoken of{until}"
    if condition.disclosed:
        turn = next((one.number for one in within if condition.disclosed in one.state.disclosed), None)
        return turn is not None, f"told in turn {turn}" if turn else f"not told{until}"
    if condition.code:
        turns = [one.number for one in within if any(one.scores.has(code) for code in condition.codes)]
    else:
        limits = condition.level_below or {}
        turns = [
            one.number
            for one in within
            if any((level := one.scores.level(name)) is not None and level < least for name, least in limits.items())
        ]
    found = f"found in {_listed(turns)}" if turns else f"not found{until}"
    wanted = f" (counts from {condition.times} times)" if condition.times > 1 else ""
    return len(turns) >= condition.times, found + wanted


def _listed(turns: list[int]) -> str:
    return ("turn " if len(turns) == 1 else "turns ") + ", ".join(map(str, turns))
