"""What a counsellor reads before a session: the referral, the stage, the task, and how it is judged."""

from __future__ import annotations

from collections.abc import Iterator

from textual.content import Content

from simulator.content.authored import MARK_NAMES, STAGE_NAMES, STAGES
from simulator.content.exercise import Exercise
from simulator.content.rubric import Rubric
from simulator.practice import Material
from simulator.session import Session
from simulator.tui import words
from simulator.tui.glyphs import dots
from simulator.tui.plain import heading, lines, quiet, shown
from simulator.tui.widgets.block import Block, Items

STAR, DOT = Content.styled("  ★ ", "$accent"), Content.styled("  · ", "$accent")


def title(material: Material) -> Content:
    """Set the client's name, or the exercise's title and the client's name."""
    persona = material.persona.value
    if material.exercise is None:
        return Content.assemble((shown(persona.name, 60), "bold $primary"))
    return Content.assemble(
        (shown(material.exercise.value.title, 120), "bold $primary"), (f"\nwith {shown(persona.name, 60)}", "$quiet")
    )


def sections(material: Material, kept: Session | None = None) -> Iterator[Block]:
    """Yield what there is to read, one block after the other."""
    persona = material.persona.value
    if kept is not None:
        count = len(kept.exchanges)
        turns = "No reply yet." if not count else "One reply so far." if count == 1 else f"{count} replies so far."
        yield lines(
            [heading("Where you left it"), f"{turns} {shown(persona.name, 60)} said last:", _quote(kept.last_words)]
        )
    if material.exercise is not None:
        yield lines([heading("Your task"), _paragraphs(material.exercise.value.task)])
    yield lines([heading("What you know"), _paragraphs(persona.briefing), quiet(f"In a line: {persona.presents}")])
    if persona.content_warnings:
        yield lines([heading("It may come close"), _paragraphs("Themes: " + ", ".join(persona.content_warnings) + ".")])
    if material.exercise is not None and material.exercise.value.start.covered:
        covered = ", ".join(MARK_NAMES[mark] for mark in material.exercise.value.start.covered)
        yield lines([heading("What went before"), f"You have spoken of {covered}."])
    yield _stage(material)
    if material.exercise is not None:
        yield _rule(material.exercise.value, material.rubric.value)


def caution() -> Content:
    """Set what the program is, is not, and where the words go."""
    return lines([quiet(words.CAUTION), quiet(words.PRIVATE)])


def _paragraphs(text: str) -> Content:
    return Content(shown(text.strip()))


def _quote(text: str) -> Content:
    return Content.assemble(("“", "$quiet"), (shown(text), "italic"), ("”", "$quiet"))


def _stage(material: Material) -> Block:
    stage = material.stage
    guide = words.STAGES[stage]
    name = Content.assemble(
        (STAGE_NAMES[stage].capitalize(), "bold $primary"), "   ", (dots(STAGES.index(stage) + 1), "$accent")
    )
    rows = [(DOT, Content(goal)) for goal in guide.goals]
    rows.append((Content(), Content.assemble(("Leave out ", "$quiet"), guide.avoid + ".")))
    rows.append((Content(), Content.assemble(("It is done when ", "$quiet"), guide.done + ".")))
    return Items(name, rows)


def _rule(exercise: Exercise, rubric: Rubric) -> Block:
    rule = exercise.passing
    turns = f"You have {exercise.turns} replies." if exercise.turns != 1 else "You have one reply."
    needed = [(True, f"Give at least {rule.least_turns} replies that can be scored.")]
    for name, minimum in rule.minimum.items():
        text = f"Keep {rubric.criterion(name).name} at {minimum.median:g} or better in at least half of your replies"
        needed.append((True, text + (f", and never below {minimum.worst:g}." if minimum.worst > 1 else ".")))
    needed += [(item.starred, item.say) for item in rule.must]
    rows = [(STAR if starred else DOT, Content(shown(text))) for starred, text in needed]
    if rule.must_not:
        rows.append((Content(), quiet("What must not happen:")))
        rows += [(STAR if item.starred else DOT, Content(shown(item.say))) for item in rule.must_not]
    note = quiet(f"{turns} Items with a star decide; the others are shown.")
    return Items(lines([heading("When it is passed"), note]), rows)
