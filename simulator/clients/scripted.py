"""The scripted client: the educator's own lines, never the same twice while another fits."""

from __future__ import annotations

import random
from collections.abc import Iterator

from simulator.clients.engine import Chunk, Moment
from simulator.errors import EngineError

FALLBACK = "reactions.neutral"


class Scripted:
    """Speak the persona's own lines; the same seed chooses the same ones."""

    name = "scripted"

    def reply(self, moment: Moment) -> Iterator[Chunk]:
        """Yield one line for each place the cue names; raise EngineError where the persona has no such place."""
        chance = random.Random(f"{moment.seed}:{moment.state.turn}")
        sources = [source for source in moment.cue.sources if _lines(moment, source)] or [FALLBACK]
        for source in sources:
            lines = _lines(moment, source)
            names = [f"{source}#{place}" for place in range(len(lines))]
            chosen = _freshest(names, moment.said, chance)
            yield Chunk(lines[names.index(chosen)], chosen)


def _lines(moment: Moment, source: str) -> tuple[str, ...]:
    try:
        return moment.persona.lines(source)
    except KeyError:
        raise EngineError(f"{moment.persona.name} has no lines under {source}") from None


def _freshest(names: list[str], said: tuple[str, ...], chance: random.Random) -> str:
    """Choose a line that has not been said, or else the one said longest ago."""
    fresh = [name for name in names if name not in said]
    if fresh:
        return chance.choice(fresh)
    return min(names, key=lambda name: max(place for place, line in enumerate(said) if line == name))
