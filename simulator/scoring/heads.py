"""Heads: what turns vectors into levels and codes, fitted on a rubric's exemplars and kept as JSON.

A level is a ridge regression on the reply's vector, its difference from the client turn's, their product, and the patterns
found; a code is a logistic regression on the reply's vector and the patterns. Both are linear, so how much each clause's
meaning moved a score can be read off exactly.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np

from simulator.scoring.encoder import Vector

METHOD = "ridge+logistic/5"
"""The way of fitting; changing it changes the digest, so that older heads are fitted anew."""
PRODUCT_SCALE = 10.0
"""Brings the product of two unit vectors, about 1/width in size, near the size of the vectors themselves."""
FLAG_SCALE = 0.3
BANDS = 4


@dataclass(frozen=True)
class CriterionHead:
    """Hold what gives the level of one criterion."""

    weights: Vector
    """For reply, reply minus client turn, their product, and the flags, in a row."""
    intercept: float
    centre: float
    """The mean level of the exemplars; predictions are stretched about it."""
    stretch: float
    """How far: ridge regression shrinks, and a shrunken score hides the worst and the best."""
    within_one: tuple[float, ...]
    """The share of held-out exemplars predicted within one level, for predictions in 1–2, 2–3, 3–4 and 4–5."""
    neutral: Vector
    """The mean reply vector of the exemplars, against which words are said to raise or lower."""
    stake: Vector | None
    """For criteria that apply only at stake: weights for whether something is, on reply, client turn and flags."""
    stake_intercept: float

    def level(self, features: Vector) -> Vector:
        """Return levels, 1 to 5, for rows of features."""
        raw = features @ self.weights + self.intercept
        return np.asarray(np.clip(self.centre + (raw - self.centre) * self.stretch, 1.0, 5.0), dtype=np.float32)

    def at_stake(self, features: Vector) -> Vector:
        """Return, for rows of ``code_features`` of reply and client turn side by side, the probability of a stake."""
        if self.stake is None:
            return np.ones(len(features), dtype=np.float32)
        return sigmoid(np.asarray(features @ self.stake + self.stake_intercept, dtype=np.float32))

    def confidence(self, level: float) -> float:
        """Return the chance, 0 to 1, that a level is within one of what the exemplars' writers would give."""
        return self.within_one[min(int(level) - 1, BANDS - 1)]

    def words(self, client: Vector) -> Vector:
        """Return the weight of each direction of a reply's vector, given the client turn's: a level per unit of it."""
        width = len(client)
        reply, difference, product = (self.weights[part * width : (part + 1) * width] for part in range(3))
        return np.asarray((reply + difference + PRODUCT_SCALE * product * client) * self.stretch, dtype=np.float32)


@dataclass(frozen=True)
class CodeHeads:
    """Hold what gives the probabilities of all codes."""

    names: tuple[str, ...]
    weights: Vector
    """One row a code: the reply's vector, then the flags."""
    intercepts: Vector

    def probabilities(self, features: Vector) -> Vector:
        """Return one row a text and one column a code, 0 to 1; 0.5 is where a code is best said to hold."""
        if not self.names:
            return np.zeros((len(features), 0), dtype=np.float32)
        return sigmoid(features @ self.weights.T + self.intercepts)


@dataclass(frozen=True)
class Heads:
    """Hold every head of a rubric."""

    digest: str
    criteria: Mapping[str, CriterionHead]
    """Criteria with too few exemplars are left out."""
    codes: CodeHeads


def sigmoid(values: Vector) -> Vector:
    """Return 1 / (1 + exp(-x)), elementwise, without overflow."""
    return np.asarray(0.5 * (1.0 + np.tanh(0.5 * values)), dtype=np.float32)


def pair_features(reply: Vector, client: Vector, flags: Vector) -> Vector:
    """Return one row a pair: reply, reply minus client turn, their scaled product, and the reply's flags, scaled."""
    return np.hstack([reply, reply - client, PRODUCT_SCALE * reply * client, FLAG_SCALE * flags])


