"""Fit heads on a rubric's exemplars, with scikit-learn, held out by client turn to know how far they can be trusted."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simulator.content.library import Loaded
from simulator.content.rubric import Rubric
from simulator.scoring.cues import Cues
from simulator.scoring.encoder import Encoder, Vector
from simulator.scoring.heads import BANDS, CodeHeads, CriterionHead, Heads, code_features, heads_digest, pair_features

RIDGE = 3.0
LOGISTIC = 3.0
STAKE = 1.0
"""The inverse strength of regularisation of the codes' regressions and of the one for what is at stake."""
FOLDS = 5
LEAST_EXEMPLARS = 10
"""Fewer exemplars than this, or only one level among them, and a criterion is not scored."""
MOST_STRETCH = 1.4

_Bools = npt.NDArray[np.bool_]
_Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Example:
    """Hold one exemplar with everything that is known of it."""

    client: str
    reply: str
    levels: dict[str, float]
    codes: frozenset[str] | None
    """None where codes were not looked for."""
    criteria: frozenset[str] | None = None
    """The criteria it was written for; None: all of them."""
    note: str | None = None


def examples(rubric: Loaded[Rubric]) -> list[Example]:
    """List the exemplars of a rubric: those of its bank files, and those written inside it."""
    found = [
        Example(turn.client, reply.reply, dict(reply.levels), frozenset(reply.codes), None, reply.note)
        for turn in rubric.bank
        for reply in turn.replies
    ]
    for criterion in rubric.value.criteria:
        for one in criterion.exemplars:
            levels = {} if one.level is None else {criterion.id: one.level}
            found.append(Example(one.client, one.reply, levels, None, frozenset([criterion.id]), one.note))
    for code in rubric.value.codes:
        found += [Example(one.client, one.reply, {}, frozenset([code.id]), frozenset()) for one in code.exemplars]
    return found


def fit(
    rubric: Loaded[Rubric], encoder: Encoder, progress: Callable[[int], None] | None = None
) -> tuple[Heads, Vector]:
    """Fit every head of a rubric; the same rubric and encoder give the same heads.

    Returns the heads and the exemplars' vectors, one row each, client turn and reply side by side.
    """
    rows = examples(rubric)
    cues = Cues(rubric.value)
    texts = list(dict.fromkeys([row.client for row in rows] + [row.reply for row in rows]))
    vectors = {
        text: encoding.vector for text, encoding in zip(texts, encoder.encode(texts, progress=progress), strict=True)
    }
    width = len(next(iter(vectors.values()))) if vectors else 0
    reply = np.array([vectors[row.reply] for row in rows], dtype=np.float32).reshape(len(rows), width)
    client = np.array([vectors[row.client] for row in rows], dtype=np.float32).reshape(len(rows), width)
    folds = np.array([_fold(row.client) for row in rows], dtype=np.int64)
    judged = np.array([not cues.too_short(row.reply) for row in rows], dtype=np.bool_)
    flags = np.array([cues.flags(row.reply) for row in rows], dtype=np.float32).reshape(len(rows), cues.width)
    criteria: dict[str, CriterionHead] = {}
    for criterion in rubric.value.criteria:
        mine = judged & np.array([row.criteria is None or criterion.id in row.criteria for row in rows], dtype=np.bool_)
        level = np.array([row.levels.get(criterion.id, np.nan) for row in rows], dtype=np.float32)
        head = _criterion(reply[mine], pair_features(reply, client, flags)[mine], level[mine], folds[mine])
        if head and criterion.applies == "at_stake":
            both = code_features(np.hstack([reply, client]), flags)[mine]
            stake, intercept = _stake(both, ~np.isnan(level[mine]), folds[mine])
            head = dataclasses.replace(head, stake=stake, stake_intercept=intercept)
        if head:
            criteria[criterion.id] = head
    known = np.array([row.codes is not None for row in rows], dtype=np.bool_)
    names = tuple(code.id for code in rubric.value.codes)
    holds = np.array([[name in (row.codes or ()) for name in names] for row in rows], dtype=np.bool_)
    codes = _codes(names, code_features(reply, flags)[known], holds.reshape(len(rows), len(names))[known], folds[known])
    heads = Heads(heads_digest(rubric.digest, encoder.weights), criteria, codes)
    return heads, np.hstack([client, reply]).astype(np.float16).astype(np.float32)


def _fold(client: str) -> int:
    """Put all replies to one client turn into one fold, the same on every machine."""
    return int.from_bytes(hashlib.sha256(client.encode()).digest()[:4]) % FOLDS


