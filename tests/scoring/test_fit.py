"""Fitting an educator's own small rubric: what is learnt, kept, and fitted again when it must be."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from simulator.content.library import Library, Loaded
from simulator.content.rubric import Rubric
from simulator.scoring.encoder import Encoder
from simulator.scoring.fit import LEAST_EXEMPLARS, examples, fit
from simulator.scoring.heads import heads_digest
from simulator.scoring.scorer import Scorer, load_scorer

CLIENT = "My dog died on Friday and the house is so quiet."
WARM = [
    "It is so quiet without him, and you miss him.",
    "You keep listening for him in that silence.",
    "He was part of every day, and now there is a gap.",
    "That quiet must be hard to come home to.",
    "You loved him, and the house has lost its heartbeat.",
    "It hurts to walk into those empty rooms.",
]
COLD = [
    "It was only a dog, you can buy another one.",
    "Pull yourself together, it has been four days.",
    "Other people have real problems.",
    "That is nothing to cry about.",
    "You are making too much of this.",
    "Get over it and go back to work.",
]
BRIEF = ["Quiet now.", "You miss him.", "An empty house.", "It hurts.", "He was dear.", "So silent."]
WORDY = [
    f"{text} And I was thinking, while you were speaking, about all the many different things that this could possibly mean "
    "for you and for everybody around you in the weeks and months ahead of us."
    for text in BRIEF
]
WORDS = {"1": "one", "2": "two", "3": "three", "4": "four", "5": "five"}

Write = Callable[..., Loaded[Rubric]]


def graded(high: list[str], low: list[str]) -> list[dict[str, Any]]:
    pairs = [(reply, 4.5) for reply in high] + [(reply, 1.5) for reply in low]
    return [{"client": CLIENT, "reply": reply, "level": level} for reply, level in pairs]


def criterion(name: str, exemplars: list[dict[str, Any]]) -> dict[str, Any]:
    common = {"about": "…", "words": WORDS, "levels": WORDS, "goal": "…"}
    return {"id": name, "name": name, **common, "exemplars": exemplars}


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Return what writes a rubric of two criteria as a file and reads it."""

    def written(**changes: Any) -> Loaded[Rubric]:
        criteria = [criterion("warmth", graded(WARM, COLD)), criterion("brevity", graded(BRIEF, WORDY))]
        data = {"schema": "rubric/1", "id": "tiny", "title": "Tiny", "about": "…", "criteria": criteria, **changes}
        file = tmp_path / "rubrics" / "tiny.yaml"
        file.parent.mkdir(exist_ok=True)
        file.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf8")
        return Library([tmp_path]).rubric("tiny")

    return written


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "heads"


def levels(scorer: Scorer, reply: str) -> dict[str, float | None]:
    return {name: one.level for name, one in scorer.score(CLIENT, reply).criteria.items()}


def test_a_dozen_exemplars_give_the_right_direction(write: Write, encoder: Encoder, folder: Path) -> None:
    scorer = load_scorer(write(), encoder, [folder])
    kind = levels(scorer, "You miss the sound of him so much.")
    unkind = levels(scorer, "It was just an animal, stop crying and buy a new one.")
    assert (kind["warmth"] or 0) > 3 > (unkind["warmth"] or 5)
    rambling = f"{WORDY[0]} {WORDY[1]}"
    assert (levels(scorer, "Too quiet.")["brevity"] or 0) > 3 > (levels(scorer, rambling)["brevity"] or 5)


def test_a_score_stays_on_the_scale(write: Write, encoder: Encoder, folder: Path) -> None:
    scorer = load_scorer(write(), encoder, [folder])
    for reply in [*WARM, *COLD, *BRIEF, *WORDY, "Something else entirely."]:
        assert all(level is not None and 1 <= level <= 5 for level in levels(scorer, reply).values())


def test_without_codes_nothing_is_noticed(write: Write, encoder: Encoder, folder: Path) -> None:
    scores = load_scorer(write(), encoder, [folder]).score(CLIENT, WARM[0])
    assert scores.codes == {}
    assert scores.behaviour == "other"


