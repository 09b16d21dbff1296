"""The strict loader: what people write is read as it looks, and what is wrong is said with its line."""

from __future__ import annotations

import json
import string
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from simulator.content.strict_yaml import MOST_BYTES, MOST_DEPTH, MOST_VALUES, Document, load, parse


def read(text: str | bytes) -> Document:
    return parse(text if isinstance(text, bytes) else text.encode(), Document(Path("written.yaml")))


def only_problem(text: str | bytes) -> tuple[int, str]:
    document = read(text)
    assert document.data is None
    assert len(document.problems) == 1, document.problems
    return document.problems[0].line, document.problems[0].message


# What is written is what is read.


@pytest.mark.parametrize("word", ["no", "yes", "on", "off", "No", "ON", "y", "n", "22:30", "1:2:3", "0o17", "0x1F"])
def test_words_that_older_yaml_changes_stay_words(word: str) -> None:
    assert read(f"key: {word}").data == {"key": word}


@pytest.mark.parametrize(
    "word", ["1_000", ".inf", "-.inf", ".nan", "2026-11-23", "1.2.3", "1e", "20%", "=", "a\u00a0b"]
)
def test_what_is_not_a_plain_number_stays_text(word: str) -> None:
    assert read(f"key: {word}").data == {"key": word}


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("12", 12),
        ("-3", -3),
        ("+5", 5),
        ("012", 12),
        ("0.5", 0.5),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("true", True),
        ("FALSE", False),
        ("~", None),
        ("null", None),
        ("", None),
    ],
)
def test_plain_scalars_of_yaml_1_2(word: str, value: object) -> None:
    found = read(f"key: {word}\nother: 1").data["key"]
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize("word", ["12", "true", "~", "null", "0.5", ""])
def test_quoted_is_text(word: str) -> None:
    assert read(f"a: '{word}'\nb: \"{word}\"").data == {"a": word, "b": word}


def test_keys_are_always_text() -> None:
    assert read("1: a\nno: b\ntrue: c\n~: d").data == {"1": "a", "no": "b", "true": "c", "~": "d"}


def test_a_byte_order_mark_and_windows_line_ends_are_no_matter() -> None:
    assert read(b"\xef\xbb\xbfa: 1\r\nb: two\r\n").data == {"a": 1, "b": "two"}


def test_a_number_too_long_to_be_meant_stays_text() -> None:
    digits = "9" * 5000
    assert read(f"key: {digits}").data == {"key": digits}


_letters = st.characters(
    codec="utf-8",
    exclude_categories=("Cc", "Cs"),
    exclude_characters="\u2028\u2029\ufeff\u202a\u202b\u202c\u202d\u202e",
).filter(lambda letter: not "\u2066" <= letter <= "\u2069")
_texts = st.text(_letters | st.sampled_from("\n\t: #-'\"[]{}&*!|>%@`,?"))
_keys = st.text(_letters.filter(str.isprintable) | st.sampled_from(": #-'\"[]{}&*!|>%@`,?<"))
_scalars = (
    _texts
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.booleans()
    | st.none()
    | st.sampled_from(["no", "22:30", "1_000", "~", "null", "0o17", "1e3", "<<", "+.5", "0x1F", "=", "2026-11-23"])
)
_data = st.recursive(
    _scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_keys, inner, max_size=4), max_leaves=12
)


def texts_in(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, list):
        for item in data:
            yield from texts_in(item)
    elif isinstance(data, dict):
        for value in data.values():
            yield from texts_in(value)


def is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def written(data: Any) -> list[str]:
    """Write data in the ways of other programs."""
    ways = [json.dumps(data, ensure_ascii=False), json.dumps(data, ensure_ascii=False, indent=2)]
    # PyYAML follows YAML 1.1, where 1e3 and 08 are text and need no quotation marks.
    if not any(is_number(text) for text in texts_in(data)):
        ways += [
            yaml.safe_dump(data, allow_unicode=True, sort_keys=False),
            yaml.safe_dump(data, allow_unicode=True, default_flow_style=True, width=20),
        ]
    return ways


