"""Score replies: levels or why there is none, codes, the words that moved the score, the reason, and close exemplars."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from simulator.content.library import Loaded
from simulator.content.rubric import Behaviour, Criterion, Rubric
from simulator.scoring import heads as keeping
from simulator.scoring.cues import Cues, Hit, Span, clauses, sentences
from simulator.scoring.encoder import Encoder, Encoding, Vector
from simulator.scoring.fit import Example, examples, fit
from simulator.scoring.heads import CriterionHead, Heads, code_features, heads_digest, pair_features
from simulator.session import CriterionScore, Evidence, Neighbour, Scores, Unscored

MOST_EVIDENCE = 3
NEAREST = 2
LEAST_MOVE = 0.12
"""Clauses that move a level by less than this are not shown as evidence."""
AT_STAKE = 0.5
"""From which probability a criterion that applies only at stake does apply, where the level is low."""
AT_STAKE_KEPT = 0.62
"""The same where the level is not low: to say that a limit was kept, there must surely have been one."""
LOW = 2.3
LEAST_KNOWN = 0.34
"""Replies of which a smaller share of the words is known to the encoder are not scored."""
_WORD = re.compile(r"[^\W\d_]+")
_UNSCORED_REASON: dict[Unscored, str] = {
    "too_short": "Too short to judge; not scored.",
    "not_understood": "The words could not be made out; not scored.",
    "not_at_stake": "Nothing of this kind is at stake here; not scored.",
    "no_exemplars": "The rubric has too few exemplars for this; not scored.",
}


@dataclass(frozen=True)
class Pair:
    """Hold a reply and what it answers."""

    client: str
    reply: str
    at_stake: bool = False
    """Whether the client has just tested a boundary, so that criteria which apply only at stake do apply."""


class Scorer:
    """Score replies by one rubric."""

    def __init__(self, rubric: Loaded[Rubric], encoder: Encoder, heads: Heads, vectors: Vector) -> None:
        """Take what ``load_scorer`` finds or fits; ``vectors`` are the exemplars', client turn and reply side by side."""
        self.rubric = rubric.value
        self.encoder = encoder
        self.heads = heads
        self._cues = Cues(rubric.value)
        self._exemplars = _Exemplars(rubric, vectors)
        self._behaviours = {code.id: code.behaviour for code in rubric.value.codes if code.behaviour}

    @property
    def digest(self) -> str:
        """The SHA-256 that names rubric, encoder and heads together."""
        return self.heads.digest

    def score(self, client: str, reply: str, at_stake: bool = False) -> Scores:
        """Score one reply to what the client said."""
        return self.score_many([Pair(client, reply, at_stake)])[0]

    def score_many(self, pairs: Sequence[Pair]) -> list[Scores]:
        """Score replies, in order."""
        if not pairs:
            return []
        # One reply is read by itself, whether or not the client's words were read before: so it replays to the same bytes.
        batch = 64 if len(pairs) > 1 else 1
        encoded = self.encoder.encode([text for pair in pairs for text in (pair.client, pair.reply or " ")], batch)
        clients, replies = encoded[::2], encoded[1::2]
        client = np.array([one.vector for one in clients])
        reply = np.array([one.vector for one in replies])
        flags = np.array([self._cues.flags(pair.reply) for pair in pairs])
        features = pair_features(reply, client, flags)
        levels = {name: head.level(features) for name, head in self.heads.criteria.items()}
        both = code_features(np.hstack([reply, client]), flags)
        stakes = {name: head.at_stake(both) for name, head in self.heads.criteria.items()}
        codes = self._codes(replies, flags)
        result = []
        for row, pair in enumerate(pairs):
            too_short = self._cues.too_short(pair.reply)
            made_out = too_short or known_words(replies[row]) >= LEAST_KNOWN
            criteria = {}
            for criterion in self.rubric.criteria:
                at_stake = pair.at_stake or self._at_stake(criterion.id, levels, stakes, row)
                unscored = self._unscored(criterion, too_short, made_out, at_stake)
                if unscored:
                    reason = _UNSCORED_REASON[unscored]
                    criteria[criterion.id] = CriterionScore(
                        level=None, confidence=None, reason=reason, unscored=unscored
                    )
                else:
                    level = float(levels[criterion.id][row])
                    criteria[criterion.id] = self._scored(criterion, level, clients[row], replies[row])
            empty = too_short or not made_out
            found = self._named(codes[row], too_short, made_out)
            result.append(Scores(behaviour=self._behaviour(found, empty), codes=found, criteria=criteria))
        return result

    def _at_stake(self, name: str, levels: dict[str, Vector], stakes: dict[str, Vector], row: int) -> bool:
        if name not in levels:
            return False
        return bool(stakes[name][row] >= (AT_STAKE if levels[name][row] < LOW else AT_STAKE_KEPT))

    def _unscored(self, criterion: Criterion, too_short: bool, made_out: bool, at_stake: bool) -> Unscored | None:
        if criterion.id not in self.heads.criteria:
            return "no_exemplars"
        if not made_out:
            return "not_understood"
        if criterion.applies == "at_stake" and not at_stake:
            return "not_at_stake"
        return "too_short" if too_short else None

    def _scored(self, criterion: Criterion, level: float, client: Encoding, reply: Encoding) -> CriterionScore:
        head = self.heads.criteria[criterion.id]
        hits = self._cues.hits(criterion, reply.text)
        reason = criterion.levels[round(level)]
        if hits:
            cap = hits[0].cue.caps
            if cap is not None and level >= cap - 0.5:
                level = min(level, cap)
                reason = hits[0].cue.reason
        level = round(level, 2)
        return CriterionScore(
            level=level,
            confidence=round(head.confidence(level), 3),
            reason=reason,
            evidence=_evidence(head, hits, client, reply, level),
            nearest=self._exemplars.nearest(criterion.id, client, reply),
        )

    def _codes(self, replies: list[Encoding], whole: Vector) -> Vector:
        """Return one row a reply and one column a code: the highest probability of the whole and of each sentence."""
        vectors: list[Vector] = []
        flags: list[Vector] = []
        owners: list[int] = []
        for row, reply in enumerate(replies):
            spans = sentences(reply.text)
            vectors.append(reply.vector)
            flags.append(whole[row])
            if len(spans) > 1:
                vectors += [reply.span(span.start, span.end) for span in spans]
                flags += [self._cues.flags(reply.text[span.start : span.end]) for span in spans]
            owners += [row] * (len(vectors) - len(owners))
        rows = self.heads.codes.probabilities(code_features(np.array(vectors), np.array(flags)))
        result = np.zeros((len(replies), rows.shape[1]), dtype=np.float32)
        np.maximum.at(result, np.array(owners), rows)
        return result

    def _named(self, probabilities: Vector, too_short: bool, made_out: bool) -> dict[str, float]:
        found = {name: round(float(p), 4) for name, p in zip(self.heads.codes.names, probabilities, strict=True)}
        if too_short or not made_out:
            # What is too short to judge does nothing but listen, whatever its vector is near to.
            found = {name: (float(too_short) if name == "minimal" else min(p, 0.1)) for name, p in found.items()}
        return found

    def _behaviour(self, codes: dict[str, float], empty: bool) -> Behaviour:
        best: dict[Behaviour, float] = {}
        for name, behaviour in self._behaviours.items():
            best[behaviour] = max(best.get(behaviour, 0.0), codes[name])
        if empty or not best:
            return "other"
        return max(best, key=lambda behaviour: best[behaviour])