def test_codes_are_learnt_from_a_few_exemplars(write: Write, encoder: Encoder, folder: Path) -> None:
    asked = [{"client": CLIENT, "reply": f"What was {thing}?"} for thing in ("he like", "it like", "his name", "that")]
    said = [{"client": CLIENT, "reply": reply} for reply in WARM[:4]]
    codes = [
        {"id": "asks", "name": "asks", "about": "…", "behaviour": "question", "exemplars": asked},
        {"id": "says", "name": "says", "about": "…", "behaviour": "reflection", "exemplars": said},
    ]
    scorer = load_scorer(write(codes=codes), encoder, [folder])
    question, statement = scorer.score(CLIENT, "What was he called?"), scorer.score(CLIENT, "You miss him so much.")
    assert (question.behaviour, statement.behaviour) == ("question", "reflection")
    assert question.has("asks")
    assert not statement.has("asks")


@pytest.mark.parametrize(
    "exemplars",
    [[], graded(WARM, COLD)[: LEAST_EXEMPLARS - 1], graded(WARM + BRIEF, [])],
    ids=["none", "too few", "one level only"],
)
def test_a_criterion_without_enough_exemplars_is_not_scored(
    write: Write, encoder: Encoder, folder: Path, exemplars: list[dict[str, Any]]
) -> None:
    rubric = write(criteria=[criterion("warmth", graded(WARM, COLD)), criterion("new", exemplars)])
    scorer = load_scorer(rubric, encoder, [folder])
    score = scorer.score(CLIENT, WARM[0]).criteria["new"]
    assert (score.level, score.unscored) == (None, "no_exemplars")
    assert levels(scorer, WARM[0])["warmth"] is not None
    again = load_scorer(rubric, encoder, [folder])
    assert again.score(CLIENT, WARM[0]) == scorer.score(CLIENT, WARM[0])


def test_a_criterion_at_stake_applies_where_its_exemplars_say(write: Write, encoder: Encoder, folder: Path) -> None:
    elsewhere = [
        {"client": "It rained all week.", "reply": f"The weather was {how}."} for how in ("wet", "grey", "bad", "dull")
    ]
    stake = {**criterion("stake", graded(WARM, COLD) + elsewhere), "applies": "at_stake"}
    scorer = load_scorer(write(criteria=[stake]), encoder, [folder])
    assert scorer.score(CLIENT, WARM[0]).level("stake") is not None
    weather = scorer.score("It rained all day.", "The weather was awful.")
    assert weather.criteria["stake"].unscored == "not_at_stake"
    assert scorer.score("It rained all day.", "The weather was awful.", at_stake=True).level("stake") is not None


def test_a_criterion_at_stake_without_exemplars_is_not_scored(write: Write, encoder: Encoder, folder: Path) -> None:
    stake = {**criterion("stake", []), "applies": "at_stake"}
    scorer = load_scorer(write(criteria=[criterion("warmth", graded(WARM, COLD)), stake]), encoder, [folder])
    for at_stake in (False, True):
        scores = scorer.score(CLIENT, WARM[0], at_stake=at_stake)
        assert scores.criteria["stake"].unscored == "no_exemplars"


def test_a_rubric_without_any_exemplar_scores_nothing(write: Write, encoder: Encoder, folder: Path) -> None:
    scorer = load_scorer(write(criteria=[criterion("warmth", [])]), encoder, [folder])
    assert scorer.score(CLIENT, WARM[0]).criteria["warmth"].unscored == "no_exemplars"


def kept(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted(folder.iterdir())}


