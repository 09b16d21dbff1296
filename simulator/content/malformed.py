"""Put the complaints of the YAML parser into words that an educator can act on."""

from __future__ import annotations

from typing import Any

import yaml

_HINTS = {
    "mapping values are not allowed": "a text with ': ' in it needs quotation marks around it, or the line is indented wrongly",
    "could not find expected ':'": "a ':' and a space are missing after this key, or the line is indented wrongly",
    "did not find expected key": "quotation marks are missing or inside a text, or a line here or above is indented wrongly",
    "did not find expected '-' indicator": "quotation marks are missing or inside a text, or a line is indented wrongly",
    "block sequence entries are not allowed": "a list begins on a new line; a text that begins with '- ' needs quotation marks",
    "found unexpected end of stream": "the quotation mark that opens here is never closed",
    "did not find expected ',' or": "this bracket is not closed; a text that begins with '[' or '{' needs quotation marks",
    "did not find expected alphabetic or numeric character": "a text that begins with '*' or '&' needs quotation marks",
    "found unknown escape character": "between double quotation marks a '\\' has a meaning of its own; use single ones ('…')",
    "escape code": "between double quotation marks a '\\' has a meaning of its own; use single ones ('…')",
    "did not find expected comment or line break": "a text that begins with '>' or '|' needs quotation marks",
    "unknown directive": "a text that begins with '%' needs quotation marks",
    "tab character": "tabs cannot be used to indent; use spaces",
}
"""What an educator can do about the parser's complaints, by words of theirs."""
_OPENED_EARLIER = ("could not find expected ':'", "found unexpected end of stream", "did not find expected ',' or")
"""Complaints that the parser makes only where it gives up, far below the mistake; where it began says more."""


def explained(error: yaml.MarkedYAMLError, text: str) -> tuple[int, str]:
    """Return the line of a mistake, from 1, and what to do about it."""
    problem = error.problem or "is not YAML"
    hint = next((hint for sign, hint in _HINTS.items() if sign in problem), "")
    if "cannot start any token" in problem:
        letter = _letter_at(error.problem_mark, text)
        hint = (
            _HINTS["tab character"] if letter == "\t" else f"a text that begins with '{letter}' needs quotation marks"
        )
    if hint:
        return _line_of(error), f"is not well-formed YAML: {hint} ({problem})"
    return _line_of(error), f"is not well-formed YAML: {problem}" + (f" ({error.context})" if error.context else "")


def _line_of(error: yaml.MarkedYAMLError) -> int:
    marks = [error.problem_mark, error.context_mark]
    if any(sign in (error.problem or "") for sign in _OPENED_EARLIER):
        marks.reverse()
    return next((mark.line + 1 for mark in marks if mark), 1)


def _letter_at(mark: Any, text: str) -> str:
    """Return the character at which the parser stopped."""
    line = text.split("\n")[mark.line] if mark else ""
    return line[mark.column] if mark and mark.column < len(line) else "that sign"