@settings(max_examples=100, deadline=None)
@given(data=_data)
@example(data={"<<": 1, "": [], "a": {"": None}})
def test_data_that_is_written_comes_back_equal(data: Any) -> None:
    for text in written({"data": data}):
        document = read(text)
        assert document.problems == []
        assert document.data == {"data": data}
        # Equal is not enough: 1 == 1.0 == True.
        assert json.dumps(document.data, sort_keys=True) == json.dumps({"data": data}, sort_keys=True)


@settings(max_examples=150, deadline=None)
@given(
    text=st.text(st.sampled_from(string.ascii_letters[:4] + " \n\t:-?&*!|>'\"%@`#,[]{}~<\\0.\r\x85\x00é")) | st.text()
)
def test_no_text_raises(text: str) -> None:
    _is_sound(read(text.encode("utf-8", "surrogatepass")))


@settings(max_examples=100, deadline=None)
@given(raw=st.binary())
def test_no_bytes_raise(raw: bytes) -> None:
    _is_sound(read(raw))


def _is_sound(document: Document) -> None:
    assert document.problems or document.data is not None
    for problem in document.problems:
        assert problem.line >= 1
        assert len(str(problem).splitlines()) == 1
        assert str(problem).startswith(f"written.yaml:{problem.line}: ")


# Lines.


def test_each_value_has_its_line() -> None:
    text = "a: 1\n\n# a comment\nb:\n  c: >-\n    folded\n    text\n  d:\n    - x\n    - e: 1\n      f: {g: 2}\n"
    document = read(text)
    written_lines = text.split("\n")
    ways = [("a",), ("b",), ("b", "c"), ("b", "d"), ("b", "d", 0), ("b", "d", 1), ("b", "d", 1, "f")]
    starts = ["a:", "b:", "  c:", "  d:", "    - x", "    - e:", "      f:"]
    assert [document.line(way) for way in ways] == [
        next(number for number, line in enumerate(written_lines, 1) if line.startswith(start)) for start in starts
    ]
    assert document.line(("b", "d", 1, "f", "g")) == document.line(("b", "d", 1, "f"))


def test_what_has_no_line_has_that_of_what_is_around_it() -> None:
    document = read("a:\n  b: 1\nc:\n  d: 2\n")
    assert document.line(("c", "missing", "deeper")) == document.line(("c",))
    assert document.line(("missing",)) == document.line(())


def test_lines_are_those_of_the_list_that_counts() -> None:
    """Of a key written twice, the second is read; its items have its lines, not those of the first."""
    document = read("key:\n  - first\nkey:\n  - second\n")
    assert document.data == {"key": ["second"]}
    assert document.line(("key", 0)) > document.line(("key",)) > 2
    of_keys = read("key:\n  - a: 1\nkey:\n\n  - b: 1\n")
    assert of_keys.line(("key", 0)) == of_keys.line(("key", 0, "b")) > of_keys.line(("key",))


# Mistakes.


def test_duplicate_keys_name_both_lines() -> None:
    document = read("a: 1\nb:\n  c: 1\n  d: 2\n  c: 3\na: 2\na: 3\n")
    assert [(problem.line, problem.message) for problem in document.problems] == [
        (5, "the key 'c' stands twice here; it is already on line 3"),
        (6, "the key 'a' stands twice here; it is already on line 1"),
        (7, "the key 'a' stands twice here; it is already on line 6"),
    ]
    assert document.data is not None, "the rest is still read, so that its problems can be said at the same time"


@pytest.mark.parametrize("name", ["a", "'a'", '"a"', "&x a"])
def test_a_duplicate_key_is_found_however_it_is_written(name: str) -> None:
    assert "stands twice" in read(f"a: 1\n{name} : 2").problems[0].message


def test_an_alias_bomb_is_refused() -> None:
    ten = ", ".join(["x"] * 10)
    bomb = [f"a0: &a0 [{ten}]"]
    bomb += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 30)]
    line, message = only_problem("\n".join(bomb))
    assert str(MOST_VALUES) in message
    assert "aliases" in message
    assert line == next(n for n in range(1, 30) if 10**n > MOST_VALUES)