class TestKeeping:
    def fittings(self, rubric: Loaded[Rubric], encoder: Encoder, *folders: Path) -> tuple[Scorer, bool]:
        """Load a scorer, and tell whether it had to be fitted: only then are exemplars read."""
        read: list[int] = []
        scorer = load_scorer(rubric, _Fresh(encoder, read), list(folders))
        return scorer, bool(read)

    def test_fitting_twice_gives_the_same_bytes(self, write: Write, encoder: Encoder, tmp_path: Path) -> None:
        first, second = tmp_path / "first", tmp_path / "second"
        for folder in (first, second):
            load_scorer(write(), encoder, [folder])
        assert kept(first) == kept(second)
        assert {Path(name).suffix for name in kept(first)} == {".json", ".npy"}

    def test_a_reading_gives_the_same_scores_as_the_fitting(self, write: Write, encoder: Encoder, folder: Path) -> None:
        fitted, was_fitted = self.fittings(write(), encoder, folder)
        loaded, again = self.fittings(write(), encoder, folder)
        assert (was_fitted, again) == (True, False)
        for reply in [*WARM, *COLD, *WORDY, "Something else.", ""]:
            assert loaded.score(CLIENT, reply) == fitted.score(CLIENT, reply)
        assert loaded.digest == fitted.digest

    @pytest.mark.parametrize(
        "damage",
        [
            lambda file: file.unlink(),
            lambda file: file.write_bytes(b""),
            lambda file: file.write_bytes(file.read_bytes()[:100]),
            lambda file: file.write_bytes(b"\xff\xfe not at all"),
            lambda file: file.write_text("{}"),
            lambda file: file.write_text("[]"),
        ],
        ids=["missing", "empty", "cut off", "scrambled", "another object", "a list"],
    )
    @pytest.mark.parametrize("suffix", [".json", ".npy"])
    def test_damaged_heads_are_fitted_again(
        self, write: Write, encoder: Encoder, folder: Path, suffix: str, damage: Callable[[Path], object]
    ) -> None:
        load_scorer(write(), encoder, [folder])
        whole = kept(folder)
        (file,) = folder.glob(f"*{suffix}")
        damage(file)
        _, was_fitted = self.fittings(write(), encoder, folder)
        assert was_fitted
        assert kept(folder) == whole

    def test_heads_of_another_rubric_under_this_name_are_not_taken(
        self, write: Write, encoder: Encoder, folder: Path
    ) -> None:
        load_scorer(write(), encoder, [folder])
        (file,) = folder.glob("*.json")
        file.write_text(json.dumps({**json.loads(file.read_text()), "digest": "0" * 64}))
        assert self.fittings(write(), encoder, folder)[1]

    def test_a_changed_exemplar_has_other_heads(self, write: Write, encoder: Encoder, folder: Path) -> None:
        one = load_scorer(write(), encoder, [folder])
        changed = graded([*WARM[:-1], "A different reply."], COLD)
        rubric = write(criteria=[criterion("warmth", changed), criterion("brevity", graded(BRIEF, WORDY))])
        other, was_fitted = self.fittings(rubric, encoder, folder)
        assert was_fitted
        assert one.digest != other.digest
        assert len(list(folder.glob("*.json"))) == 2

    def test_a_changed_comment_has_not(self, write: Write, encoder: Encoder, folder: Path, tmp_path: Path) -> None:
        one = load_scorer(write(), encoder, [folder])
        file = tmp_path / "rubrics" / "tiny.yaml"
        file.write_text("# mine\n" + file.read_text(encoding="utf8"), encoding="utf8")
        other, was_fitted = self.fittings(Library([tmp_path]).rubric("tiny"), encoder, folder)
        assert not was_fitted
        assert one.digest == other.digest

    def test_other_weights_have_other_heads(self, write: Write, encoder: Encoder) -> None:
        digest = write().digest
        assert heads_digest(digest, encoder.weights) != heads_digest(digest, "0" * 64)

    def test_every_folder_is_looked_in_and_the_first_kept_in(
        self, write: Write, encoder: Encoder, tmp_path: Path
    ) -> None:
        own, shared = tmp_path / "own", tmp_path / "shared"
        load_scorer(write(), encoder, [shared])
        assert not self.fittings(write(), encoder, own, shared)[1]
        assert not own.exists()

    def test_a_folder_that_cannot_be_written_is_no_error(self, write: Write, encoder: Encoder, tmp_path: Path) -> None:
        blocked = tmp_path / "blocked"
        blocked.write_text("a file where the folder should be")
        scorer, was_fitted = self.fittings(write(), encoder, blocked)
        assert was_fitted
        assert scorer.score(CLIENT, WARM[0]).level("warmth") is not None

    def test_no_half_written_file_is_left(self, write: Write, encoder: Encoder, folder: Path) -> None:
        load_scorer(write(), encoder, [folder])
        assert not list(folder.glob("*.part"))


class _Fresh(Encoder):
    """Be an encoder that is loaded already, and note when exemplars are read."""

    def __init__(self, loaded: Encoder, read: list[int]) -> None:
        self.__dict__.update(loaded.__dict__)
        self._read = read

    def encode(self, texts: Any, batch: int = 64, progress: Any = None) -> Any:
        if len(texts) > LEAST_EXEMPLARS:
            self._read.append(len(texts))
        return super().encode(texts, batch, progress)


def test_progress_tells_of_every_text(write: Write, encoder: Encoder, monkeypatch: pytest.MonkeyPatch) -> None:
    rubric = write()
    texts = {row.reply for row in examples(rubric)} | {row.client for row in examples(rubric)}
    monkeypatch.setattr("simulator.scoring.encoder.REMEMBERED", 0)
    encoder.encode(["forget the others"])
    told: list[int] = []
    fit(rubric, encoder, told.append)
    assert sum(told) == len(texts)
