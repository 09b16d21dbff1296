"""Break a sound file at one place, so that the line of the mistake is known without counting."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulator.content.authored import Location
from simulator.content.strict_yaml import Document, parse


@dataclass(frozen=True)
class Sheet:
    """A text with the place of each of its values; edits never change the number of lines."""

    text: str

    @property
    def document(self) -> Document:
        document = parse(self.text.encode(), Document(Path("sheet.yaml")))
        assert document.problems == []
        return document

    def at(self, way: Location) -> Any:
        data = self.document.data
        for step in way:
            data = data[step]
        return data

    def line(self, way: Location) -> int:
        return self.document.line(way)

    def value(self, way: Location, new: str) -> Sheet:
        """Write another scalar in the place of one."""
        old = self.at(way)
        source = str(old).lower() if isinstance(old, bool) else str(old)

        def change(line: str) -> str:
            start = _value_in(line, way)
            return line[:start] + line[start:].replace(source, new, 1)

        return self._with(way, change)

    def key(self, way: Location, new: str) -> Sheet:
        """Write another key in the place of one."""
        return self._with(way, lambda line: re.sub(rf"(?<![\w-]){way[-1]}(?=\"?:)", new, line, count=1))

    def rest(self, way: Location, new: str) -> Sheet:
        """Write something else after a key or a dash, to the end of its line."""
        return self._with(way, lambda line: f"{line[: _value_in(line, way)].rstrip()} {new}")

    def gone(self, way: Location) -> Sheet:
        """Take a line out, and leave an empty one."""
        return self._with(way, lambda line: "")

    def _with(self, way: Location, change: Any) -> Sheet:
        lines = self.text.split("\n")
        place = self.line(way) - 1
        changed = change(lines[place])
        assert changed != lines[place], f"nothing to change at {way} in {lines[place]!r}"
        lines[place] = changed
        return Sheet("\n".join(lines))


def _value_in(line: str, way: Location) -> int:
    """Return where, in its line, the value at a way begins."""
    sign = r"^\s*- " if isinstance(way[-1], int) else rf"(?<![\w-]){way[-1]}\"?:"
    found = re.search(sign, line)
    return found.end() if found else 0
