"""One strict loader for everything that people write in YAML.

PyYAML alone reads ``no`` as False and ``22:30`` as 1350, keeps the last of two equal keys, and expands aliases without
end. This loader works on PyYAML's parser events: it takes the scalars of the YAML 1.2 core schema only, refuses
duplicate keys, tags, deep nesting, control characters, large and oddly encoded files, limits what aliases may unfold to,
and remembers the line of every value.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from simulator.content.authored import Location
from simulator.errors import Problem

MOST_BYTES = 1024 * 1024
MOST_DEPTH = 30
MOST_VALUES = 200_000
"""How many values a file may hold once its aliases are unfolded."""

_NULL = re.compile(r"~|null|Null|NULL|")
_BOOL = re.compile(r"true|True|TRUE|false|False|FALSE")
_INT = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")

_Parser: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass
class Document:
    """Hold what a file says, where each value stands, and what is wrong with it."""

    path: Path
    data: Any = None
    lines: dict[Location, int] = field(default_factory=dict)
    """The line, from 1, of each value by its way from the top."""
    problems: list[Problem] = field(default_factory=list)

    def line(self, way: Location) -> int:
        """Return the line of the value at ``way``, or of the nearest thing around it."""
        while way and way not in self.lines:
            way = way[:-1]
        return self.lines.get(way, 1)

    def problem(self, way: Location, message: str) -> Problem:
        """Make a problem that points at the value at ``way``."""
        return Problem(self.path, self.line(way), message)


class _Wrong(Exception):
    def __init__(self, line: int, message: str) -> None:
        self.line = line
        self.message = message
        super().__init__(message)


@dataclass
class _Open:
    """A mapping or a list that is being read."""

    value: dict[Any, Any] | list[Any]
    way: Location
    anchor: str | None
    values: int = 1
    key: Any = None
    has_key: bool = False


def load(path: Path) -> Document:
    """Read a YAML file; what is wrong stands in ``problems``, and ``data`` is None where nothing could be read."""
    document = Document(path)
    try:
        with path.open("rb") as file:
            raw = file.read(MOST_BYTES + 1)
    except OSError as error:
        document.problems.append(Problem(path, 1, f"cannot be read: {error.strerror or error}"))
        return document
    return parse(raw, document)


def parse(raw: bytes, document: Document) -> Document:
    """Read YAML from bytes into ``document``."""
    try:
        text = _decoded(raw)
        _Reader(document).read(text)
    except _Wrong as wrong:
        document.data = None
        document.problems.append(Problem(document.path, wrong.line, wrong.message))
    return document


def _decoded(raw: bytes) -> str:
    if len(raw) > MOST_BYTES:
        raise _Wrong(1, f"is larger than {MOST_BYTES // 1024} KiB; split it into several files")
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _Wrong(1, "is saved as UTF-16; save it as UTF-8")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise _Wrong(line, "is not UTF-8 text; save the file as UTF-8") from None
    for number, line_text in enumerate(text.split("\n"), 1):
        found = _CONTROL.search(line_text.rstrip("\r"))
        if found:
            raise _Wrong(number, f"holds the invisible character U+{ord(found.group()):04X}; delete it")
    return text


class _Reader:
    """Build plain values from parser events without recursion, so that no nesting can exhaust the stack."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.stack: list[_Open] = []
        self.anchors: dict[str, tuple[Any, int]] = {}
        self.values = 0
        self.documents = 0

    def read(self, text: str) -> None:
        try:
            for event in yaml.parse(text, Loader=_Parser):
                self._take(event)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            raise _Wrong(mark.line + 1 if mark else 1, _explained(error)) from None
        except yaml.YAMLError as error:
            raise _Wrong(1, f"is not YAML: {error}") from None
        if self.document.data is None and not self.document.problems:
            raise _Wrong(1, "is empty")

    def _take(self, event: Any) -> None:
        line = event.start_mark.line + 1
        if isinstance(event, yaml.DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                raise _Wrong(line, "holds more than one document; remove the line '---'")
        elif isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            self._open(event, line)
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            done = self.stack.pop()
            if done.anchor:
                self.anchors[done.anchor] = (done.value, done.values)
            self._place(done.value, done.values, line, None)
        elif isinstance(event, yaml.ScalarEvent):
            value = self._scalar(event, line)
            if event.anchor:
                self.anchors[event.anchor] = (value, 1)
            self._place(value, 1, line, event)
        elif isinstance(event, yaml.AliasEvent):
            if event.anchor not in self.anchors:
                raise _Wrong(line, f"the alias *{event.anchor} stands inside its own anchor, or before it")
            self._place(*self.anchors[event.anchor], line, None)

    def _open(self, event: Any, line: int) -> None:
        if event.tag:
            raise _Wrong(line, f"the tag '{event.tag}' is not used here; remove it")
        if len(self.stack) >= MOST_DEPTH:
            raise _Wrong(line, f"is nested more than {MOST_DEPTH} deep")
        way = self._next_way()
        if self.stack and isinstance(self.stack[-1].value, dict) and not self.stack[-1].has_key:
            raise _Wrong(line, "a key must be a word, not a list or a mapping")
        self.document.lines.setdefault(way, line)
        value: dict[Any, Any] | list[Any] = {} if isinstance(event, yaml.MappingStartEvent) else []
        self.stack.append(_Open(value, way, event.anchor))

    def _next_way(self) -> Location:
        if not self.stack:
            return ()
        top = self.stack[-1]
        return (*top.way, len(top.value) if isinstance(top.value, list) else top.key)

    def _place(self, value: Any, values: int, line: int, scalar: Any) -> None:
        self.values += values
        if self.values > MOST_VALUES:
            raise _Wrong(line, "unfolds to far too much; aliases repeat aliases")
        if not self.stack:
            self.document.data = value
            self.document.lines.setdefault((), line)
            return
        top = self.stack[-1]
        top.values += values
        if isinstance(top.value, list):
            self.document.lines.setdefault((*top.way, len(top.value)), line)
            top.value.append(value)
        elif not top.has_key:
            self._take_key(top, scalar, line)
        else:
            top.value[top.key] = value
            top.has_key = False

    def _take_key(self, top: _Open, scalar: Any, line: int) -> None:
        if scalar is None:
            raise _Wrong(line, "a key must be a word, not a list or a mapping")
        # A key is always text, so that `1:` and `no:` are what they look like.
        key = scalar.value
        if key == "<<":
            raise _Wrong(line, "merge keys (<<) are not used here; write the keys out")
        if key in top.value:
            first = self.document.lines.get((*top.way, key), line)
            self.document.problems.append(
                Problem(self.document.path, line, f"the key '{key}' stands twice here; the first is on line {first}")
            )
        self.document.lines[(*top.way, key)] = line
        top.key, top.has_key = key, True

    def _scalar(self, event: Any, line: int) -> Any:
        text: str = event.value
        if event.tag:
            raise _Wrong(line, f"the tag '{event.tag}' is not used here; remove it")
        found = _CONTROL.search(text)
        if found:
            raise _Wrong(line, f"holds the invisible character U+{ord(found.group()):04X}; delete it")
        if event.style:
            return text
        return _plain(text, line)


def _plain(text: str, line: int) -> Any:
    """Read an unquoted scalar by the YAML 1.2 core schema."""
    if _NULL.fullmatch(text):
        return None
    if _BOOL.fullmatch(text):
        return text.lower() == "true"
    if len(text) <= 40:
        if _INT.fullmatch(text):
            return int(text)
        if _FLOAT.fullmatch(text):
            return float(text)
    return text


def _explained(error: yaml.MarkedYAMLError) -> str:
    """Put the parser's words into an educator's."""
    problem = error.problem or "is not YAML"
    context = f" ({error.context})" if error.context else ""
    hints = {
        "mapping values are not allowed": "a text with ': ' in it needs quotation marks around it",
        "found character that cannot start any token": "tabs cannot be used to indent; use spaces",
        "could not find expected ':'": "a ':' is missing after a key, or a line is indented wrongly",
        "did not find expected key": "a line is indented wrongly, or a quotation mark is missing",
        "did not find expected '-' indicator": "a line is indented wrongly, or a list item lacks its '- '",
        "found unexpected end of stream": "a quotation mark or a bracket is not closed",
        "found undefined alias": "a text that begins with '*' needs quotation marks",
        "did not find expected alphabetic or numeric character": "a text that begins with '*' or '&' needs quotation marks",
    }
    for sign, hint in hints.items():
        if sign in problem:
            return f"is not well-formed YAML: {hint} ({problem})"
    return f"is not well-formed YAML: {problem}{context}"
