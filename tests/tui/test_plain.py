"""Text stays text, and small pictures say what they should."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from simulator.session import Evidence
from simulator.tui import glyphs
from simulator.tui.plain import MARKS, marked, said, shown
from simulator.tui.rows import when


@given(st.text(max_size=200))
def test_no_text_can_reach_a_terminal_as_a_command(text: str) -> None:
    for content in (said(text), marked(text, [])):
        assert not any(ord(letter) < 32 and letter != "\n" for letter in content.plain)
        assert "\x7f" not in content.plain and "\u202e" not in content.plain


@given(st.text(max_size=60), st.lists(st.tuples(st.integers(-5, 70), st.integers(-5, 70), st.booleans()), max_size=5))
def test_marks_never_change_the_words(text: str, places: list[tuple[int, int, bool]]) -> None:
    evidence = [
        Evidence(start=start, end=end, text="", effect="raises" if up else "lowers") for start, end, up in places
    ]
    assert marked(text, evidence).plain == shown(text)


def test_words_that_moved_a_score_are_marked_by_more_than_colour() -> None:
    content = marked("I should ask", [Evidence(start=2, end=8, text="should", effect="lowers")])
    (span,) = content.spans
    assert (span.start, span.end, span.style) == (2, 8, MARKS["lowers"])
    assert all("underline" in style for style in MARKS.values()) and len(set(MARKS.values())) == 2


def test_stage_directions_are_apart_from_what_is_spoken() -> None:
    content = said("(looks up) Yes. (smiles)")
    assert [content.plain[span.start : span.end] for span in content.spans] == ["(looks up)", "(smiles)"]


def test_levels_are_whole_or_half() -> None:
    assert [glyphs.number(level) for level in (1.0, 2.24, 2.26, 3.74, 5.0)] == ["1", "2", "2.5", "3.5", "5"]
    assert glyphs.bar(4) == "▰▰▰▰▱"
    assert glyphs.spark([0.0, 0.5, 0.99]) == "▁▅█"


def test_days_are_named_as_people_name_them() -> None:
    now = "2026-03-02T14:00:00+00:00"
    assert when("2026-03-02T08:05:00+00:00", now) == "today, 08:05"
    assert when("2026-03-01T23:59:00+00:00", now) == "yesterday, 23:59"
    assert when("2025-12-31T10:00:00+00:00", now) == "31 December 2025, 10:00"
    assert when("no time at all", now) == "no time at all"
