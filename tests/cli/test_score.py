"""``score``: JSON lines in and out, in order, as they come."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from simulator.scoring.scorer import Pair, Scorer

from .conftest import Run

pytestmark = pytest.mark.usefixtures("fitted_home")

CLIENT = "Nights are bad. I lie there and I can't switch it off."
IDS: list[Any] = [7, "seven", None, 1.5, True, ["a", 1], {"student": "Ö", "turn": 3}, ""]
REPLIES = [
    "You dread it before it's even dark.", "Mm-hmm.", "", "You should just go to bed earlier.", "🙂 What is that like?",
    "તને ઊંઘ નથી આવતી?", "two\nlines\u2028and a half", "What would you tell a friend?",
]  # fmt: skip


def rows(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.split("\n") if line]


def lines(*given: Any) -> str:
    return "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in given)


GIVEN = lines(*({"id": name, "client": CLIENT, "reply": reply} for name, reply in zip(IDS, REPLIES, strict=True)))


def test_every_reply_is_answered_in_order_with_its_scores(run: Run, scorer: Scorer, tmp_path: Path) -> None:
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text(GIVEN, encoding="utf8")
    done = run("score", "--input", str(source), "--output", str(target))
    assert (done.code, done.out) == (0, "")
    found = rows(target.read_text(encoding="utf8"))
    assert [row["id"] for row in found] == IDS
    expected = scorer.score_many([Pair(CLIENT, reply) for reply in REPLIES])
    for row, reply, scores in zip(found, REPLIES, expected, strict=True):
        assert list(row) == ["id", "behaviour", "codes", "scores"]
        assert row["behaviour"] == scores.behaviour
        assert row["codes"] == pytest.approx(scores.codes, abs=1e-3)
        assert list(row["scores"]) == list(scores.criteria)
        for name, score in row["scores"].items():
            assert {"level", "confidence", "reason", "evidence", "nearest"} <= set(score)
            assert score["level"] == pytest.approx(scores.level(name), abs=0.0101)
            for one in score["evidence"]:
                assert set(one) == {"start", "end", "text", "effect"}
                assert reply[one["start"] : one["end"]] == one["text"]


def test_standard_input_and_output_are_the_same_way(run: Run) -> None:
    untidy = "\ufeff" + GIVEN.replace("\n", "\r\n").replace("}\r\n", "}\r\n\r\n  \r\n", 1).rstrip()
    assert run("score", given=untidy).out == run("score", given=GIVEN).out
    assert len(rows(run("score", given=GIVEN).out)) == len(IDS)


@pytest.mark.parametrize("given", ["", "\n", "  \n\n"])
def test_of_nothing_comes_nothing(run: Run, given: str) -> None:
    done = run("score", given=given)
    assert (done.code, done.out, done.err) == (0, "", "")


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        (b'{"id": 1, "reply": ', "is not a line of JSON"),
        (b"hello", "is not a line of JSON"),
        (b'{"id": 1, "reply": "\xff"}', "is not a line of JSON"),
        (b"[" * 100_000, "is not a line of JSON"),
        (b"[1, 2]", 'should be like {"id": 1'),
        (b'{"client": "a", "reply": "b"}', 'should be like {"id": 1'),
        (b'{"id": 1, "client": "a", "reply": null}', "should be text"),
        (b'{"id": 1, "client": ["a"], "reply": "b"}', "should be text"),
    ],
    ids=["cut off", "words", "not UTF-8", "too deep", "a list", "no id", "null", "a list of texts"],
)
def test_a_broken_line_is_named(run: Run, broken: bytes, message: str) -> None:
    good = lines({"id": 1, "client": CLIENT, "reply": "And you?"}).encode()
    done = run("score", given=good + b"\n" + broken + b"\n" + good)
    assert done.code == 1
    assert done.err.startswith("simulator: standard input:3: ")
    assert message in done.err
    assert "Traceback" not in done.err


def test_half_a_character_is_scored_like_any_other(run: Run) -> None:
    """JSON can hold half of a surrogate pair, which no UTF-8 can: somebody cut a text in the middle of an emoji."""
    done = run("score", given='{"id": "\\ud83d", "client": "I am \\ud83d", "reply": "You dread the nights \\ud83d"}\n')
    assert done.code == 0
    (row,) = rows(done.out)
    assert row["id"] == "\ud83d"
    assert row["scores"]["empathy"]["level"]


def test_files_that_cannot_be_opened(run: Run, tmp_path: Path) -> None:
    for option in ("--input", "--output"):
        done = run("score", option, str(tmp_path / "missing" / "file.jsonl"), given=GIVEN)
        assert (done.code, done.out) == (1, "")
        assert f"{tmp_path}/missing/file.jsonl cannot be opened: No such file or directory" in done.err


def test_an_unknown_rubric(run: Run) -> None:
    done = run("score", "--rubric", "cor", given=GIVEN)
    assert done.code == 1
    assert "there is no rubric 'cor'; did you mean 'core'?" in done.err


def test_several_rubrics_side_by_side(run: Run) -> None:
    assert run("new", "rubric", "mine").code == 0
    (row,) = rows(run("score", "--rubric", "core", "--rubric", "mine", given=lines({"id": 1, "reply": "And you?"})).out)
    (mine,) = rows(run("score", "--rubric", "mine", given=lines({"id": 1, "reply": "And you?"})).out)
    assert set(mine["scores"]) < set(row["scores"])
    assert set(mine["codes"]) <= set(row["codes"])
    assert "empathy" in row["scores"]


def test_a_pipe_is_answered_before_it_is_closed(fitted_home: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "simulator", "score"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "SIMULATOR_HOME": str(fitted_home)},
    )
    assert process.stdin is not None
    assert process.stdout is not None
    with process.stdin, process.stdout:
        for number in range(3):
            line = lines({"id": number, "client": CLIENT, "reply": "And you?"}).encode()
            for part in (line[:20], line[20:]):
                process.stdin.write(part)
                process.stdin.flush()
            assert json.loads(process.stdout.readline())["id"] == number
        process.stdin.write(lines({"id": "last", "reply": "Mm."}).encode().rstrip())
        process.stdin.close()
        assert json.loads(process.stdout.read())["id"] == "last"
    assert process.wait() == 0
