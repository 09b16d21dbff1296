"""Scores of the core rubric: what is scored, what is not, which words moved it, and what caps it."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from simulator.content.library import Library
from simulator.content.rubric import Rubric
from simulator.practice import MOST_CHARACTERS
from simulator.scoring import encoder as encoding
from simulator.scoring.cues import Cues
from simulator.scoring.fit import examples
from simulator.scoring.heads import FLAG_SCALE, CriterionHead, pair_features
from simulator.scoring.scorer import MOST_EVIDENCE, NEAREST, Pair, Scorer, _moves
from simulator.session import Scores

CLIENT = "I don't know. It's just, um, nights are bad. I lie there and I can't switch it off."
CAPPED = {
    "at_least": "At least you get some sleep at the weekend, and that is something you can build on.",
    "i_understand": "I understand how you feel, and it makes sense that you dread it.",
    "turned_to_self": "When I was your age I lay awake for months, and I dreaded the evenings too.",
    "stock_comfort": "You dread it before it is even dark. Time heals, you know.",
    "reflect_then_but": "It sounds like you dread the nights and feel alone with it, but everybody sleeps badly sometimes.",
    "disclaimer": "No offence, but it seems you make it hard for yourself.",
    "blaming_why": "Why didn't you tell anybody about this?",
    "should_have": "You should have told your mother straight away.",
    "label": "You're just lazy about it.",
    "most_people": "Most people would manage to get up at eight.",
    "promise_secrecy": "I promise I won't tell anyone, whatever it is.",
    "private_contact": "Here's my number, call me any time in the night.",
    "friends": "We can be friends, let's grab a coffee some time.",
}
"""A reply for each cue that caps, written to be as good as it can be besides."""


@pytest.fixture(scope="module")
def rubric(library: Library) -> Rubric:
    return library.rubric("core").value


@pytest.fixture(scope="module")
def some(library: Library) -> list[Pair]:
    """Return replies of every kind from the rubric's own bank, and some that no bank holds."""
    rows = examples(library.rubric("core"))
    odd = ["", "🙂 ok", "Mm-hmm.", "hiii im sory ur sad :(", "asdf qwer zxcv", "no\nnewlines\nhere", "તને ઊંઘ નથી આવતી?"]
    return [Pair(row.client, row.reply) for row in rows[:: len(rows) // 40]] + [Pair(CLIENT, reply) for reply in odd]


@pytest.fixture(scope="module")
def scored(scorer: Scorer, some: list[Pair]) -> list[Scores]:
    return scorer.score_many(some)


def values(scores: Scores) -> list[float]:
    """Return every number of a score in a row; -1 for none."""
    levels = [-1.0 if one.level is None else one.level for one in scores.criteria.values()]
    return [*levels, *scores.codes.values()]


class TestWhole:
    def test_everything_the_rubric_names_is_there(self, scored: list[Scores], rubric: Rubric) -> None:
        for scores in scored:
            assert list(scores.criteria) == [criterion.id for criterion in rubric.criteria]
            assert list(scores.codes) == [code.id for code in rubric.codes]
            assert all(0 <= probability <= 1 for probability in scores.codes.values())

    def test_each_criterion_has_a_level_with_grounds_or_a_reason_why_not(
        self, scored: list[Scores], rubric: Rubric
    ) -> None:
        for scores in scored:
            for name, score in scores.criteria.items():
                assert score.reason.strip()
                if score.level is None:
                    assert score.unscored
                    assert score.confidence is None
                    assert (score.evidence, score.nearest) == ((), ())
                    continue
                assert score.unscored is None
                assert 1 <= score.level <= 5
                assert score.confidence is not None
                assert 0 <= score.confidence <= 1
                assert len(score.nearest) == NEAREST
                assert score.nearest[0].closeness >= score.nearest[1].closeness
                own = {rubric.criterion(name).levels[level] for level in range(1, 6)}
                own |= {cue.reason for cue in rubric.criterion(name).cues}
                assert score.reason in own

    def test_many_at_once_are_scored_as_one_by_one_and_in_order(
        self, scorer: Scorer, some: list[Pair], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        few = some[::3]
        monkeypatch.setattr(encoding, "REMEMBERED", 0)
        together = scorer.score_many(few)
        assert len(together) == len(few)
        for pair, scores in zip(few, together, strict=True):
            alone = scorer.score(pair.client, pair.reply)
            np.testing.assert_allclose(values(alone), values(scores), atol=0.0101)
            np.testing.assert_allclose(list(alone.codes.values()), list(scores.codes.values()), atol=1e-3)

    def test_one_reply_is_scored_the_same_whatever_was_read_before(
        self, scorer: Scorer, some: list[Pair], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A session replays to the same bytes whether or not the client's words had been read ahead."""
        for pair in some[::4]:
            monkeypatch.setattr(encoding, "REMEMBERED", 0)
            cold = scorer.score(pair.client, pair.reply)
            monkeypatch.setattr(encoding, "REMEMBERED", 10)
            scorer.encoder.encode([pair.client])
            assert scorer.score(pair.client, pair.reply) == cold

    def test_nothing_to_score(self, scorer: Scorer) -> None:
        assert scorer.score_many([]) == []

    def test_a_better_reply_is_at_a_higher_level(self, scorer: Scorer) -> None:
        """Not a measure of how good the scorer is; only that nobody has turned a sign."""
        poor = scorer.score(CLIENT, "Oh come on, everybody sleeps badly, you should just go to bed earlier.")
        good = scorer.score(
            CLIENT, "You lie there with it going round and round, and it sounds so lonely at that hour."
        )
        for criterion in ("empathy", "non_judgment"):
            low, high = poor.level(criterion), good.level(criterion)
            assert low is not None
            assert high is not None
            assert low + 0.5 < high

    def test_the_closest_exemplar_of_an_exemplar_is_itself(self, scorer: Scorer, library: Library) -> None:
        row = next(row for row in examples(library.rubric("core")) if "empathy" in row.levels and len(row.reply) > 60)
        nearest = scorer.score(row.client, row.reply).criteria["empathy"].nearest[0]
        assert (nearest.client, nearest.reply, nearest.level) == (row.client, row.reply, row.levels["empathy"])
        assert nearest.closeness > 0.5


class TestUnscored:
    @pytest.mark.parametrize("reply", ["Mm-hmm.", "Okay", "I see.", "", "🙂", "Go on…"])
    def test_too_short(self, scorer: Scorer, reply: str) -> None:
        scores = scorer.score(CLIENT, reply)
        assert {scores.criteria[name].unscored for name in ("empathy", "non_judgment")} == {"too_short"}
        assert all(score.level is None for score in scores.criteria.values())
        assert scores.behaviour == "other"
        assert [code for code in scores.codes if scores.has(code)] == ["minimal"]

    @pytest.mark.parametrize("reply", ["And you?", "Who drives you home?", "That hurts.", "Tell me more."])
    def test_short_is_not_too_short(self, scorer: Scorer, reply: str) -> None:
        scores = scorer.score(CLIENT, reply)
        assert scores.level("empathy") is not None
        assert scores.level("non_judgment") is not None

    @pytest.mark.parametrize("reply", ["asdfkj qwlekj zxcvnm poiuzt", "તને ઊંઘ નથી આવતી?", "眠れないのですね。"])
    def test_what_cannot_be_made_out(self, scorer: Scorer, reply: str) -> None:
        scores = scorer.score(CLIENT, reply, at_stake=True)
        assert {score.unscored for score in scores.criteria.values()} == {"not_understood"}
        assert not any(scores.has(code) for code in scores.codes)

    def test_a_very_long_reply_is_made_out(self, scorer: Scorer) -> None:
        """Only its beginning is read; what is not read must not count as gibberish."""
        reply = "It sounds as if the nights are long, and you dread them. " * 80
        assert len(reply) > MOST_CHARACTERS
        assert scorer.score(CLIENT, reply).level("empathy") is not None

    def test_a_boundary_is_scored_only_at_stake(self, scorer: Scorer) -> None:
        reply = "You dread the nights, and you have nobody to tell."
        apart, at_stake = scorer.score(CLIENT, reply), scorer.score(CLIENT, reply, at_stake=True)
        assert apart.criteria["boundary_keeping"].unscored == "not_at_stake"
        assert at_stake.level("boundary_keeping") is not None
        assert apart.level("empathy") == at_stake.level("empathy")

    def test_a_reply_that_crosses_one_puts_it_at_stake_by_itself(self, scorer: Scorer) -> None:
        level = scorer.score(CLIENT, CAPPED["private_contact"]).level("boundary_keeping")
        assert level is not None
        assert level < 2


class TestCaps:
    def test_every_cue_that_caps_has_its_example(self, rubric: Rubric) -> None:
        assert set(CAPPED) == {cue.id for criterion in rubric.criteria for cue in criterion.cues if cue.caps}

    @pytest.mark.parametrize("name", CAPPED)
    def test_hold_and_say_why(self, scorer: Scorer, rubric: Rubric, name: str) -> None:
        criterion, cue = next((one, cue) for one in rubric.criteria for cue in one.cues if cue.id == name)
        assert cue.caps is not None
        reply = CAPPED[name]
        (hit,) = (hit for hit in Cues(rubric).hits(criterion, reply) if hit.cue == cue)
        score = scorer.score(CLIENT, reply, at_stake=True).criteria[criterion.id]
        assert score.level is not None
        assert score.level <= cue.caps
        found = {(one.start, one.end): one.effect for one in score.evidence}
        assert found[(hit.span.start, hit.span.end)] == cue.effect
        if score.level == cue.caps:
            assert score.reason == cue.reason

    def test_lower_what_would_be_higher(self, scorer: Scorer) -> None:
        plain = "It sounds like you dread the nights and feel alone with it."
        spoilt = plain.replace(".", ", but everybody sleeps badly sometimes.")
        high, low = (scorer.score(CLIENT, reply).level("empathy") for reply in (plain, spoilt))
        assert high is not None
        assert low is not None
        assert low < high


class TestEvidence:
    def test_is_words_of_the_reply_that_do_not_overlap(self, some: list[Pair], scored: list[Scores]) -> None:
        shown = 0
        for pair, scores in zip(some, scored, strict=True):
            for score in scores.criteria.values():
                assert len(score.evidence) <= MOST_EVIDENCE
                for one in score.evidence:
                    assert 0 <= one.start < one.end <= len(pair.reply)
                    assert pair.reply[one.start : one.end] == one.text
                    assert one.text.strip()
                spans = sorted((one.start, one.end) for one in score.evidence)
                assert all(end <= start for (_, end), (start, _) in itertools.pairwise(spans))
                shown += len(spans)
        assert shown > len(some), "there is evidence to speak of"

    def test_of_cues_does_not_overlap_either(self, scorer: Scorer) -> None:
        """A disclaimer around a comparison: the words that cap lowest are shown, and no word twice."""
        both = "No offence, most people would manage somehow, but you should have known that."
        spans = sorted((one.start, one.end) for one in scorer.score(CLIENT, both).criteria["non_judgment"].evidence)
        assert len(spans) > 1
        assert all(end <= start for (_, end), (start, _) in itertools.pairwise(spans))

    @pytest.mark.parametrize("criterion", ["empathy", "non_judgment", "boundary_keeping"])
    @pytest.mark.parametrize(
        "reply",
        [
            "You dread it before it's even dark.",
            "You lie there at night, and it gets heavier, because nobody knows. What would you want them to know?",
        ],
    )
    def test_moves_are_exact(self, scorer: Scorer, criterion: str, reply: str) -> None:
        """What the clauses move, with the marks around them, is the whole way from a neutral reply to this level."""
        head = scorer.heads.criteria[criterion]
        client, encoded = scorer.encoder.encode([CLIENT, reply])
        words = head.words(client.vector)
        whole = unclipped(head, encoded.vector, client.vector) - unclipped(head, head.neutral, client.vector)
        length = float(np.linalg.norm(encoded.tokens.mean(axis=0))) * len(encoded.tokens)
        by_token = encoded.tokens @ words / length - float(head.neutral @ words) / len(encoded.tokens)
        marks = encoded.offsets[:, 1] == encoded.offsets[:, 0]
        moves = _moves(head, client, encoded)
        assert by_token.sum() == pytest.approx(whole, abs=1e-4)
        assert sum(move for _, move in moves) + by_token[marks].sum() == pytest.approx(whole, abs=1e-4)
        for span, move in moves:
            inside = (encoded.offsets[:, 0] >= span.start) & (encoded.offsets[:, 1] <= span.end) & ~marks
            assert move == pytest.approx(float(by_token[inside].sum()), abs=1e-5)


def unclipped(head: CriterionHead, reply: encoding.Vector, client: encoding.Vector) -> float:
    """Return the level that a reply's vector gives, without flags and before it is kept between 1 and 5."""
    flags = (len(head.weights) - 3 * len(client)) * [0.0]
    features = pair_features(reply[None], client[None], np.array([flags], dtype=np.float32) / FLAG_SCALE)
    raw = float((features @ head.weights)[0]) + head.intercept
    return head.centre + (raw - head.centre) * head.stretch
