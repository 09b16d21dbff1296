"""What every authored model shares, and the words that several of them use."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, Strict, StringConstraints

Stage = Literal["rapport", "exploring", "solutions", "termination"]
STAGES: tuple[Stage, ...] = get_args(Stage)
STAGE_NAMES: dict[Stage, str] = {
    "rapport": "establishing rapport",
    "exploring": "exploring the problem",
    "solutions": "working on solutions",
    "termination": "termination",
}

Mark = Literal["confidentiality", "goal", "next_step", "gains", "ending", "support"]
"""What has to have been spoken of before a stage is done (COUNSELLING.md, "Four stages")."""
MARK_NAMES: dict[Mark, str] = {
    "confidentiality": "confidentiality and its limits",
    "goal": "a goal",
    "next_step": "a next step of the client's own",
    "gains": "what has changed",
    "ending": "how the ending feels",
    "support": "support after the ending",
}
STAGE_MARKS: dict[Stage, tuple[Mark, ...]] = {
    "rapport": ("confidentiality",),
    "exploring": ("goal",),
    "solutions": ("next_step",),
    "termination": ("gains", "ending", "support"),
}

Feedback = Literal["full", "request", "end", "none"]

Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]*$", max_length=60)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
Lines = Annotated[tuple[Line, ...], Field(min_length=1)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000)]
Trust = Annotated[float, Strict(), Field(ge=0, le=0.95)]
Level = Annotated[float, Strict(), Field(ge=1, le=5)]
Count = Annotated[int, Strict(), Field(ge=0)]

Location = tuple[str | int, ...]
"""The way to a value inside a file: keys and positions."""


class Authored(BaseModel):
    """Hold authored content: frozen, and closed to keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    def contradictions(self) -> list[tuple[Location, str]]:
        """List what is wrong between parts that are each well-formed, with the way to each."""
        return []


def repeated_ids(key: str, ids: list[str]) -> list[tuple[Location, str]]:
    """List the ids that stand more than once in the list under ``key``."""
    seen: set[str] = set()
    found: list[tuple[Location, str]] = []
    for position, name in enumerate(ids):
        if name in seen:
            found.append(((key, position, "id"), f"the id '{name}' is already taken in {key}"))
        seen.add(name)
    return found


def nearest(word: str, known: Iterable[str]) -> str:
    """Suggest the known word that is closest in spelling, as the end of a message, or nothing."""
    close = difflib.get_close_matches(word[:60].lower(), list(known), n=1, cutoff=0.6)
    return f"; did you mean '{close[0]}'?" if close else ""


def quoted(value: object) -> str:
    """Show a value of a file in a message: on one line, not too long, as it would be written in YAML."""
    text = str(value).lower() if isinstance(value, bool) else " ".join(str(value).split())
    return f"'{text if len(text) <= 60 else text[:59] + '…'}'"