def code_features(reply: Vector, flags: Vector) -> Vector:
    """Return one row a text: its vector and its flags, scaled."""
    return np.hstack([reply, FLAG_SCALE * flags])


def heads_digest(rubric_digest: str, weights: str) -> str:
    """Return the SHA-256 that names the heads of a rubric under an encoder."""
    return hashlib.sha256(f"{METHOD} {rubric_digest} {weights}".encode()).hexdigest()


def save(heads: Heads, vectors: Vector, folder: Path) -> None:
    """Write heads as JSON, and the exemplars' vectors beside them, under their digest; each whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    with _whole(folder / f"{heads.digest}.npy") as part:
        np.save(part, vectors.astype(np.float16), allow_pickle=False)
    with _whole(folder / f"{heads.digest}.json") as part:
        part.write(json.dumps(_data(heads), separators=(",", ":")).encode())


@contextmanager
def _whole(file: Path) -> Iterator[IO[bytes]]:
    """Open a file to write that appears under its name only when it is complete."""
    with tempfile.NamedTemporaryFile(dir=file.parent, suffix=".part", delete=False) as part:
        try:
            yield part
        except BaseException:
            Path(part.name).unlink()
            raise
    Path(part.name).replace(file)


def load_vectors(file: Path) -> Vector | None:
    """Read the exemplars' vectors; None where the file is missing or damaged."""
    try:
        vectors: Vector = np.load(file, allow_pickle=False).astype(np.float32)
        return vectors
    except (OSError, ValueError, EOFError):
        return None


def load(file: Path) -> Heads | None:
    """Read heads; None where the file is missing or not what it should be, so that they are fitted again."""
    try:
        data = json.loads(file.read_text(encoding="utf8"))
        if data["digest"] != file.stem or data["method"] != METHOD:
            return None
        return _heads(data)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def as_kept(heads: Heads) -> Heads:
    """Return heads as they are when they have been written and read, so that the first session scores as later ones do."""
    return _heads(_data(heads))


def _data(heads: Heads) -> dict[str, Any]:
    return {
        "schema": "heads/1",
        "digest": heads.digest,
        "method": METHOD,
        "criteria": {name: _criterion_data(head) for name, head in heads.criteria.items()},
        "codes": {
            "names": list(heads.codes.names),
            "weights": [_rounded(row) for row in heads.codes.weights],
            "intercepts": _rounded(heads.codes.intercepts),
        },
    }


def _heads(data: dict[str, Any]) -> Heads:
    codes = data["codes"]
    names = tuple(codes["names"])
    weights = np.array(codes["weights"], dtype=np.float32).reshape(len(names), -1 if names else 0)
    heads = CodeHeads(names, weights, np.array(codes["intercepts"], dtype=np.float32))
    return Heads(data["digest"], {name: _criterion(part) for name, part in data["criteria"].items()}, heads)


def _criterion_data(head: CriterionHead) -> dict[str, Any]:
    return {
        "weights": _rounded(head.weights),
        "intercept": round(head.intercept, 6),
        "centre": round(head.centre, 6),
        "stretch": round(head.stretch, 6),
        "within_one": [round(share, 4) for share in head.within_one],
        "neutral": _rounded(head.neutral),
        "stake": None if head.stake is None else _rounded(head.stake),
        "stake_intercept": round(head.stake_intercept, 6),
    }


def _criterion(data: dict[str, Any]) -> CriterionHead:
    stake = data["stake"]
    return CriterionHead(
        weights=np.array(data["weights"], dtype=np.float32),
        intercept=data["intercept"],
        centre=data["centre"],
        stretch=data["stretch"],
        within_one=tuple(data["within_one"]),
        neutral=np.array(data["neutral"], dtype=np.float32),
        stake=None if stake is None else np.array(stake, dtype=np.float32),
        stake_intercept=data["stake_intercept"],
    )


def _rounded(values: Vector) -> list[float]:
    return [round(float(value), 6) for value in values]
