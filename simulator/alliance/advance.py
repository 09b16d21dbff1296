"""One step of the relationship: a reply goes in, a new state, its reasons and a cue come out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from simulator.alliance import telling
from simulator.alliance.felt import CROSSED_BELOW, HURT_WORDS, Felt, feel, unasked_advice
from simulator.content.authored import MARK_NAMES, STAGE_MARKS, STAGE_NAMES, STAGES, Mark, Stage
from simulator.content.persona import Disclosure, Persona, Probe
from simulator.session import ClientState, Cue, Event, EventKind, Reply, Rupture, Scores, Step

MOST_TRUST = 0.95
"""Trust that ordinary replies can reach; mending a rupture may go beyond."""
REPAIR_GAIN = 0.15
"""The share of the way from the trust before a rupture to full trust that mending it adds."""
MOST_RUPTURE_FALL = -0.28
"""The most that a rupture takes from trust; more than a hurtful reply that is borne, so that a rupture never costs less."""
LEAVES_RAPPORT = 0.35
"""Trust from which the client moves on from establishing rapport."""
KEPT_FROM = 3.5
"""Boundary level from which a limit counts as kept even where none was stated in so many words."""
BREAKS_BELOW = 0.1
"""Trust below which a client breaks off when a rupture has stood open for some turns."""
BREAKS_AFTER = 3
NUDGE_AFTER = 4
"""Turns in a stage before the client hints at what is missing, and between two such hints."""


@dataclass
class _Draft:
    """Collect the changes of one step, each with its reason."""

    state: ClientState
    events: list[Event] = field(default_factory=list)

    def set(self, **changes: Any) -> None:
        self.state = self.state.model_copy(update=changes)

    def note(self, kind: EventKind, reason: str, about: str | None = None, change: float | None = None) -> None:
        self.events.append(Event(kind=kind, about=about, change=change, reason=reason))

    def move(self, kind: EventKind, to: float, reason: str) -> None:
        """Move a quantity to a value in its range, and note it where it shows."""
        before: float = getattr(self.state, kind)
        to = round(min(max(to, 0.0), 0.999999 if kind == "trust" else 1.0), 6)
        self.set(**{kind: to})
        if abs(to - before) >= 0.005:
            self.note(kind, reason, change=round(to - before, 4))

    def cover(self, mark: Mark, reason: str) -> None:
        if mark not in self.state.covered:
            self.set(covered=(*self.state.covered, mark))
            self.note("covered", reason, about=mark)


def begin(
    persona: Persona,
    stage: Stage | None = None,
    trust: float | None = None,
    disclosed: tuple[str, ...] = (),
    covered: tuple[Mark, ...] = (),
) -> ClientState:
    """Make the client's state before the first reply of a session."""
    stage = stage or persona.start.stage
    start = persona.start.trust if trust is None else trust
    told = {d.marks for d in persona.disclosures if d.id in disclosed and d.marks}
    marks = tuple(dict.fromkeys([*covered, *sorted(told)]))
    return ClientState(stage=stage, trust=start, bond=start, disclosed=disclosed, covered=marks)


def opening_cue(state: ClientState) -> Cue:
    """Say what the client expresses first."""
    return Cue(sources=(f"stages.{state.stage}.opening",), openness=state.trust)


def closing_cue(state: ClientState) -> Cue:
    """Say what the client expresses last, when the counsellor or the clock ends the session."""
    if state.rupture:
        return Cue(sources=("ending.abrupt" if state.trust < LEAVES_RAPPORT else "ending.unfinished",), openness=0.1)
    return Cue(sources=("ending.good" if state.parting else "ending.unfinished",), openness=state.trust)


