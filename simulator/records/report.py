"""Write a session up, for the trainee and a supervisor: as Markdown to read, or as JSON to work with."""

from __future__ import annotations

import json
import re
from functools import cache
from importlib import resources
from typing import Any, Literal

from jinja2 import StrictUndefined, Template
from jinja2.sandbox import SandboxedEnvironment

from simulator.content.authored import STAGE_NAMES
from simulator.content.exercise import Exercise
from simulator.content.persona import Persona
from simulator.content.rubric import Rubric
from simulator.records.figures import Moment
from simulator.records.plain_text import Markdown, inline, quote, visible
from simulator.records.summary import nearest_level, summarise
from simulator.session import CriterionScore, Event, Session

SCHEMA = "session/1"
BAR = 10
"""Cells of a text bar."""
_UNSCORED = {
    "too_short": "too short to judge",
    "not_at_stake": "not at stake",
    "no_exemplars": "nothing to compare with",
}
_EVENTS = {
    "told": "disclosed",
    "declined": "asked too soon",
    "covered": "spoken of",
    "touched": "a sore place",
    "probe": "a boundary tested",
}
# json escapes control characters below 32 only; these would reach a terminal as they are.
_UNSAFE_IN_JSON = re.compile("[\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


def report(
    session: Session,
    persona: Persona,
    rubric: Rubric,
    exercise: Exercise | None,
    format: Literal["md", "json"],  # noqa: A002 - what every reader of the signature expects
) -> str:
    """Return the report of a session, open or ended. Persona, rubric and exercise are those that the session used."""
    if format == "json":
        return _json(session, rubric)
    return _template().render(
        session=session,
        persona=persona,
        rubric=rubric,
        exercise=exercise,
        summary=summarise(session, rubric),
        criteria={criterion.id: criterion for criterion in rubric.criteria},
        codes={code.id: code.name for code in rubric.codes},
        stages=STAGE_NAMES,
        level=_levels(rubric),
    )


def _json(session: Session, rubric: Rubric) -> str:
    whole = {
        "schema": SCHEMA,
        **session.model_dump(mode="json"),
        "summary": summarise(session, rubric).model_dump(mode="json"),
    }
    written = json.dumps(whole, ensure_ascii=False, indent=2, allow_nan=False) + "\n"
    return _UNSAFE_IN_JSON.sub(lambda found: f"\\u{ord(found.group()):04x}", written)


@cache
def _template() -> Template:
    # Everything that the template puts out goes through _shown: what is not marked as Markdown is escaped.
    environment = SandboxedEnvironment(
        undefined=StrictUndefined, finalize=_shown, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )
    environment.filters.update(
        quote=_said,
        bar=_bar,
        percent=_percent,
        happened=_happened,
        unscored=_why_unscored,
    )
    source = resources.files("simulator").joinpath("templates", "report.md.j2").read_text(encoding="utf-8")
    return environment.from_string(source)


def _shown(value: Any) -> str:
    if isinstance(value, Markdown):
        return value
    if value is None:
        return "–"
    return inline(_number(value) if isinstance(value, float) else str(value))


def _said(text: str) -> Markdown:
    return quote(text) if visible(text).strip() else Markdown("> *(says nothing)*")


def _bar(share: float) -> str:
    """Draw a share as cells; what is there at all shows."""
    full = min(max(round(share * BAR), 1 if share > 0 else 0), BAR)
    return "▰" * full + "▱" * (BAR - full)


def _percent(share: float) -> str:
    return f"{share:.0%}".replace("%", " %")


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _happened(event: Event) -> str:
    """Say what an event was, without its reason."""
    what = [_EVENTS.get(event.kind, event.kind)]
    if event.about is not None and event.kind != "stage":
        what.append(event.about)
    if event.change is not None:
        what.append(f"{event.change:+.2f}")
    return " ".join(what)


def _why_unscored(score: CriterionScore | str) -> str:
    why = score if isinstance(score, str) else score.unscored or ""
    return _UNSCORED.get(why, "no level")


def _levels(rubric: Rubric) -> Any:
    """Return what puts a level on a criterion in a number and the rubric's word."""
    words = {criterion.id: criterion.words for criterion in rubric.criteria}

    def level(at: Moment | float, criterion: str | None = None) -> str:
        value, name = (at.level, at.criterion) if isinstance(at, Moment) else (at, criterion)
        word = words[name][nearest_level(value)] if name in words else ""
        return f"{_number(value)} {word}".strip()

    return level
