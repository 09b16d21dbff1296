"""Text from people, files or models as Textual content: always as text, never as markup."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from textual.content import Content

from simulator.records.plain_text import visible

if TYPE_CHECKING:
    from simulator.session import Evidence

Part = str | Content | tuple[str, str]
_DIRECTION = re.compile(r"\([^()\n]{1,400}\)")
MARKS = {"raises": "underline $raises", "lowers": "italic underline $lowers"}
"""How words that moved a score stand out in a reply: by a line and by slant as well as by colour."""
SIGNS = {"raises": "+", "lowers": "−"}


def shown(text: str, most: int | None = None) -> str:
    """Return text with characters that command a terminal made visible, cut to ``most`` characters if given."""
    text = visible(text)
    return text if most is None or len(text) <= most else text[: most - 1].rstrip() + "…"


def said(text: str) -> Content:
    """Set a client's words, with (stage directions) apart from what is spoken."""
    text = shown(text)
    content = Content(text)
    for found in _DIRECTION.finditer(text):
        content = content.stylize("italic $quiet", found.start(), found.end())
    return content


def marked(text: str, evidence: Iterable[Evidence]) -> Content:
    """Set a reply with the words that moved its scores marked."""
    spans = [(one.start, one.end, one.effect) for one in evidence if 0 <= one.start < one.end <= len(text)]
    cuts = sorted({0, len(text), *(start for start, _, _ in spans), *(end for _, end, _ in spans)})
    parts: list[Part] = []
    for begin, end in itertools.pairwise(cuts):
        # What several criteria point at is marked by what lowered it: that is what there is to learn from.
        effects = [effect for start, stop, effect in spans if start <= begin and end <= stop]
        style = MARKS[max(effects, key=lambda effect: effect == "lowers")] if effects else ""
        parts.append((shown(text[begin:end]), style))
    return Content.assemble(*parts)


def lines(parts: Sequence[Content | str]) -> Content:
    """Set pieces one below the other."""
    return Content("\n").join(parts)


def heading(text: str) -> Content:
    """Set a heading."""
    return Content.styled(text, "bold $primary")


def quiet(text: str) -> Content:
    """Set text that stays in the background."""
    return Content.styled(shown(text), "$quiet")


def keys(*pairs: tuple[str, str]) -> Content:
    """Set a line of keys with what each does."""
    parts: list[Part] = []
    for key, what in pairs:
        parts += ["   " if parts else "", (key, "bold $accent"), " ", (what, "$quiet")]
    return Content.assemble(*parts)
