"""A scorer that is quick and always says the same, for tests of what screens do with scores."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from simulator.content.library import Loaded
from simulator.content.rubric import Rubric
from simulator.scoring.encoder import Encoding
from simulator.session import CriterionScore, Evidence, Neighbour, Scores

LEVELS = {"dread": 4.1, "tired": 3.2, "should": 1.4}
"""Words that decide the level of a reply; 3 without any."""
CODES = {"dread": "complex_reflection", "should": "advice", "what": "open_question", "between us": "confidentiality"}


class PlainEncoder:
    """Give each text a direction of its own: near to nothing but itself."""

    weights = "plain"

    def encode(self, texts: Sequence[str], **_: Any) -> list[Encoding]:
        """Encode texts, in order."""
        return [self._one(text) for text in texts]

    def _one(self, text: str) -> Encoding:
        seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:4])
        token = np.random.default_rng(seed).standard_normal((1, 256)).astype(np.float32)
        return Encoding(text, token, np.array([[0, max(len(text), 1)]], dtype=np.int32))


class PlainScorer:
    """Score by a few words."""

    digest = "0" * 64

    def __init__(self, rubric: Loaded[Rubric]) -> None:
        self.rubric = rubric.value
        self.encoder = PlainEncoder()

    def score(self, client: str, reply: str, at_stake: bool = False) -> Scores:
        """Score one reply."""
        low = reply.lower()
        short = len(low.split()) < 2
        codes = {name: 0.9 for word, name in CODES.items() if word in low}
        level = next((level for word, level in LEVELS.items() if word in low), 3.0)
        criteria = {}
        for criterion in self.rubric.criteria:
            if criterion.applies == "at_stake" and not at_stake:
                criteria[criterion.id] = CriterionScore(
                    level=None, confidence=None, reason="Nothing of this kind is at stake.", unscored="not_at_stake"
                )
            elif short:
                criteria[criterion.id] = CriterionScore(
                    level=None, confidence=None, reason="Too short to judge.", unscored="too_short"
                )
            else:
                criteria[criterion.id] = self._scored(criterion.levels[round(level)], level, client, reply)
        behaviour: Any = "reflection" if "complex_reflection" in codes else "question" if "?" in reply else "other"
        return Scores(behaviour="other" if short else behaviour, codes=codes, criteria=criteria)

    def _scored(self, reason: str, level: float, client: str, reply: str) -> CriterionScore:
        evidence = [
            Evidence(
                start=start,
                end=start + len(word),
                text=reply[start : start + len(word)],
                effect="raises" if of >= 3 else "lowers",
            )
            for word, of in LEVELS.items()
            if (start := reply.lower().find(word)) >= 0
        ]
        near = Neighbour(client=client, reply="You dread the night.", level=4.0, note="Names the dread.", closeness=0.8)
        return CriterionScore(level=level, confidence=0.7, reason=reason, evidence=tuple(evidence), nearest=(near,))


def plain_scorer(rubric: Loaded[Rubric], progress: Callable[[int], None]) -> Any:
    """Make a scorer at once."""
    return PlainScorer(rubric)