def known_words(reply: Encoding) -> float:
    """Return the share of a reply's words, 0 to 1, that the encoder knows as words and does not have to spell out."""
    # Of a very long reply the encoder reads the beginning only.
    read = int(reply.offsets.max(initial=0))
    words = [(found.start(), found.end()) for found in _WORD.finditer(reply.text, 0, read)]
    tokens = {(int(start), int(end)) for start, end in reply.offsets}
    return sum(word in tokens for word in words) / len(words) if words else 0.0


def _evidence(
    head: CriterionHead, hits: list[Hit], client: Encoding, reply: Encoding, level: float
) -> tuple[Evidence, ...]:
    """Find the words that moved a level: cues first, then the clauses that weigh most, each way."""
    text = reply.text
    found: list[tuple[Span, Literal["raises", "lowers"]]] = []
    for hit in hits:
        if not any(_overlap(hit.span, span) for span, _ in found):
            found.append((hit.span, hit.cue.effect))
    moves = sorted(_moves(head, client, reply), key=lambda move: -abs(move[1]))
    for span, move in moves:
        # The words that agree with the verdict explain it; others are shown only where they are strong.
        agrees = (move > 0) == (level >= 3)
        if abs(move) >= (LEAST_MOVE if agrees else 2 * LEAST_MOVE) and not any(_overlap(span, s) for s, _ in found):
            found.append((span, "raises" if move > 0 else "lowers"))
    return tuple(
        Evidence(start=span.start, end=span.end, text=text[span.start : span.end], effect=effect)
        for span, effect in found[:MOST_EVIDENCE]
    )


