"""The walkthrough: what is said to a client and what must follow, so that a persona can be trusted."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from simulator.content.authored import (
    Authored,
    Count,
    Identifier,
    Level,
    Line,
    Location,
    Mark,
    Stage,
    Text,
    Trust,
    nearest,
)
from simulator.content.persona import Persona


class Expect(Authored):
    """Say what must follow one reply; what is left out may be anything."""

    discloses: Identifier | None = None
    """This disclosure is made."""
    withholds: Identifier | None = None
    """This disclosure has not been made so far."""
    stage: Stage | None = None
    """The stage is this one afterwards."""
    trust: Literal["rises", "falls", "holds"] | None = None
    """Where trust goes."""
    rupture: Literal["withdrawal", "confrontation", "none"] | None = None
    """The rupture that is open afterwards."""
    repaired: bool | None = None
    """A rupture is mended."""
    probe: Identifier | None = None
    """The client tests this boundary in answer."""
    covers: Mark | None = None
    """This has been spoken of."""
    ended: bool | None = None
    """The session is over."""


class Said(Authored):
    """Hold one reply of the counsellor and what must follow."""

    say: Annotated[str, Field(max_length=2000)]
    """What the counsellor says; empty: nothing."""
    levels: dict[Identifier, Level] | None = None
    """Levels to assume. Left out: the reply is scored as a trainee's would be."""
    codes: tuple[Identifier, ...] | None = None
    """Codes to assume, with `levels`."""
    expect: Expect = Expect()
    """What must follow."""


class Walk(Authored):
    """Hold one way through a session."""

    name: Line
    """What this way shows."""
    stage: Stage = "rapport"
    """The stage in which it begins."""
    trust: Trust | None = None
    """Trust at the beginning; left out: the client's own."""
    disclosed: tuple[Identifier, ...] = ()
    """Disclosures made before."""
    covered: tuple[Mark, ...] = ()
    """What has been spoken of before."""
    seed: Count = 1
    """The seed of the client's choices."""
    turns: Annotated[tuple[Said, ...], Field(min_length=1)]
    """The replies, in order."""


class Walkthrough(Authored):
    """Hold the ways through one persona that must keep working."""

    schema_: Annotated[Literal["walkthrough/1"], Field(alias="schema")]
    """The format of this file."""
    persona: Identifier
    """The client."""
    about: Text
    """What these ways show."""
    walks: Annotated[tuple[Walk, ...], Field(min_length=1)]
    """The ways."""

    def contradictions_with(self, persona: Persona) -> list[tuple[Location, str]]:
        """List disclosures and probes that the persona does not know."""
        told = [disclosure.id for disclosure in persona.disclosures]
        probes = [probe.id for probe in persona.probes]
        found: list[tuple[Location, str]] = []

        def look(way: Location, name: str | None, known: list[str], kind: str) -> None:
            if name is not None and name not in known:
                found.append((way, f"{persona.id} has no {kind} '{name}'{nearest(name, known)}"))

        for w, walk in enumerate(self.walks):
            for place, name in enumerate(walk.disclosed):
                look(("walks", w, "disclosed", place), name, told, "disclosure")
            for t, turn in enumerate(walk.turns):
                way: Location = ("walks", w, "turns", t, "expect")
                look((*way, "discloses"), turn.expect.discloses, told, "disclosure")
                look((*way, "withholds"), turn.expect.withholds, told, "disclosure")
                look((*way, "probe"), turn.expect.probe, probes, "probe")
        return found