def test_an_alias_bomb_of_long_texts_is_refused() -> None:
    text = f"a: &a {'x' * 10_000}\nb: [{','.join(['*a'] * 10_000)}]"
    assert "aliases" in only_problem(text)[1]


def test_many_values_at_some_depth_are_not_taken_for_a_bomb() -> None:
    items = 20_000
    text = "a: {b: {c: {d: {e: [" + "[x]," * items + "]}}}}"
    assert len(read(text).data["a"]["b"]["c"]["d"]["e"]) == items


def test_an_honest_alias_is_unfolded() -> None:
    assert read("a: &same [1, {b: 2}]\nc: *same\n").data == {"a": [1, {"b": 2}], "c": [1, {"b": 2}]}


@pytest.mark.parametrize("text", ["a: &x [*x]", "a: &x {b: [*x]}", "a: *later\nb: &later 1", "a: *laughs out loud"])
def test_an_alias_without_its_anchor_is_explained(text: str) -> None:
    document = read(text)
    assert document.problems[0].line == 1
    assert document.data is None


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? ", "[{a: "])
def test_deep_nesting_does_not_crash(opening: str) -> None:
    line, message = only_problem(opening * 100_000)
    assert line == 1
    assert "nested" in message or "a key must be" in message or "not well-formed" in message


def test_nesting_is_allowed_as_deep_as_is_said() -> None:
    assert read("[" * MOST_DEPTH + "]" * MOST_DEPTH).problems == []
    assert str(MOST_DEPTH) in only_problem("[" * (MOST_DEPTH + 1) + "]" * (MOST_DEPTH + 1))[1]


def test_a_file_may_be_as_large_as_is_said_and_no_larger(tmp_path: Path) -> None:
    file = tmp_path / "large.yaml"
    start = b"a: "
    file.write_bytes(start + b"x" * (MOST_BYTES - len(start)))
    assert load(file).problems == []
    file.write_bytes(start + b"x" * (MOST_BYTES - len(start) + 1))
    assert "larger than 1024 KiB" in load(file).problems[0].message


@pytest.mark.parametrize("coding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_other_encodings_are_refused(coding: str) -> None:
    assert only_problem("a: 1\n".encode(coding))[0] == 1


def test_utf_16_is_named() -> None:
    assert only_problem("a: é\n".encode("utf-16")) == (1, "is saved as UTF-16; save it as UTF-8")


def test_latin_1_is_refused_where_it_stands() -> None:
    assert only_problem("a: 1\nb: 2\nc: café\n".encode("latin-1")) == (
        3,
        "is not UTF-8 text; save the file as UTF-8",
    )


@pytest.mark.parametrize("letter", ["\x1b", "\x00", "\x07", "\x7f", "\x9b", "\u2028", "\u202e", "\ufeff"])
def test_control_characters_are_refused_raw_and_escaped(letter: str) -> None:
    code = f"U+{ord(letter):04X}"
    assert only_problem(f"a: 1\nb: x{letter}[31m\n") == (2, f"holds the invisible character {code}; delete it")
    assert only_problem(f'a: 1\nb: "x\\u{ord(letter):04x}[31m"\n') == (
        2,
        f"holds the invisible character {code}; delete it",
    )


def test_escape_written_by_its_short_name_is_refused() -> None:
    assert "U+001B" in only_problem('a: "\\e[31m"')[1]


@pytest.mark.parametrize("key", ["\u00a0id", "id\u200b", "\u3000id"])
def test_a_key_with_a_character_that_cannot_be_seen_is_refused(key: str) -> None:
    line, message = only_problem(f"a: 1\n{key}: x\n")
    assert line == 2
    assert "cannot be seen" in message


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n", "---\n", "~", "null\n"])
def test_an_empty_file_is_empty(text: str) -> None:
    assert only_problem(text) == (1, "is empty")


def test_only_one_document() -> None:
    assert only_problem("a: 1\n---\nb: 2\n") == (2, "holds more than one document; remove the line '---'")


@pytest.mark.parametrize(
    "value", ["!!python/object/apply:os.system [ls]", "!!python/name:os.system x", "!!str 1", "!own {a: 1}", "!"]
)
def test_tags_are_refused(value: str) -> None:
    line, message = only_problem(f"a: 1\nb: {value}\n")
    assert line == 2
    assert "begins with '!'" in message


@pytest.mark.parametrize("text", ["a: {b: 1}\nc:\n  <<: {b: 1}\n", "a: &x {b: 1}\nc:\n  <<: *x\n"])
def test_merge_keys_are_refused(text: str) -> None:
    assert only_problem(text) == (3, "merge keys (<<) are not used here; write the keys out")


@pytest.mark.parametrize("text", ["? [a, b]\n: c\n", "? {a: 1}\n: c\n", "name: {{ name }}\n", "&x a: 1\n*x : 2\n"])
def test_a_key_is_a_word(text: str) -> None:
    assert "a key must be a word" in only_problem(text)[1]


MALFORMED = [
    # What is written, in a file of its own from the second line on; the line that is named; what helps.
    ("name: Maya: a student", 2, "a text with ': ' in it needs quotation marks"),
    ("  name: Maya", 2, "or the line is indented wrongly"),
    ("name Maya\nother: 1", 2, "a ':' and a space are missing"),
    ("\tname: Maya", 2, "tabs cannot be used to indent; use spaces"),
    ("name:\n\t- Maya", 3, "tabs cannot be used to indent; use spaces"),
    ("name: @maya", 2, "a text that begins with '@' needs quotation marks"),
    ("name: `maya`", 2, "a text that begins with '`' needs quotation marks"),
    ("name: %maya", 2, "a text that begins with '%' needs quotation marks"),
    ("name: *maya*", 2, "a text that begins with '*'"),
    ("name: >maya", 2, "a text that begins with '>' or '|' needs quotation marks"),
    ("name: - maya", 2, "a list begins on a new line"),
    ("name: [red] Maya", 2, "quotation marks are missing"),
    ('name: "Maya" Smith', 2, "quotation marks are missing or inside a text"),
    ("name: 'it's'", 2, "quotation marks are missing or inside a text"),
    ('name: "never closed\nother: 1\n\nmore: 2\n', 2, "the quotation mark that opens here is never closed"),
    ("name: [never, closed\n\n\n", 2, "this bracket is not closed"),
    ('name: "\\d+"', 2, "use single ones ('…')"),
    ('name: "\\ud83d\\ude00"', 2, "use single ones ('…')"),
    ("lines:\n  - one\n  two: 2", 4, "a line is indented wrongly"),
    ('lines:\n  - "Yes," she said.\n  - "No."', 3, "quotation marks are missing or inside a text"),
]


@pytest.mark.parametrize(("text", "line", "words"), MALFORMED)
def test_what_is_not_yaml_is_explained_where_it_is(text: str, line: int, words: str) -> None:
    found, message = only_problem(f"first: 1\n{text}\n")
    assert words in message
    assert found == line


def test_a_backslash_b_between_double_quotation_marks_is_refused() -> None:
    r"""``"\b"`` is a backspace in YAML, and a word's edge in the pattern that was meant."""
    assert "U+0008" in only_problem('pattern: "\\bat least"')[1]


# Files.


def test_what_cannot_be_read_is_a_problem(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.yaml", tmp_path / "loop.yaml"):
        if path.name == "loop.yaml":
            path.symlink_to(path)
        document = load(path)
        assert document.data is None
        assert [problem.path for problem in document.problems] == [path]
        assert document.problems[0].message.startswith("cannot be read: ")


def test_a_file_says_the_same_as_its_bytes(tmp_path: Path) -> None:
    file = tmp_path / "small.yaml"
    raw = "a: [1, no, 'é']\na: 2\n".encode()
    file.write_bytes(raw)
    from_file, from_bytes = load(file), parse(raw, Document(file))
    assert from_file == from_bytes
    assert len(from_file.problems) == 1
