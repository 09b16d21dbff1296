"""The engine protocol: one method that yields the client's words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from simulator.content.persona import Persona
from simulator.session import ClientState, Cue


@dataclass(frozen=True)
class Moment:
    """Hold everything an engine may know when it finds words; what the client is not ready to say is not in it."""

    persona: Persona
    state: ClientState
    cue: Cue
    said: tuple[str, ...]
    """The authored lines used so far, in order."""
    history: Sequence[tuple[str, str]]
    """What was said so far: counsellor and client, oldest first; the counsellor's part of the opening is empty."""
    seed: int


@dataclass(frozen=True)
class Chunk:
    """Hold a piece of what the client says."""

    text: str
    line: str | None = None
    """The authored line it is, such as ``disclosures.exam.lines#0``."""


class Engine(Protocol):
    """Find words for a moment."""

    name: str
    """What records call it."""

    def reply(self, moment: Moment) -> Iterator[Chunk]:
        """Yield the client's words in pieces that are joined by a space; raise EngineError where none can be found."""
        ...
