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

from simulator.content.authored import Location, quoted
from simulator.content.malformed import explained
from simulator.errors import Problem

MOST_BYTES = 1024 * 1024
MOST_DEPTH = 30
MOST_VALUES = 200_000
"""How many values a file may hold once its aliases are unfolded; a long text counts as several."""

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


_NOT_A_KEY = (
    "a key must be a word, not a list or a group of keys; a text that begins with '[' or '{' needs quotation marks"
)


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
            raise _Wrong(*explained(error, text)) from None
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
            self._place(done.value, done.values, line)
        elif isinstance(event, yaml.ScalarEvent):
            value = self._scalar(event, line)
            values = 1 + len(event.value) // 100
            if event.anchor:
                self.anchors[event.anchor] = (value, values)
            self._count(values, line)
            self._place(value, values, line, event)
        elif isinstance(event, yaml.AliasEvent):
            if event.anchor not in self.anchors:
                raise _Wrong(
                    line, f"a text that begins with '*' needs quotation marks around it ({quoted(f'*{event.anchor}')})"
                )
            value, values = self.anchors[event.anchor]
            self._count(values, line)
            self._place(value, values, line, event)

    def _count(self, values: int, line: int) -> None:
        self.values += values
        if self.values > MOST_VALUES:
            raise _Wrong(line, f"holds more than {MOST_VALUES} values, those that aliases (*) repeat among them")

    def _open(self, event: Any, line: int) -> None:
        _refuse_tag(event.tag, line)
        self._count(1, line)
        if len(self.stack) >= MOST_DEPTH:
            raise _Wrong(line, f"is nested more than {MOST_DEPTH} deep")
        way = self._next_way()
        if self.stack and isinstance(self.stack[-1].value, dict) and not self.stack[-1].has_key:
            raise _Wrong(line, _NOT_A_KEY)
        if not self.stack or isinstance(self.stack[-1].value, list):
            self.document.lines[way] = line
        value: dict[Any, Any] | list[Any] = {} if isinstance(event, yaml.MappingStartEvent) else []
        self.stack.append(_Open(value, way, event.anchor))

    def _next_way(self) -> Location:
        if not self.stack:
            return ()
        top = self.stack[-1]
        return (*top.way, len(top.value) if isinstance(top.value, list) else top.key)

    def _place(self, value: Any, values: int, line: int, event: Any = None) -> None:
        """Put a value where it belongs; ``event`` is that of a scalar or an alias, whose line is not yet known."""
        if not self.stack:
            self.document.data = value
            self.document.lines.setdefault((), line)
            return
        top = self.stack[-1]
        top.values += values
        if isinstance(top.value, list):
            if event:
                self.document.lines[(*top.way, len(top.value))] = line
            top.value.append(value)
        elif not top.has_key:
            self._take_key(top, event, line)
        else:
            top.value[top.key] = value
            top.has_key = False

    def _take_key(self, top: _Open, event: Any, line: int) -> None:
        if not isinstance(event, yaml.ScalarEvent):
            raise _Wrong(line, _NOT_A_KEY)
        # A key is always text, so that `1:` and `no:` are what they look like.
        key = event.value
        if key == "<<" and not event.style:
            raise _Wrong(line, "merge keys (<<) are not used here; write the keys out")
        unseen = next((letter for letter in key if not letter.isprintable()), None)
        if unseen:
            what = f"the key {quoted(key)} holds the character U+{ord(unseen):04X}, which cannot be seen"
            raise _Wrong(line, f"{what}; type the line anew, it may have been pasted from elsewhere")
        if key in top.value:
            first = self.document.lines.get((*top.way, key), line)
            self.document.problems.append(
                Problem(
                    self.document.path, line, f"the key {quoted(key)} stands twice here; it is already on line {first}"
                )
            )
        self.document.lines[(*top.way, key)] = line
        top.key, top.has_key = key, True

    def _scalar(self, event: Any, line: int) -> Any:
        text: str = event.value
        _refuse_tag(event.tag, line)
        found = _CONTROL.search(text)
        if found:
            raise _Wrong(line, f"holds the invisible character U+{ord(found.group()):04X}; delete it")
        if event.style:
            return text
        return _plain(text)


def _refuse_tag(tag: str | None, line: int) -> None:
    if tag:
        shown = quoted(tag.replace("tag:yaml.org,2002:", "!!"))
        raise _Wrong(line, f"tags such as {shown} are not used here; a text that begins with '!' needs quotation marks")


def _plain(text: str) -> Any:
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
