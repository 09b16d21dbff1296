"""What screens say: stages, feedback, trust and events in a counsellor's words."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.content.authored import Feedback, Stage
from simulator.content.persona import Persona
from simulator.session import Event, Unscored


@dataclass(frozen=True)
class StageGuide:
    """Say what one stage of the relationship asks for."""

    goals: tuple[str, ...]
    avoid: str
    done: str


STAGES: dict[Stage, StageGuide] = {
    "rapport": StageGuide(
        (
            "Welcome, and be a person rather than an expert.",
            "Explain early what stays between you, and what could not.",
            "Ask open, general questions; reflect what you hear; go at the client’s pace.",
        ),
        "rushing to the problem, collecting facts, advice, false cheer, leaving confidentiality out",
        "trust has risen, the client has volunteered something, and confidentiality has been covered",
    ),
    "exploring": StageGuide(
        (
            "Ask open questions about this person’s own experience.",
            "Reflect more than was said: feelings before facts.",
            "Notice what is said, and how it is said.",
        ),
        "interrogation, interpreting too early, taking sides, a “why” that blames",
        "the heart of the matter has been told and understood, and a goal is named",
    ),
    "solutions": StageGuide(
        (
            "Ask what the client wants, and what has been tried.",
            "Find options together; ask leave before you suggest anything.",
            "Support the client’s own choice, and encourage.",
        ),
        "advice nobody asked for, fixing, rescuing, arguing",
        "the client owns a next step",
    ),
    "termination": StageGuide(
        (
            "Look back on what has changed, and celebrate it.",
            "Make room for how the ending feels.",
            "Name where support will come from next, and keep the limit.",
        ),
        "opening a new topic, promising contact, ending abruptly or running on",
        "the gains are reviewed, the ending has been felt, and future support is named",
    ),
}

FEEDBACK: dict[Feedback, str] = {
    "full": "after each reply",
    "request": "when you ask",
    "end": "at the end",
    "none": "none",
}
FEEDBACK_NOTE: dict[Feedback, str] = {
    "full": "Every reply is scored with its reason as you go.",
    "request": "You work alone, and press F3 when you want to see how the last reply was scored.",
    "end": "You work alone; everything is shown in the debrief.",
    "none": "Nothing is scored on screen: you learn only whether the exercise is passed, and by which items.",
}
FEEDBACK_SHORT: dict[Feedback, str] = {
    "full": "feedback on",
    "request": "feedback: F3",
    "end": "feedback at the end",
    "none": "no feedback",
}
UNSCORED: dict[Unscored, str] = {
    "too_short": "not scored: too short to judge",
    "not_at_stake": "not at stake",
    "no_exemplars": "not scored: nothing to compare with",
}
BEHAVIOURS = {
    "question": "a question",
    "reflection": "a reflection",
    "therapist_input": "your own input",
    "other": "something else",
}

CAUTION = (
    "A formative aid, and text only: no tone, no gaze. It decides nothing about anyone’s fitness without a supervisor, "
    "and is never a tool for treating anyone."
)
PRIVATE = "What you type is kept on this computer only."

_TRUST = ((0.12, "guarded"), (0.28, "wary"), (0.45, "warming"), (0.65, "trusting"), (2.0, "deep"))
_BOND = ((0.2, "thin"), (0.4, "forming"), (0.65, "warm"), (2.0, "strong"))
_AGREED = ((0.05, "not yet"), (0.4, "touched on"), (0.75, "shared"), (2.0, "agreed"))


def _word(scale: tuple[tuple[float, str], ...], value: float) -> str:
    return next(word for below, word in scale if value < below)


def trust(value: float) -> str:
    """Name how much trust there is, 0 to 1."""
    return _word(_TRUST, value)


def bond(value: float) -> str:
    """Name how strong the bond is, 0 to 1."""
    return _word(_BOND, value)


def agreed(value: float) -> str:
    """Name how far goals or tasks are agreed on, 0 to 1."""
    return _word(_AGREED, value)


def subject(persona: Persona) -> str:
    """Return the pronoun a sentence about the client begins with."""
    return persona.pronouns.capitalize()


def confidence(chance: float) -> str:
    """Say how far levels can be relied on."""
    tenths = round(chance * 10)
    often = "nearly always" if tenths >= 10 else f"about {tenths} times in 10"
    return f"A rough guide: such levels are within one of the exemplars’ own {often}."


def event(one: Event, persona: Persona) -> tuple[str, str] | None:
    """Put an event into a sign and words; None for what the alliance line shows. Ids of disclosures are never named."""
    grew = (one.change or 0.0) >= 0
    match one.kind:
        case "trust":
            return ("+", f"trust grew: {one.reason}") if grew else ("−", f"trust fell: {one.reason}")
        case "told":
            return "+", f"{subject(persona)} told you something new: {one.reason}"
        case "declined":
            return "·", f"{subject(persona)} kept something back: {one.reason}"
        case "covered":
            return "+", one.reason
        case "stage":
            return "→", one.reason
        case "touched":
            return "−", one.reason
        case "rupture":
            return "−", f"a rupture: {one.reason}"
        case "repair":
            return "+", f"a repair: {one.reason}"
        case "probe":
            return "?", one.reason
        case "limit":
            return "·", one.reason
        case "ended":
            return "·", f"the session ended: {one.reason}"
    return None
