"""The persona: who the client is, what there is to tell, and what makes telling possible."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from simulator.content.authored import (
    MARK_NAMES,
    STAGE_MARKS,
    STAGES,
    Authored,
    Identifier,
    Line,
    Lines,
    Location,
    Mark,
    Stage,
    Text,
    Trust,
    nearest,
    repeated_ids,
)

ProbeKind = Literal[
    "dual_relationship",
    "private_contact",
    "gift",
    "touch",
    "romance",
    "secrecy",
    "personal_question",
    "decide_for_me",
    "outside_competence",
    "extra_time",
    "rescue",
    "business",
]

Hurt = Literal["judgment", "advice", "missed_feeling", "questioning", "boundary", "self_disclosure", "false_cheer"]
"""What a reply can do that touches a sore place."""


class Voice(Authored):
    """Say how the client speaks."""

    style: Text
    """How the sentences sound: short, guarded, rambling, formal, …"""
    fillers: tuple[Line, ...] = ()
    """Small words the client leans on, such as "I guess"."""


class Start(Authored):
    """Say where the client stands when the first session opens."""

    stage: Stage = "rapport"
    """The stage of the relationship in which a free session begins."""
    trust: Trust = 0.2
    """How safe it feels at first, from 0 (not at all) to below 1 (wholly)."""


class Repair(Authored):
    """Say what mends a rupture, and what the client says then."""

    needs: Literal["owning", "understanding"] = "owning"
    """`owning`: the counsellor names the misstep and owns a part. `understanding`: one reply that truly gets it is enough."""
    lines: Lines
    """What the client says as the strain eases."""


class Sensitivity(Authored):
    """Describe a sore place: what touches it, how it shows, and what mends it."""

    id: Identifier
    """A short name, used in records."""
    why: Text
    """Where it comes from, for educators and for the debrief."""
    hurts: Hurt
    """What in a reply touches it."""
    shows_as: Annotated[Literal["withdrawal", "confrontation"], Field(alias="as")]
    """How the rupture shows: going quiet and polite, or protest."""
    lines: Lines
    """What the client says when it is touched."""
    strained: Lines
    """What the client says while the rupture has not been mended."""
    repair: Repair
    """What mends it."""


class Needs(Authored):
    """Say what must be so before something is said."""

    trust: Trust = 0.0
    """The least trust."""
    after: tuple[Identifier, ...] = ()
    """Disclosures that must have been made before."""


class Disclosure(Authored):
    """Describe one thing the client can tell."""

    id: Identifier
    """A short name, used in records."""
    stage: Stage = "rapport"
    """The earliest stage in which it is told."""
    needs: Needs = Needs()
    """The trust and the earlier disclosures it waits for."""
    about: Annotated[tuple[Line, ...], Field(min_length=1)]
    """Topics in plain words. Asking near one of them, in meaning, brings it up."""
    marks: Mark | None = None
    """What this settles for the stage: `goal`, `next_step`, `gains`, `ending` or `support`."""
    lines: Lines
    """Ways to tell it; one is used."""
    decline: tuple[Line, ...] = ()
    """What the client says when asked about it too soon. Without any, the general deflections are used."""
    again: tuple[Line, ...] = ()
    """What the client adds when asked about it once more."""


class When(Authored):
    """Say from when on a probe may come."""

    stage: Stage = "rapport"
    """The earliest stage."""
    trust: Trust = 0.0
    """The least trust."""


class Probe(Authored):
    """Describe one way in which the client tests a boundary."""

    id: Identifier
    """A short name, used in records."""
    kind: ProbeKind
    """The kind of boundary that is tested."""
    when: When = When()
    """From when on it may come."""
    lines: Lines
    """How the client asks."""
    held: Lines
    """What the client says when the limit is kept, with or without warmth."""
    crossed: Lines
    """What the client says when the counsellor goes along or drifts."""
    cold: Lines
    """What the client says when the limit is kept coldly."""
    avoided: Lines
    """What the client says when the question is passed over."""


class StageScript(Authored):
    """Hold what the client says because of the stage."""

    opening: Lines
    """First words of a session that begins in this stage."""
    nudges: tuple[Line, ...] = ()
    """What the client says when the stage hangs: a question or a hint about what is missing."""


class Stages(Authored):
    """Hold the stage scripts."""

    rapport: StageScript
    """Establishing rapport."""
    exploring: StageScript
    """Exploring the problem."""
    solutions: StageScript
    """Working on solutions."""
    termination: StageScript
    """Saying goodbye."""


class Reactions(Authored):
    """Hold how the client answers the way a reply felt."""

    understood: Lines
    """After a reply that got it."""
    judged: Lines
    """After a reply that judged, openly or not."""
    advised: Lines
    """After advice that was not asked for."""
    missed: Lines
    """After a reply that passed over the feeling, or hurt."""
    unclear: Lines
    """After a reply that makes no sense or is too short to answer."""
    silence: Lines
    """When the counsellor says nothing."""
    deflecting: Lines
    """When asked about something that it is too early for."""
    neutral: Lines
    """When there is nothing in particular to answer: small talk, a plain remark."""
    informed: Lines
    """After an explanation, of confidentiality for one."""
    done: Lines
    """When everything that can be said has been said."""


class Ending(Authored):
    """Hold last words."""

    good: Lines
    """After an ending that was prepared."""
    unfinished: Lines
    """When the session stops before its work is done."""
    abrupt: Lines
    """When the client breaks off after a rupture that was not mended."""


class Persona(Authored):
    """Describe a client: what she shows, what is true of her, and when she tells it."""

    schema_: Annotated[Literal["persona/1"], Field(alias="schema")]
    """The format of this file."""
    id: Identifier
    """A short name, the same as the file's."""
    name: Text
    """What the client is called."""
    pronouns: Literal["she", "he", "they"] = "they"
    """How the client is spoken of on screens."""
    presents: Text
    """What the client says she came for, in one line."""
    briefing: Text
    """What the counsellor knows before the first session: the referral, a few facts."""
    background: Text
    """What is true of the client's life; the counsellor is never shown it."""
    trains: Text
    """What a trainee practises with this client, for educators."""
    content_warnings: tuple[Line, ...] = ()
    """Themes that a trainee should know of before starting."""
    culture: Text
    """What matters in how the client speaks and is spoken to."""
    voice: Voice
    """How the client speaks."""
    start: Start = Start()
    """Where a free session begins."""
    core: Identifier
    """The disclosure that is the heart of the matter."""
    stages: Stages
    """What the client says because of the stage."""
    sensitivities: tuple[Sensitivity, ...]
    """Sore places."""
    disclosures: Annotated[tuple[Disclosure, ...], Field(min_length=1)]
    """What there is to tell, shallow things first: of several that are ready, the earlier is volunteered."""
    probes: tuple[Probe, ...] = ()
    """Ways of testing a boundary."""
    reactions: Reactions
    """How the client answers the way a reply felt."""
    ending: Ending
    """Last words."""

    def disclosure(self, name: str) -> Disclosure:
        """Return the disclosure of that id; raise KeyError where there is none."""
        for disclosure in self.disclosures:
            if disclosure.id == name:
                return disclosure
        raise KeyError(name)

    def lines(self, source: str) -> tuple[str, ...]:
        """Return the lines at a place such as ``disclosures.exam.lines``; raise KeyError where there is none."""
        place: Any = self
        for step in source.split("."):
            if isinstance(place, tuple):
                place = next((item for item in place if item.id == step), None)
            else:
                place = getattr(place, step, None)
            if place is None:
                raise KeyError(source)
        return tuple(place)

    def contradictions(self) -> list[tuple[Location, str]]:
        """List ids used twice, ids that name nothing, and what could never be told."""
        known = [disclosure.id for disclosure in self.disclosures]
        found = repeated_ids("disclosures", known)
        found += repeated_ids("sensitivities", [sore.id for sore in self.sensitivities])
        found += repeated_ids("probes", [probe.id for probe in self.probes])
        if self.core not in known:
            found.append((("core",), f"no disclosure has the id '{self.core}'{nearest(self.core, known)}"))
        for position, disclosure in enumerate(self.disclosures):
            for place, name in enumerate(disclosure.needs.after):
                way: Location = ("disclosures", position, "needs", "after", place)
                if name == disclosure.id:
                    found.append((way, f"'{name}' waits for itself"))
                elif name not in known:
                    found.append((way, f"no disclosure has the id '{name}'{nearest(name, known)}"))
                elif STAGES.index(self.disclosure(name).stage) > STAGES.index(disclosure.stage):
                    later = self.disclosure(name).stage
                    found.append((way, f"'{name}' is told from {later} on, later than '{disclosure.id}' itself"))
        return found + self._waiting_in_circles() + self._too_late()

    def _waiting_in_circles(self) -> list[tuple[Location, str]]:
        """List disclosures that wait for each other."""
        waits = {one.id: set(one.needs.after) - {one.id} for one in self.disclosures}
        waits = {name: after & waits.keys() for name, after in waits.items()}
        while free := [name for name, after in waits.items() if not after & waits.keys()]:
            for name in free:
                del waits[name]
        # Every disclosure that is left waits for another that is left, so that any way among them leads into a circle.
        found: list[tuple[Location, str]] = []
        seen: list[str] = []
        name = next(iter(waits), "")
        while waits and name not in seen:
            seen.append(name)
            name = next(one for one in self.disclosure(name).needs.after if one in waits and one != name)
        circle = seen[seen.index(name) :] if seen else []
        for position, disclosure in enumerate(self.disclosures):
            if disclosure.id in circle:
                others = ", ".join(f"'{one}'" for one in circle if one != disclosure.id)
                message = f"'{disclosure.id}' can never be told: it waits for {others}, and that waits for it"
                found.append((("disclosures", position, "needs", "after"), message))
        return found

    def _too_late(self) -> list[tuple[Location, str]]:
        """List what a stage needs in order to be done, where it can only be told in a later one."""
        found: list[tuple[Location, str]] = []
        needed = [(mark, stage) for stage in STAGES for mark in STAGE_MARKS[stage]]
        for mark, stage in needed:
            marked = [place for place, one in enumerate(self.disclosures) if one.marks == mark]
            if marked and all(self._later(self.disclosures[place], stage) for place in marked):
                message = f"{stage} is not done before {MARK_NAMES[mark]} is spoken of; give it 'stage: {stage}'"
                found.append((("disclosures", marked[0], "stage"), message))
        for position, disclosure in enumerate(self.disclosures):
            if disclosure.id == self.core and self._later(disclosure, "exploring"):
                message = f"exploring is not done before the core, '{self.core}', is told; give it 'stage: exploring'"
                found.append((("disclosures", position, "stage"), message))
        return found

    @staticmethod
    def _later(disclosure: Disclosure, stage: Stage) -> bool:
        return STAGES.index(disclosure.stage) > STAGES.index(stage)
