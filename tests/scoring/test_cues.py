"""Words on the surface: how replies are cut, and what is too short to judge."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.content.library import Library
from simulator.scoring.cues import LEAST_CLAUSE_WORDS, Cues, Span, clauses, folded, sentences

TOO_SHORT = [
    "", " ", "...", "?!", "🙂", "12", "Mm.", "Mm-hmm.", "mhm", "Hmm...", "Uh-huh.", "Okay.", "ok", "K", "Right.", "Yeah",
    "Yes, yes.", "I see.", "Oh.", "Oh, wow.", "Go on.", "Ah, I see.", "Sure", "Really?", "Right, okay.", "I’m listening.",
    "Take your time.", "Hiii", "Of course.",
]  # fmt: skip
LONG_ENOUGH = [
    "And you?", "Who drives you home?", "Since when?", "That hurts.", "You miss her.", "Tell me more.", "Why?", "Sad.",
    "Okay, and then what happened?", "I see you are tired.", "Shut up.", "Get over it.", "No, you are wrong.", "So lonely.",
]  # fmt: skip
PIECES = [*"ab.!?…,;:-—’'\" \n", " and ", " but ", " even if ", "Mr. ", "é", "🙂", "a word or two "]
words = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)


@pytest.fixture(scope="module")
def cues(library: Library) -> Cues:
    return Cues(library.rubric("core").value)


@pytest.mark.parametrize("reply", TOO_SHORT)
def test_backchannels_are_too_short(cues: Cues, reply: str) -> None:
    assert cues.too_short(reply)


@pytest.mark.parametrize("reply", LONG_ENOUGH)
def test_short_replies_that_say_something_are_not(cues: Cues, reply: str) -> None:
    assert not cues.too_short(reply)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("You dread it. It is dark!", ["You dread it.", "It is dark!"]),
        ("Really… what then?", ["Really…", "what then?"]),
        ("“You dread it.” That is a lot", ["“You dread it.”", "That is a lot"]),
        ("Wait... what?!", ["Wait...", "what?!"]),
        ("... ? !", []),
        ("", []),
    ],
)
def test_sentences(text: str, parts: list[str]) -> None:
    assert [text[span.start : span.end] for span in sentences(text)] == parts


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (
            "You lie there at night, and it gets heavier, because nobody knows.",
            ["You lie there at night,", "and it gets heavier,", "because nobody knows."],
        ),
        ("You are tired, so tired.", ["You are tired, so tired."]),
        ("It is as if you were drowning.", ["It is as if you were drowning."]),
        ("Tired. And then the phone rang.", ["Tired.", "And then the phone rang."]),
    ],
)
def test_clauses(text: str, parts: list[str]) -> None:
    assert [text[span.start : span.end] for span in clauses(text)] == parts


@given(words)
def test_stretches_follow_each_other_and_lose_no_word(text: str) -> None:
    for cut in (sentences, clauses):
        spans = cut(text)
        assert all(0 <= span.start < span.end <= len(text) for span in spans)
        assert all(one.end <= other.start for one, other in itertools.pairwise(spans))
        assert all(text[span.start : span.end].strip() == text[span.start : span.end] for span in spans)
        covered = "".join(text[span.start : span.end] for span in spans)
        assert sum(map(str.isalnum, covered)) == sum(map(str.isalnum, text))


@given(words)
def test_clauses_lie_in_sentences_and_short_ones_are_whole_sentences(text: str) -> None:
    whole = sentences(text)
    for span in clauses(text):
        inside = [one for one in whole if one.start <= span.start and span.end <= one.end]
        assert len(inside) == 1
        assert len(text[span.start : span.end].split()) >= LEAST_CLAUSE_WORDS or span == Span(
            inside[0].start, inside[0].end
        )


@given(st.text())
def test_folding_keeps_every_character_in_its_place(text: str) -> None:
    assert len(folded(text)) == len(text)


def test_curly_and_straight_apostrophes_are_one(cues: Cues, library: Library) -> None:
    criterion = library.rubric("core").value.criterion("non_judgment")
    for reply in ("Why didn't you tell him?", "Why didn’t you tell him?", "WHY DIDN`T YOU TELL HIM?"):
        (hit, *_) = cues.hits(criterion, reply)
        assert reply[hit.span.start : hit.span.end].lower().startswith("why")
        assert (cues.flags(reply) == cues.flags(folded(reply))).all()
