"""How a reply feels to the client: from levels and codes to a change of trust, and to a sore place touched."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.content.persona import Hurt, Persona, Sensitivity
from simulator.session import ClientState, Scores

# What a level adds to trust or takes from it, for levels 1 to 5; between them, straight lines. Judgment costs far more than
# acceptance earns, since one judging reply undoes several kind ones. Each row must rise, so that a worse level never helps.
EMPATHY = (-0.06, -0.01, 0.02, 0.05, 0.07)
NON_JUDGMENT = (-0.16, -0.06, 0.0, 0.02, 0.03)
BOUNDARY = (-0.12, -0.05, 0.01, 0.03, 0.05)
SECOND_SILENCE = -0.02
MOST_FALL = -0.22
"""The most that one reply takes from trust without a rupture."""

JUDGED_BELOW = 2.0
HURT_BELOW = 1.8
UNDERSTOOD_FROM = 3.4
CROSSED_BELOW = 2.3
HURT_WORDS: dict[Hurt, str] = {
    "judgment": "judgment",
    "advice": "advice that was not asked for",
    "missed_feeling": "a feeling passed over",
    "questioning": "one question after another",
    "boundary": "a limit that slipped",
    "self_disclosure": "the counsellor's own story",
    "false_cheer": "cheer that came too soon",
}
INTERROGATED_FROM = 3
"""Closed questions in a row that feel like an interrogation."""


@dataclass(frozen=True)
class Felt:
    """Hold how a reply felt."""

    change: float
    """What it adds to trust, before diminishing returns."""
    because: str
    """The main reason, in the counsellor's terms."""
    judged: bool
    advised: bool
    missed: bool
    understood: bool
    silent: bool
    too_short: bool
    unclear: bool
    """Whether the words make no sense, or nothing but sounds has come for a while."""
    touched: Sensitivity | None
    """The sore place that was touched."""
    severity: float
    """How hard it was touched, 0 to 1."""


def between(levels: tuple[float, ...], level: float | None) -> float:
    """Read a row of values for levels 1 to 5 at a level, by straight lines; 0 for None."""
    if level is None:
        return 0.0
    level = min(max(level, 1.0), 5.0)
    below = min(int(level), 4)
    share = level - below
    return levels[below - 1] * (1 - share) + levels[below] * share


def unasked_advice(scores: Scores) -> bool:
    """Tell whether a reply advises without asking leave."""
    return scores.has("advice") and not scores.has("permission")


def feel(persona: Persona, state: ClientState, scores: Scores, text: str) -> Felt:
    """Tell how a reply felt to this client in this state."""
    empathy, judgment, boundary = (scores.level(c) for c in ("empathy", "non_judgment", "boundary_keeping"))
    silent = not text.strip()
    parts = [
        (between(EMPATHY, empathy), _empathy_reason(scores, empathy)),
        (between(NON_JUDGMENT, judgment), "judgment" if (judgment or 3) < 3 else "acceptance"),
        (between(BOUNDARY, boundary), "a limit that slipped" if (boundary or 3) < 2.5 else "a limit kept"),
    ]
    if silent and state.silences >= 1:
        parts.append((SECOND_SILENCE, "a long silence"))
    touched, severity = _touched(persona, state, scores)
    too_short = not silent and empathy is None and judgment is None
    senseless = any(score.unscored == "not_understood" for score in scores.criteria.values())
    return Felt(
        change=max(sum(change for change, _ in parts), MOST_FALL),
        because=max(parts, key=lambda part: abs(part[0]))[1],
        judged=judgment is not None and judgment < JUDGED_BELOW,
        advised=unasked_advice(scores) and state.stage in ("rapport", "exploring"),
        missed=empathy is not None and empathy < HURT_BELOW,
        understood=empathy is not None
        and empathy >= UNDERSTOOD_FROM
        and (judgment is None or judgment >= JUDGED_BELOW),
        silent=silent,
        too_short=too_short,
        unclear=senseless or (too_short and state.silences >= 1),
        touched=touched,
        severity=severity,
    )


def _empathy_reason(scores: Scores, empathy: float | None) -> str:
    if empathy is None:
        return "a word of listening"
    if empathy >= UNDERSTOOD_FROM:
        return "a reflection that reached the feeling" if scores.behaviour == "reflection" else "being understood"
    if empathy >= 2.5:
        return "a question at the right pace" if scores.behaviour == "question" else "being heard"
    return "a feeling passed over"


def _touched(persona: Persona, state: ClientState, scores: Scores) -> tuple[Sensitivity | None, float]:
    """Find the sore place that is touched hardest, if any."""
    worst: tuple[Sensitivity | None, float] = (None, 0.0)
    for sensitivity in persona.sensitivities:
        severity = _severity(sensitivity.hurts, state, scores)
        if severity > worst[1]:
            worst = (sensitivity, severity)
    return worst


def _severity(hurts: Hurt, state: ClientState, scores: Scores) -> float:
    """Tell how hard a reply touches a kind of sore place, 0 to 1; never less for a worse level."""
    empathy, judgment, boundary = (scores.level(c) for c in ("empathy", "non_judgment", "boundary_keeping"))
    warm = empathy is not None and empathy >= UNDERSTOOD_FROM
    match hurts:
        case "judgment":
            return 0.0 if judgment is None or judgment >= JUDGED_BELOW else (1.0 if judgment < 1.5 else 0.6)
        case "missed_feeling":
            return 0.0 if empathy is None or empathy >= HURT_BELOW else (0.7 if empathy < 1.3 else 0.4)
        case "boundary":
            return 0.0 if boundary is None or boundary >= CROSSED_BELOW else (1.0 if boundary < 1.5 else 0.6)
        case "advice":
            return 0.6 if unasked_advice(scores) and state.stage in ("rapport", "exploring") and not warm else 0.0
        case "questioning":
            asked = state.questions + scores.has("closed_question")
            return 0.6 if asked >= INTERROGATED_FROM and scores.has("closed_question") and not warm else 0.0
        case "self_disclosure":
            return 0.5 if scores.has("self_disclosure", 0.6) and not warm else 0.0
        case "false_cheer":
            cheer = scores.has("affirmation") or scores.has("emotional_reaction")
            return 0.6 if cheer and empathy is not None and empathy < 2.1 else 0.0
