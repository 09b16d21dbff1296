"""What is between the two, in words: trust, the alliance, and what changed and why."""

from __future__ import annotations

from textual.content import Content

from simulator.content.authored import STAGE_NAMES, STAGES, Stage
from simulator.content.persona import Persona
from simulator.session import ClientState, Exchange, Session
from simulator.tui import words
from simulator.tui.glyphs import arrow, dots, spark
from simulator.tui.plain import Part, heading, shown

MOST_EVENTS = 8


def relationship(session: Session, persona: Persona) -> Content:
    """Describe where the relationship stands, and what the last turns changed."""
    states = [session.start, *(one.state for one in session.exchanges)]
    now, before = states[-1], states[-2] if len(states) > 1 else states[-1]
    parts: list[Part] = [
        heading("Between you"),
        ("\ntrust   ", "bold"),
        (spark([state.trust for state in states]), "$accent"),
        f" {words.trust(now.trust)} {arrow(now.trust - before.trust)}",
        "\n" + _alliance(now, before),
        ("\nstage   ", "bold"),
        (dots(STAGES.index(now.stage) + 1), "$accent"),
        f" {STAGE_NAMES[now.stage]}",
    ]
    if now.rupture:
        parts.append((f"\nA strain stands between you since turn {now.rupture.since}.", "$lowers"))
    if session.exchanges and (told := happened(session.exchanges[-1], persona)):
        parts += ["\n\n", told]
    return Content.assemble(*parts)


def _alliance(now: ClientState, before: ClientState) -> Content:
    """Name bond, goals and tasks, with where each went."""

    def went(word: str, change: float) -> str:
        return f"{word} {arrow(change)}".rstrip()

    return Content.assemble(
        ("bond    ", "bold"),
        went(words.bond(now.bond), now.bond - before.bond),
        ("\ngoals   ", "bold"),
        went(words.agreed(now.goals), now.goals - before.goals),
        (" · ", "$faint"),
        ("tasks ", "bold"),
        went(words.agreed(now.tasks), now.tasks - before.tasks),
    )


def happened(exchange: Exchange, persona: Persona) -> Content:
    """List what one turn changed, each with its reason."""
    parts: list[Part] = []
    for one in exchange.events[:MOST_EVENTS]:
        told = words.event(one, persona)
        if told is None:
            continue
        sign, text = told
        style = {"+": "bold $raises", "−": "bold $lowers"}.get(sign, "bold $accent")
        parts += ["\n" if parts else "", (sign, style), " ", shown(text)]
    return Content.assemble(*parts)


def brief(exchange: Exchange, before: ClientState) -> Content:
    """Say in a few words which way trust went, for the line under a reply."""
    sign = arrow(exchange.state.trust - before.trust)
    parts: list[Part] = []
    if sign:
        parts = [("trust ", "$quiet"), sign]
    for one in exchange.events:
        word = {"told": "something new was told", "rupture": "a rupture", "repair": "a repair"}.get(one.kind)
        if word:
            parts += [(" · ", "$faint") if parts else "", word]
    return Content.assemble(*parts)


def header(persona: Persona, stage: Stage, turn: int, of: int | None, feedback: str, width: int) -> Content:
    """Set the line above a session; what matters least is left out where it is narrow."""
    place = f"turn {turn} of {of}" if of else f"turn {turn}"
    name, dotted = shown(persona.name, 24), dots(STAGES.index(stage) + 1)
    right = [feedback, "F1 keys"]
    left: list[Part] = [(name, "bold $voice"), (" · ", "$faint"), STAGE_NAMES[stage], " ", (dotted, "$accent")]
    left += [(" · ", "$faint"), place]
    content = Content.assemble(*left)
    while right and content.cell_length + 3 + len(" · ".join(right)) > width:
        right.pop(0)
    tail = " · ".join(right)
    space = max(width - content.cell_length - len(tail), 1)
    return Content.assemble(content, " " * space, (tail, "$quiet"))