def advance(persona: Persona, state: ClientState, scores: Scores, reply: Reply) -> Step:
    """Take one reply in: feel it, let trust and the alliance move, and decide what the client is ready to say.

    A pure function. Worse levels of the same reply never end in more trust; what has been disclosed stays disclosed; a
    rupture that is mended ends with more trust than before it.
    """
    draft = _Draft(state.model_copy(update={"turn": state.turn + 1}))
    felt = feel(persona, state, scores, reply.text)
    answered = _answer_to_probe(persona, draft, scores) if state.probe else None
    if state.rupture:
        sources = _in_rupture(persona, draft, scores, felt, state.rupture)
    else:
        sources = _in_peace(persona, draft, scores, felt, reply, answered)
    _count(draft, scores, felt)
    _alliance(draft, state, scores)
    _stage(persona, draft)
    sources = _ending(draft, scores) or sources
    openness = round(min(max(draft.state.trust + felt.change * 2, 0.0), 1.0), 3)
    return Step(state=draft.state, events=tuple(draft.events), cue=Cue(sources=sources, openness=openness))


def _moved(trust: float, change: float) -> float:
    """Apply a change to trust: gains shrink as trust grows (full size at 0.2, where clients start), losses do not."""
    if change <= 0:
        return trust + change
    return max(trust, min(trust + change * (1 - trust) / 0.8, MOST_TRUST))


def _in_peace(
    persona: Persona, draft: _Draft, scores: Scores, felt: Felt, reply: Reply, answered: str | None
) -> tuple[str, ...]:
    """Take a reply in while nothing stands between client and counsellor; return the places of the lines to say."""
    before = draft.state.trust
    if felt.touched:
        draft.note("touched", f"{HURT_WORDS[felt.touched.hurts]} touched a sore place", about=felt.touched.id)
        strain = draft.state.strain + felt.severity
        draft.set(strain=min(round(strain, 4), 1.0))
        if strain >= 0.55 + 0.4 * before:
            return _rupture(draft, felt, before)
    else:
        draft.set(strain=max(round(draft.state.strain - 0.15, 4), 0.0))
    draft.move("trust", _moved(before, felt.change), felt.because)
    reaction = _reaction(felt, scores)
    if answered:
        return (answered,)
    if reaction in ("reactions.judged", "reactions.advised", "reactions.silence", "reactions.unclear"):
        return (reaction,)
    first = (reaction,) if reaction in ("reactions.understood", "reactions.missed") else ()
    asked = telling.asked_about(persona, draft.state, scores, reply)
    if asked:
        return first + _tell_or_decline(draft, asked, felt)
    if felt.missed or felt.too_short:
        return (reaction or "reactions.neutral",)
    if scores.has("confidentiality") and not felt.understood:
        return ("reactions.informed",)
    return first + _unasked(persona, draft, scores, felt, reaction)


def _unasked(persona: Persona, draft: _Draft, scores: Scores, felt: Felt, reaction: str | None) -> tuple[str, ...]:
    """Choose what the client says where no topic was asked about."""
    probe = telling.probe_due(persona, draft.state)
    if probe:
        return _test(draft, probe)
    volunteered = telling.volunteered(persona, draft.state, scores, felt)
    if volunteered:
        return _tell_or_decline(draft, volunteered, felt)
    if reaction == "reactions.understood":
        return ()
    nudge = _nudge(draft)
    if nudge:
        return nudge
    if len(draft.state.disclosed) == len(persona.disclosures):
        return ("reactions.done",)
    return (reaction or "reactions.neutral",)


def _reaction(felt: Felt, scores: Scores) -> str | None:
    if felt.silent:
        return "reactions.silence"
    if felt.unclear:
        return "reactions.unclear"
    if felt.judged:
        return "reactions.judged"
    if felt.missed:
        return "reactions.missed"
    if felt.advised and not felt.understood:
        return "reactions.advised"
    if felt.understood:
        return "reactions.understood"
    if scores.has("information") or scores.has("confidentiality"):
        return "reactions.informed"
    return None


def _tell_or_decline(draft: _Draft, disclosure: Disclosure, felt: Felt) -> tuple[str, ...]:
    state = draft.state
    if disclosure.id in state.disclosed:
        return (f"disclosures.{disclosure.id}.again",) if disclosure.again else ("reactions.neutral",)
    if not telling.ready(state, disclosure) or felt.missed:
        waits = (
            "the feeling was passed over" if telling.ready(state, disclosure) else telling.why_not(state, disclosure)
        )
        draft.note("declined", f"asked too soon: {waits}", about=disclosure.id)
        return (f"disclosures.{disclosure.id}.decline" if disclosure.decline else "reactions.deflecting",)
    draft.set(disclosed=(*state.disclosed, disclosure.id), last_told=state.turn)
    draft.note("told", f"it felt safe enough to say: {felt.because}", about=disclosure.id)
    if disclosure.marks:
        draft.cover(disclosure.marks, f"the client has spoken of {MARK_NAMES[disclosure.marks]}")
    return (f"disclosures.{disclosure.id}.lines",)


