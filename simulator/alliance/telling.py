"""What the client is ready to tell, what a reply asks for, and which boundary is tested next."""

from __future__ import annotations

from simulator.alliance.felt import Felt
from simulator.content.authored import STAGE_NAMES, STAGES, Mark
from simulator.content.persona import Disclosure, Persona, Probe
from simulator.session import ClientState, Reply, Scores

NEAR = 0.45
"""From which closeness, as cosine, a reply is taken to ask about a topic."""
AS_NEAR = 0.06
"""Topics within this much of the nearest count as about as near."""
FROM_LATER = 0.12
"""How much nearer a topic of a later stage must be to be heard: goodbyes are not on the client's mind at the beginning."""
DEEP = 0.4
"""From which needed trust a disclosure counts as deep: two deep ones are never volunteered in a row."""
PROBE_APART = 4
"""Turns between two tests of a boundary."""

_MOVES: dict[str, Mark] = {
    "goal": "goal",
    "next_step": "next_step",
    "review": "gains",
    "ending": "ending",
    "future_support": "support",
}
"""Moves of the counsellor that ask for what a stage needs."""


def reached(state: ClientState, stage: str) -> bool:
    """Tell whether the client is in that stage or beyond."""
    return STAGES.index(state.stage) >= STAGES.index(stage)


def ready(state: ClientState, disclosure: Disclosure) -> bool:
    """Tell whether the client could say this now: stage, trust, what came before, and no open rupture."""
    return (
        disclosure.id not in state.disclosed
        and state.rupture is None
        and reached(state, disclosure.stage)
        and state.trust >= disclosure.needs.trust
        and all(name in state.disclosed for name in disclosure.needs.after)
    )


def why_not(state: ClientState, disclosure: Disclosure) -> str:
    """Say what a disclosure still waits for, without saying what it is."""
    if state.rupture:
        return "the strain between you comes first"
    if not reached(state, disclosure.stage):
        return f"it belongs to a later stage, {STAGE_NAMES[disclosure.stage]}"
    if any(name not in state.disclosed for name in disclosure.needs.after):
        return "other things have to be told before"
    return "there is not enough trust yet"


def asked_about(persona: Persona, state: ClientState, scores: Scores, reply: Reply) -> Disclosure | None:
    """Find what a reply asks about: by its words' closeness to the topics, else by its move.

    Of disclosures about as near as the nearest, one that is ready wins, then one that has not been told.
    """
    closeness = {
        d.id: reply.topics.get(d.id, 0.0) - (0.0 if reached(state, d.stage) else FROM_LATER)
        for d in persona.disclosures
    }
    near = [d for d in persona.disclosures if closeness[d.id] >= NEAR]
    if near:
        best = max(closeness[d.id] for d in near)
        close = [d for d in near if closeness[d.id] >= best - AS_NEAR]
        return max(close, key=lambda d: (ready(state, d), d.id not in state.disclosed, closeness[d.id]))
    for move, mark in _MOVES.items():
        if scores.has(move):
            marked = [d for d in persona.disclosures if d.marks == mark and reached(state, d.stage)]
            if marked:
                return max(marked, key=lambda d: (ready(state, d), d.id not in state.disclosed))
    return None


def volunteered(persona: Persona, state: ClientState, scores: Scores, felt: Felt) -> Disclosure | None:
    """Find what the client brings up unasked after a reply that makes room: the first that is ready, deep ones not in a row."""
    empathy = scores.level("empathy")
    room = felt.understood or (
        (scores.has("open_question") or scores.has("exploration")) and empathy is not None and empathy >= 2.5
    )
    if not room:
        return None
    for disclosure in persona.disclosures:
        if ready(state, disclosure) and not (disclosure.needs.trust >= DEEP and state.turn - state.last_told <= 1):
            return disclosure
    return None


def probe_due(persona: Persona, state: ClientState) -> Probe | None:
    """Find the boundary that the client tests now, if the time has come."""
    if state.rupture or state.probe or state.turn - max(state.last_probe, 0) < PROBE_APART:
        return None
    for probe in persona.probes:
        if probe.id not in state.probed and reached(state, probe.when.stage) and state.trust >= probe.when.trust:
            return probe
    return None
