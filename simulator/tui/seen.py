"""What was seen in a reply, in words: levels with their reasons, the words that moved them, and close exemplars."""

from __future__ import annotations

from textual.content import Content

from simulator.content.rubric import Criterion, Rubric
from simulator.records.summary import nearest_level
from simulator.session import CriterionScore, Exchange
from simulator.tui import words
from simulator.tui.glyphs import bar, number
from simulator.tui.plain import MARKS, SIGNS, Part, heading, lines, quiet, shown

LEAST_CODE = 0.5
MOST_CODES = 4


def reply(exchange: Exchange, rubric: Rubric, unfolded: bool) -> Content:
    """Describe everything that was seen in one reply, with one thing to try."""
    title = f"Your reply in turn {exchange.number}"
    blocks = [heading(title)]
    blocks += [_criterion(criterion, exchange, unfolded) for criterion in rubric.criteria]
    goal = _goal(exchange, rubric)
    if goal:
        blocks.append(goal)
    blocks.append(_behaviour(exchange, rubric))
    chances = [one.confidence for one in exchange.scores.criteria.values() if one.confidence is not None]
    if chances:
        blocks.append(quiet(words.confidence(min(chances))))
    return Content("\n\n").join(blocks)


def line(exchange: Exchange, rubric: Rubric) -> Content:
    """Sum the scores of one reply up in a line."""
    parts: list[Part] = []
    for criterion in rubric.criteria:
        score = exchange.scores.criteria.get(criterion.id)
        if score is None or score.level is None:
            continue
        parts += [(" · ", "$faint")] if parts else []
        parts += [
            (f"{shown(criterion.name, 30)} ", "$quiet"),
            (number(score.level), "bold"),
            (f" {shown(criterion.words[nearest_level(score.level)], 30)}", "$foreground"),
        ]
    if not parts:
        return Content.styled(_why_nothing(exchange), "$quiet")
    return Content.assemble(*parts)


def _why_nothing(exchange: Exchange) -> str:
    return "a silence: not scored" if not exchange.counsellor else "not scored: too short to judge"


def level_word(criterion: Criterion, level: float) -> str:
    """Name a level in the rubric's words."""
    return shown(criterion.words[nearest_level(level)], 40)


def _criterion(criterion: Criterion, exchange: Exchange, unfolded: bool) -> Content:
    score = exchange.scores.criteria.get(criterion.id)
    name = shown(criterion.name, 40)
    if score is None or score.level is None:
        why = words.UNSCORED[score.unscored] if score and score.unscored else "not scored"
        return Content.assemble((name, "bold"), (f"   – {why}", "$quiet"))
    parts: list[Part] = [
        (name, "bold"),
        "   ",
        (number(score.level), "bold"),
        " ",
        (bar(nearest_level(score.level)), "$accent"),
        f" {level_word(criterion, score.level)}",
        f"\n{shown(score.reason)}",
    ]
    for one in score.evidence:
        parts += [(f"\n {SIGNS[one.effect]} ", MARKS[one.effect].replace("underline ", "")), "“"]
        parts += [(shown(one.text, 160), MARKS[one.effect]), "”"]
    if score.nearest:
        parts += _exemplar(score, unfolded)
    return Content.assemble(*parts)


def _exemplar(score: CriterionScore, unfolded: bool) -> list[Part]:
    """Describe the closest exemplar, or say that there is one."""
    near = score.nearest[0]
    if not unfolded:
        return []
    parts: list[Part] = [
        ("\nclose to this exemplar, at level ", "$quiet"),
        (number(near.level), "bold"),
        ("\n  client: ", "$quiet"),
        (shown(near.client, 400), "italic"),
        ("\n  reply: ", "$quiet"),
        (shown(near.reply, 400), "italic"),
    ]
    if near.note:
        parts += [("\n  why: ", "$quiet"), shown(near.note, 400)]
    return parts


def _behaviour(exchange: Exchange, rubric: Rubric) -> Content:
    """Say what the reply did."""
    found = sorted(
        (
            (chance, code.name)
            for code in rubric.codes
            if (chance := exchange.scores.codes.get(code.id, 0)) >= LEAST_CODE
        ),
        reverse=True,
    )
    if not exchange.counsellor:
        return Content.assemble(("What it did   ", "bold"), "you said nothing")
    parts: list[Part] = [("What it did   ", "bold"), words.BEHAVIOURS[exchange.scores.behaviour]]
    if found:
        names = ", ".join(shown(name, 40) for _, name in found[:MOST_CODES])
        parts.append((f"\nheard in it: {names}", "$quiet"))
    return Content.assemble(*parts)


def _goal(exchange: Exchange, rubric: Rubric) -> Content | None:
    """Give one thing to try: the goal of the criterion with the lowest level."""
    scored = [
        (level, place)
        for place, one in enumerate(rubric.criteria)
        if (level := exchange.scores.level(one.id)) is not None
    ]
    if not scored:
        return None
    weakest = rubric.criteria[min(scored)[1]]
    return lines([Content.styled("One thing to try", "bold $primary"), Content(shown(weakest.goal))])


def nothing_yet(name: str) -> Content:
    """Say what will stand here."""
    return lines(
        [
            heading("Your last reply"),
            quiet(f"How your replies reach {shown(name, 60)} will stand here, each with its reason."),
        ]
    )