def _test(draft: _Draft, probe: Probe) -> tuple[str, ...]:
    state = draft.state
    draft.set(probe=probe.id, probed=(*state.probed, probe.id), last_probe=state.turn)
    draft.note("probe", f"the client tests a boundary ({probe.kind.replace('_', ' ')})", about=probe.id)
    return (f"probes.{probe.id}.lines",)


def _answer_to_probe(persona: Persona, draft: _Draft, scores: Scores) -> str:
    """Settle a tested boundary by how the reply kept it; return the place of the client's answer."""
    probe = draft.state.probe
    boundary = scores.level("boundary_keeping")
    draft.set(probe=None)
    kept = scores.has("limit")
    if boundary is not None and boundary < CROSSED_BELOW:
        if kept and boundary >= 1.5:
            outcome, reason = "cold", "the limit was kept coldly"
        else:
            outcome, reason = "crossed", "the limit was not kept"
    elif kept or (boundary is not None and boundary >= KEPT_FROM):
        outcome, reason = "held", "the limit was kept"
    else:
        outcome, reason = "avoided", "the question about the boundary was passed over"
    draft.note("limit", reason, about=probe)
    return f"probes.{probe}.{outcome}"


def _rupture(draft: _Draft, felt: Felt, before: float) -> tuple[str, ...]:
    sore = felt.touched
    assert sore is not None
    fall = max(min(felt.change, 0.0) - 0.08 - 0.06 * felt.severity, MOST_RUPTURE_FALL)
    draft.move("trust", before + fall, f"a rupture over {HURT_WORDS[sore.hurts]}")
    state = draft.state
    draft.set(
        rupture=Rupture(sensitivity=sore.id, shows_as=sore.shows_as, trust_before=before, since=state.turn),
        ruptures=state.ruptures + 1,
        probe=None,
    )
    draft.note("rupture", f"{sore.shows_as} after {HURT_WORDS[sore.hurts]}", about=sore.id)
    if STAGES.index(state.stage) > 0:
        _to_stage(draft, STAGES[STAGES.index(state.stage) - 1], "after the rupture the relationship goes back a stage")
    return (f"sensitivities.{sore.id}.lines",)


def _in_rupture(persona: Persona, draft: _Draft, scores: Scores, felt: Felt, rupture: Rupture) -> tuple[str, ...]:
    """Take a reply in while a rupture stands open: it hurts more, or it mends."""
    before = draft.state.trust
    sore = next(s for s in persona.sensitivities if s.id == rupture.sensitivity)
    eased = round(rupture.eased + _easing(scores, felt, sore.repair.needs), 4)
    if eased >= 1:
        mended = rupture.trust_before + REPAIR_GAIN * (1 - rupture.trust_before)
        draft.set(rupture=None, strain=0.0, repairs=draft.state.repairs + 1)
        draft.move("trust", max(mended, _moved(before, felt.change)), "a rupture mended holds more than before it")
        draft.note("repair", "the strain was named or understood, and eased", about=sore.id)
        return (f"sensitivities.{sore.id}.repair.lines",)
    draft.set(rupture=rupture.model_copy(update={"eased": max(eased, 0.0)}))
    change = felt.change / 2 if felt.change > 0 else felt.change - 0.02
    most = max(rupture.trust_before - 0.01, 0.0)
    draft.move("trust", min(before + change, most), felt.because)
    return ("reactions.silence",) if felt.silent else (f"sensitivities.{sore.id}.strained",)