def _moves(head: CriterionHead, client: Encoding, reply: Encoding) -> list[tuple[Span, float]]:
    """Return how much each clause moves the level, against as many words of a neutral reply.

    Exact, as the head is linear and the reply's vector is the mean of its tokens', scaled.
    """
    weights = head.words(client.vector)
    length = float(np.linalg.norm(reply.tokens.mean(axis=0))) * len(reply.tokens)
    neutral = float(head.neutral @ weights) / len(reply.tokens)
    by_token = reply.tokens @ weights / length - neutral
    middle = reply.offsets.mean(axis=1)
    return [(span, float(by_token[(middle > span.start) & (middle < span.end)].sum())) for span in clauses(reply.text)]


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


class _Exemplars:
    """Find exemplars that are close to a reply."""

    def __init__(self, rubric: Loaded[Rubric], vectors: Vector) -> None:
        """Take the rubric's exemplars with their vectors: one row each, client turn and reply side by side."""
        rows = examples(rubric)
        self._by_criterion: dict[str, tuple[list[Example], Vector]] = {}
        for criterion in rubric.value.criteria:
            mine = [i for i, row in enumerate(rows) if criterion.id in row.levels]
            self._by_criterion[criterion.id] = ([rows[i] for i in mine], vectors[mine])

    def nearest(self, criterion: str, client: Encoding, reply: Encoding) -> tuple[Neighbour, ...]:
        rows, vectors = self._by_criterion[criterion]
        if not rows:
            return ()
        closeness = vectors @ np.hstack([0.3 * client.vector, 0.7 * reply.vector])
        best = np.argsort(-closeness, kind="stable")[:NEAREST]
        return tuple(
            Neighbour(
                client=rows[i].client,
                reply=rows[i].reply,
                level=rows[i].levels[criterion],
                note=rows[i].note,
                closeness=round(float(closeness[i]), 3),
            )
            for i in best
        )


def load_scorer(
    rubric: Loaded[Rubric],
    encoder: Encoder,
    folders: Sequence[Path],
    progress: Callable[[int], None] | None = None,
) -> Scorer:
    """Make a scorer with what is kept under its digest in one of the folders, or fit it and keep that in the first.

    ``progress`` is told of texts as they are read.
    """
    digest = heads_digest(rubric.digest, encoder.weights)
    for folder in folders:
        heads, vectors = keeping.load(folder / f"{digest}.json"), keeping.load_vectors(folder / f"{digest}.npy")
        if heads and vectors is not None and len(vectors) == len(examples(rubric)):
            return Scorer(rubric, encoder, heads, vectors)
    heads, vectors = fit(rubric, encoder, progress)
    heads = keeping.as_kept(heads)
    # A full or read-only disk costs the next start some seconds, and nothing else.
    with contextlib.suppress(OSError):
        keeping.save(heads, vectors, folders[0])
    return Scorer(rubric, encoder, heads, vectors)
