"""The small, complete files from which educators begin their own."""

from __future__ import annotations

import re
from importlib import resources

from simulator.content.library import Kind
from simulator.errors import UsageError


def starting_text(kind: Kind, name: str) -> str:
    """Return the YAML of a new persona, rubric or exercise; raise UsageError where the id cannot be one."""
    from jinja2 import Environment, StrictUndefined

    if not re.fullmatch(r"[a-z][a-z0-9_-]{0,59}", name):
        raise UsageError(f"'{name}' cannot be an id; use small letters, digits, '-' and '_', a letter first")
    template = resources.files("simulator").joinpath("templates", "new", f"{kind}.yaml.j2").read_text(encoding="utf8")
    environment = Environment(undefined=StrictUndefined, keep_trailing_newline=True, autoescape=False)  # YAML, not HTML
    called = re.sub(r"[-_]+", " ", name).title()
    return environment.from_string(template).render(id=name, name=called)
