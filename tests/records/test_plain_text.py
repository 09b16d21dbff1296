"""Text from people comes out of a Markdown renderer as the text that went in."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from simulator.records.plain_text import inline, quote, visible

PLAIN_TOKENS = {"paragraph_open", "paragraph_close", "inline", "text", "softbreak", "hardbreak", "text_special"}
QUOTED_TOKENS = PLAIN_TOKENS | {"blockquote_open", "blockquote_close"}
# As Textual reads Markdown: tables, strikethrough, raw HTML and bare web addresses.
READER = MarkdownIt("gfm-like")
NASTY = st.text(st.sampled_from(list("#*_`[]()<>|~&-+=:!\\\n\t 1.)a@/;\"'$^{}\x1b\x85\u2028\u202e")), max_size=25)
TYPED = NASTY | st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
ATTACKS = [
    "# heading", "a | b", "| a |\n|---|", "<script>alert(1)</script>", "<!-- x", "[a](b)", "![a](b)", "[a]: /b", "`code`",
    "```\nx", "~~~", "~~gone~~", "**bold**", "_thin_", "- item", "+ item", "1. item", "1) item", "12.", "---", "===", "a\n===",
    "a\n---", "    code", "> quote", "http://x.org/_y_", "www.x.org", "x.org", "mailto:a@b.org", "a@b.org", "//x.org", "&amp;",
    "&#60;b>", "\\", "a\\", "\\*a*", "\\|", "a  \nb", "Term\n: what", "<http://x.org>", "ftp://x", "\n\n", "$x$", "[^1]",
]  # fmt: skip


def _flat(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from _flat(token.children or [])


def _read(markdown: str) -> tuple[set[str], str]:
    """Return the kinds of tokens in a text, and the words it shows, with any space between words as one."""
    tokens = list(_flat(READER.parse(markdown)))
    words = "".join("\n" if token.type in ("softbreak", "hardbreak", "paragraph_close") else token.content
                    for token in tokens if token.type != "inline")  # fmt: skip
    return {token.type for token in tokens}, " ".join(words.split())


def _words(text: str) -> str:
    return " ".join(text.split())


def test_the_list_is_one_of_attacks() -> None:
    """Left as they are, most of them become markup: the tests below could fail."""
    assert sum(not _read(attack)[0] <= PLAIN_TOKENS for attack in ATTACKS) > 25


@pytest.mark.parametrize("attack", ATTACKS)
def test_markup_is_shown_as_text(attack: str) -> None:
    kinds, words = _read(quote(attack))
    assert kinds <= QUOTED_TOKENS
    assert words == _words(visible(attack))
    kinds, words = _read(inline(attack))
    assert kinds <= PLAIN_TOKENS
    assert words == _words(visible(attack).replace("\n", "␤"))


@given(TYPED)
@example("a\n\n\n- b")
@settings(max_examples=150, deadline=None)
def test_a_quote_shows_what_was_typed(text: str) -> None:
    kinds, words = _read(quote(text))
    assert kinds <= QUOTED_TOKENS
    assert words == _words(visible(text))


@given(TYPED, st.sampled_from(["- {}", "1. {}", "| {} | x |\n|---|---|", "**x** {}", "## {}"]))
@settings(max_examples=150, deadline=None)
def test_a_line_stays_inside_its_place(text: str, place: str) -> None:
    """In a list, a table or a heading, a text adds nothing but itself to what the place has with any word."""
    kinds, words = _read(place.format("W " + inline(text) + " W"))
    plain_kinds, plain_words = _read(place.format("W W"))
    assert kinds <= plain_kinds | {"text", "text_special"}
    assert words == plain_words.replace("W W", _words("W " + visible(text).replace("\n", "␤") + " W"))
    alone, _ = _read(place.format(inline(text)))
    assert alone <= plain_kinds | {"text", "text_special"}


@given(TYPED)
@settings(max_examples=100, deadline=None)
def test_nothing_reaches_a_terminal_but_text(text: str) -> None:
    for shown in (visible(text), quote(text), inline(text)):
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]", shown)


def test_invisible_characters_have_symbols() -> None:
    assert visible("\x1b[31mred\x07\x00\x7f\t") == "␛[31mred␇␀␡␉"
    assert visible("\x9b31m\u202eevil\ud800") == "‹U+009B›31m‹U+202E›evil‹U+D800›"
    assert visible("a\r\nb\rc") == "a\nb␍c"


def test_words_of_every_script_stay_as_they_are() -> None:
    for text in ("naïve café", "می‌خواهم", "👩‍👩‍👧 family", "日本語", "don't – really…"):
        assert visible(text) == text
        assert inline(text) == text
