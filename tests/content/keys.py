"""The table of every key of a format, made from the models, so that the READMEs cannot fall behind them.

``python -m tests.content.keys persona`` writes one.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from simulator.content.exercise import Exercise
from simulator.content.persona import Persona
from simulator.content.rubric import Bank, Rubric
from simulator.content.walkthrough import Walkthrough

FORMATS: dict[str, type[BaseModel]] = {
    "persona": Persona,
    "rubric": Rubric,
    "exercise": Exercise,
    "walkthrough": Walkthrough,
    "exemplars": Bank,
}


def table(model: type[BaseModel]) -> str:
    """Return the table as Markdown."""
    lines = ["| key | what stands there | what it means |", "|---|---|---|"]
    return "\n".join([*lines, *(f"| `{key}` | {kind} | {about} |" for key, kind, about in rows(model, "", {}))])


def rows(model: type[BaseModel], before: str, seen: dict[type[BaseModel], str]) -> Iterator[tuple[str, str, str]]:
    for name, field in model.model_fields.items():
        key = f"{before}{field.alias or name}"
        types = list(unwrapped(field.annotation))
        models = [one for one in types if isinstance(one, type) and issubclass(one, BaseModel)]
        about = str(field.description)
        if models and models[0] in seen:
            yield key, what(field, types), f"{about} Same keys as `{seen[models[0]]}`."
            continue
        yield key, what(field, types), about
        for inner in models:
            seen[inner] = key
            yield from rows(inner, f"{key}.*." if dict in types else f"{key}.", seen)


def unwrapped(annotation: Any) -> Iterator[Any]:
    """Yield an annotation and all that it is made of."""
    origin = get_origin(annotation)
    if origin is Literal:
        yield annotation
    elif origin is Annotated:
        yield from unwrapped(get_args(annotation)[0])
    else:
        yield origin or annotation
        for part in get_args(annotation):
            yield from unwrapped(part)


def what(field: FieldInfo, types: list[Any]) -> str:
    words = [word for one in types if get_origin(one) is Literal for word in get_args(one)]
    if words:
        kind = " · ".join(f"`{str(word).lower() if word is True else word}`" for word in words)
        kind = f"list of {kind}" if tuple in types else kind
    elif dict in types:
        kind = "keys: numbers" if float in types else "keys"
    elif tuple in types:
        kind = "text, or list" if types.count(str) > 1 else "list"
    elif bool in types:
        kind = "true or false"
    elif float in types or int in types:
        kind = "number" if float in types else "whole number"
    else:
        kind = "text" if str in types else "keys"
    return kind + optional(field)


def optional(field: FieldInfo) -> str:
    if field.is_required():
        return ""
    default = field.get_default(call_default_factory=True)
    if isinstance(default, bool):
        return f"; else `{str(default).lower()}`"
    if default is PydanticUndefined or not isinstance(default, (str, int, float)):
        return "; can be left out"
    return f"; else `{default}`"


if __name__ == "__main__":
    sys.stdout.write(table(FORMATS[sys.argv[1]]) + "\n")