def _easing(scores: Scores, felt: Felt, needs: str) -> float:
    """Tell how much of a rupture a reply mends: 1 is all of it; a reply that hurts again sets it back."""
    empathy, judgment = scores.level("empathy"), scores.level("non_judgment")
    if felt.judged or felt.missed or felt.touched:
        return -1.0
    if empathy is None or (judgment is not None and judgment < 2.7):
        return 0.0
    if scores.has("repair") and empathy >= 2.5:
        return 1.0
    if empathy >= 3.3:
        return 1.0 if needs == "understanding" else 0.5
    return 0.0


def _count(draft: _Draft, scores: Scores, felt: Felt) -> None:
    """Keep count of what runs on from turn to turn, and note what the reply itself covered."""
    state = draft.state
    draft.set(
        questions=state.questions + 1 if scores.has("closed_question") else 0,
        silences=state.silences + 1 if felt.silent or felt.too_short else 0,
        parting=state.parting or scores.has("farewell") or scores.has("ending"),
    )
    if scores.has("confidentiality"):
        draft.cover("confidentiality", "you explained confidentiality")


def _alliance(draft: _Draft, before: ClientState, scores: Scores) -> None:
    """Let bond, goals and tasks follow what happened (Bordin's three parts of the working alliance)."""
    state = draft.state
    draft.move("bond", state.bond + 0.8 * (state.trust - before.trust), "the bond follows trust")
    new = set(state.covered) - set(before.covered)
    pushed = unasked_advice(scores) and state.stage in ("rapport", "exploring")
    goals = 0.4 * ("goal" in new) + 0.08 * (scores.has("goal") or scores.has("tried_before"))
    tasks = 0.4 * ("next_step" in new) + 0.08 * (scores.has("autonomy_support") or scores.has("permission"))
    if goals or pushed:
        draft.move(
            "goals", state.goals + goals - 0.05 * pushed, "what the client wants" if goals else "advice before a goal"
        )
    if tasks or pushed:
        draft.move(
            "tasks", state.tasks + tasks - 0.08 * pushed, "working on it together" if tasks else "advice not asked for"
        )


def _missing(persona: Persona, state: ClientState) -> str | None:
    """Say what the stage still needs, or None when it is done."""
    for mark in STAGE_MARKS[state.stage]:
        if mark not in state.covered:
            return MARK_NAMES[mark]
    if state.stage == "rapport" and (state.trust < LEAVES_RAPPORT or not state.disclosed):
        return "trust"
    if state.stage == "exploring" and persona.core not in state.disclosed:
        return "the heart of the matter"
    return None


def _stage(persona: Persona, draft: _Draft) -> None:
    """Move to the next stage when this one is done; one stage a turn, and never with a rupture open."""
    state = draft.state
    if state.rupture or state.stage == "termination" or _missing(persona, state):
        return
    following = STAGES[STAGES.index(state.stage) + 1]
    _to_stage(draft, following, f"{STAGE_NAMES[state.stage]} is done")


def _to_stage(draft: _Draft, stage: Stage, reason: str) -> None:
    draft.set(stage=stage, stage_since=draft.state.turn)
    draft.note("stage", f"{reason}: {STAGE_NAMES[stage]}", about=stage)


def _nudge(draft: _Draft) -> tuple[str, ...]:
    """Let the client hint at what a stage lacks, now and then."""
    state = draft.state
    lacking = [mark for mark in STAGE_MARKS[state.stage] if mark not in state.covered]
    hanging = state.turn - max(state.stage_since, state.last_nudge) >= NUDGE_AFTER
    if not lacking or not hanging:
        return ()
    draft.set(last_nudge=state.turn)
    return (f"stages.{state.stage}.nudges",)


def _ending(draft: _Draft, scores: Scores) -> tuple[str, ...]:
    """End the session where the client breaks off, or where a prepared goodbye has been said."""
    state = draft.state
    broken = state.rupture and state.trust < BREAKS_BELOW and state.turn - state.rupture.since >= BREAKS_AFTER
    if broken:
        draft.set(ended="abrupt")
        draft.note("ended", "the rupture was not mended, and the client leaves")
        return ("ending.abrupt",)
    done = state.stage == "termination" and all(mark in state.covered for mark in STAGE_MARKS["termination"])
    if done and not state.rupture and scores.has("farewell"):
        draft.set(ended="agreed")
        draft.note("ended", "a prepared goodbye")
        return ("ending.good",)
    return ()
