"""How near a reply comes, in meaning, to what a client could tell."""

from __future__ import annotations

import numpy as np

from simulator.content.persona import Persona
from simulator.scoring.cues import sentences
from simulator.scoring.encoder import Encoder
from simulator.session import Reply


class Topics:
    """Compare replies with the topics of a persona's disclosures."""

    def __init__(self, persona: Persona, encoder: Encoder) -> None:
        self._encoder = encoder
        self._names = [disclosure.id for disclosure in persona.disclosures for _ in disclosure.about]
        phrases = [phrase for disclosure in persona.disclosures for phrase in disclosure.about]
        self._vectors = np.array([encoding.vector for encoding in encoder.encode(phrases)])

    def read(self, text: str) -> Reply:
        """Return the reply with its closeness to each disclosure: the best of its sentences with the best of the topics."""
        if not any(letter.isalpha() for letter in text):
            return Reply(text=text)
        encoding = self._encoder.encode([text])[0]
        spans = sentences(text)
        vectors = [encoding.vector]
        if len(spans) > 1:
            vectors += [encoding.span(span.start, span.end) for span in spans]
        closeness = (self._vectors @ np.array(vectors).T).max(axis=1)
        nearest: dict[str, float] = {}
        for name, value in zip(self._names, closeness, strict=True):
            nearest[name] = max(nearest.get(name, -1.0), round(float(value), 4))
        return Reply(text=text, topics=nearest)
