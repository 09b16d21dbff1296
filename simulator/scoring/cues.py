"""Words on the surface: sentences, clauses, and the patterns that a rubric declares."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from simulator.content.rubric import Criterion, Cue, Rubric
from simulator.scoring.encoder import Vector

_GENERAL = (
    r"\?",
    r"\?\s*$",
    r"^\W*(?:what|how|why|where|when|who)\b",
    r"\b(?:i|my|me)\b",
    r"\byou(?:r|rs|rself)?\b",
    r"\b(?:we|our|us)\b",
    r"^\W*(?:do|does|did|is|are|was|were|have|has|can|could|would|will)\b",
    r"!",
    r"\bbut\b",
)
"""Patterns that every rubric's codes may lean on: how a sentence is built, not what it is about."""

_QUOTES = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'"})
_SENTENCE = re.compile(r"[^.!?…]*[.!?…]+[\"”’')\]]*|[^.!?…]+$", re.DOTALL)
_CLAUSE = re.compile(
    r"(?<=[,;:–—])\s+|(?<!\bas)(?<!\beven)\s+(?=(?:and|but|because|so|or|though|although|while|when|if)\b)",
    re.IGNORECASE,
)
LEAST_CLAUSE_WORDS = 3


def folded(text: str) -> str:
    """Return the text with straight apostrophes, every character still in its place."""
    return text.translate(_QUOTES)


@dataclass(frozen=True)
class Span:
    """Hold a stretch of a text, in characters."""

    start: int
    end: int


def sentences(text: str) -> list[Span]:
    """Split a text at sentence ends; marks without a word are left out."""
    spans = []
    for found in _SENTENCE.finditer(text):
        start = found.start() + len(found.group()) - len(found.group().lstrip())
        end = found.start() + len(found.group().rstrip())
        if any(letter.isalnum() for letter in text[start:end]):
            spans.append(Span(start, end))
    return spans


def clauses(text: str) -> list[Span]:
    """Split a text into sentences and those into clauses of three words or more, the smallest stretches shown as evidence."""
    spans: list[Span] = []
    for sentence in sentences(text):
        start = sentence.start
        cuts = [found.end() for found in _CLAUSE.finditer(text, sentence.start, sentence.end)]
        for cut in [*cuts, sentence.end]:
            long_enough = len(text[start:cut].split()) >= LEAST_CLAUSE_WORDS
            if cut == sentence.end and not long_enough and start > sentence.start and spans:
                spans[-1] = Span(spans[-1].start, cut)
            elif long_enough or cut == sentence.end:
                spans.append(Span(start, start + len(text[start:cut].rstrip())))
                start = cut
    return [span for span in spans if span.end > span.start]


@dataclass(frozen=True)
class Hit:
    """Hold a cue that was found, and where."""

    cue: Cue
    span: Span


class Cues:
    """Find a rubric's patterns in replies."""

    def __init__(self, rubric: Rubric) -> None:
        self._too_short = re.compile(rubric.too_short, re.IGNORECASE)
        self._by_criterion = {
            criterion.id: [(cue, re.compile(cue.pattern, re.IGNORECASE | re.DOTALL)) for cue in criterion.cues]
            for criterion in rubric.criteria
        }
        patterns = [code.pattern for code in rubric.codes if code.pattern]
        self._flags = [re.compile(pattern, re.IGNORECASE | re.DOTALL) for pattern in (*patterns, *_GENERAL)]

    @property
    def width(self) -> int:
        """How many flags there are."""
        return len(self._flags)

    def too_short(self, reply: str) -> bool:
        """Tell whether a reply is too short to judge."""
        plain = folded(reply)
        return not any(letter.isalpha() for letter in plain) or bool(self._too_short.match(plain))

    def hits(self, criterion: Criterion, reply: str) -> list[Hit]:
        """List a criterion's cues that are found in a reply, those that cap lowest first."""
        plain = folded(reply)
        found = []
        for cue, pattern in self._by_criterion[criterion.id]:
            match = pattern.search(plain)
            if match and match.end() > match.start():
                found.append(Hit(cue, Span(match.start(), match.end())))
        return sorted(found, key=lambda hit: hit.cue.caps or 6)

    def flags(self, text: str) -> Vector:
        """Return which of the codes' and the general patterns are found: one row of 0 and 1."""
        plain = folded(text)
        return np.fromiter((bool(flag.search(plain)) for flag in self._flags), dtype=np.float32, count=self.width)