def _criterion(reply: Vector, features: Vector, level: Vector, folds: _Ints) -> CriterionHead | None:
    from sklearn.linear_model import Ridge

    scored = ~np.isnan(level)
    if scored.sum() < LEAST_EXEMPLARS or len(set(level[scored].tolist())) < 2:
        return None
    x, y, fold = features[scored], level[scored], folds[scored]
    held_out = np.full(len(y), float(y.mean()), dtype=np.float32)
    for k in range(FOLDS):
        train = fold != k
        if 1 < train.sum() < len(y):
            held_out[~train] = Ridge(alpha=RIDGE).fit(x[train], y[train]).predict(x[~train])
    model = Ridge(alpha=RIDGE).fit(x, y)
    centre, spread = float(y.mean()), float(held_out.std())
    stretch = min(max(float(y.std()) / spread, 1.0), MOST_STRETCH) if spread > 1e-6 else 1.0
    predicted = np.clip(centre + (held_out - centre) * stretch, 1, 5)
    return CriterionHead(
        weights=np.asarray(model.coef_, dtype=np.float32),
        intercept=float(model.intercept_),
        centre=centre,
        stretch=stretch,
        within_one=_within_one(predicted, y),
        neutral=np.asarray(reply[scored].mean(axis=0), dtype=np.float32),
        stake=None,
        stake_intercept=0.0,
    )


def _within_one(predicted: Vector, level: Vector) -> tuple[float, ...]:
    """Return, for each band of predictions, the share that is within one level, drawn a little to the overall share."""
    close = np.abs(predicted - level) <= 1.0
    overall = float(close.mean())
    bands = np.clip(predicted.astype(np.int64) - 1, 0, BANDS - 1)
    return tuple(float((close[bands == b].sum() + 5 * overall) / ((bands == b).sum() + 5)) for b in range(BANDS))


def _stake(features: Vector, scored: _Bools, folds: _Ints) -> tuple[Vector | None, float]:
    """Fit whether a criterion applies, from exemplars with and without a level; None where all have one."""
    if scored.all():
        return None, 0.0
    weights, intercepts = _logistic(features, scored[:, None], folds, STAKE)
    return weights[0], float(intercepts[0])


def _codes(names: tuple[str, ...], features: Vector, holds: _Bools, folds: _Ints) -> CodeHeads:
    if not len(features) or not names:
        return CodeHeads(
            names, np.zeros((len(names), features.shape[1]), np.float32), np.full(len(names), -9.0, np.float32)
        )
    weights, intercepts = _logistic(features, holds, folds)
    return CodeHeads(names, weights, intercepts)


def _logistic(features: Vector, holds: _Bools, folds: _Ints, strength: float = LOGISTIC) -> tuple[Vector, Vector]:
    """Fit one logistic regression a column, and shift each so that 0.5 is where held-out exemplars are told apart best."""
    from sklearn.linear_model import LogisticRegression
    from threadpoolctl import threadpool_limits

    # In single precision the line search stumbles, and takes many times as long.
    features = features.astype(np.float64)
    weights = np.zeros((holds.shape[1], features.shape[1]), dtype=np.float32)
    intercepts = np.full(holds.shape[1], -9.0, dtype=np.float32)

    def fitted(rows: _Bools, column: int) -> LogisticRegression:
        model = LogisticRegression(C=strength, class_weight="balanced", max_iter=500, tol=1e-3)
        # So small a problem is solved faster by one thread than by several that wait for each other.
        with threadpool_limits(1):
            return model.fit(features[rows], holds[rows, column])

    for column in range(holds.shape[1]):
        truth = holds[:, column]
        if truth.sum() < 3 or truth.all():
            continue
        held_out = np.zeros(len(truth), dtype=np.float32)
        for k in range(FOLDS):
            train = folds != k
            if truth[train].any() and not truth[train].all() and not train.all():
                held_out[~train] = fitted(train, column).decision_function(features[~train])
        model = fitted(np.ones(len(truth), dtype=np.bool_), column)
        weights[column] = model.coef_[0]
        intercepts[column] = model.intercept_[0] - _best_cut(held_out, truth)
    return weights, intercepts


def _best_cut(values: Vector, truth: _Bools) -> float:
    """Return the value from which saying "holds" has the best F1, or 0 where nothing can be told."""
    order = np.argsort(-values, kind="stable")
    hits = np.cumsum(truth[order])
    f1 = 2 * hits / (np.arange(1, len(values) + 1) + truth.sum())
    best = int(np.argmax(f1))
    following = values[order[best + 1]] if best + 1 < len(values) else values[order[best]]
    return float(values[order[best]] + following) / 2
