"""Show text from people as text: nothing in it becomes markup, a link, a terminal command or an invisible character."""

from __future__ import annotations

import re
import unicodedata

_JOINERS = "\u200c\u200d"
"""Persian, the scripts of India and emoji need these two invisible characters."""
_SPECIAL = re.compile(r"""[\\`*_\[\]<>#|~&$^{}@]""")
_LINKS = re.compile(r"(?<=\w):(?=//)|(?i:(?<=mailto)|(?<=xmpp)):|(?<=\w)\.(?=[^\W\d])")
"""What makes renderers take words for an address: ``http://…``, ``mailto:…``, ``example.org``."""
_LINE_START = re.compile(r"^([-+=:]|\d{1,9}(?=[.)](?:\s|$)))")


class Markdown(str):
    """Mark text that is Markdown already, so that it is not escaped again."""

    __slots__ = ()


def visible(text: str) -> str:
    """Show control, format and other invisible characters as symbols, ␛ or ‹U+202E›. Line breaks stay."""
    text = text.replace("\r\n", "\n")
    return "".join(character if character == "\n" else _symbol(character) for character in text)


def _symbol(character: str) -> str:
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp") and character not in _JOINERS:
        return f"‹U+{code:04X}›"
    return character


def inline(text: str) -> Markdown:
    """Return Markdown that shows a text on one line, its line breaks as ␤."""
    return Markdown(_escaped(visible(text).replace("\n", "␤")))


def quote(text: str) -> Markdown:
    """Return a Markdown block quote that shows a text with its line breaks."""
    lines = [_escaped(line) for line in visible(text).strip("\n").split("\n")]
    shown: list[str] = []
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        # A backslash at the end of a line is a line break, and has no place at the end of a paragraph.
        shown.append(f"> {line}\\" if line and following else f"> {line}".rstrip())
    return Markdown("\n".join(shown))


def _escaped(line: str) -> str:
    line = line.strip()
    line = _SPECIAL.sub(r"\\\g<0>", line)
    line = _LINKS.sub(r"\\\g<0>", line)
    return _LINE_START.sub(_escaped_start, line)


def _escaped_start(found: re.Match[str]) -> str:
    """Escape what would begin a list or underline a heading: the mark itself, or the stop after a number."""
    start = found.group(1)
    return start + "\\" if start.isdigit() else "\\" + start
