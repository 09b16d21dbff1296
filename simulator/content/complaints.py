"""Put the complaints of model validation into words that an educator can act on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel, ValidationError

from simulator.content.authored import Location, nearest


def complaints(error: ValidationError, model: type[BaseModel]) -> list[tuple[Location, str]]:
    """List each complaint with the way to its value in the file."""
    return [(tuple(item["loc"]), _said(dict(item), model)) for item in error.errors(include_url=False)]


def _said(item: dict[str, Any], model: type[BaseModel]) -> str:
    way: Location = tuple(item["loc"])
    name = way[-1] if way else "this file"
    context: dict[str, Any] = item.get("ctx", {})
    value = item.get("input")
    shown = f"'{value}'" if isinstance(value, (str, int, float, bool)) else _kind(value)
    match item["type"]:
        case "extra_forbidden":
            return f"'{name}' is not a key here{nearest(str(name), _keys_at(model, way[:-1]))}"
        case "missing":
            return f"the key '{name}' is missing"
        case "literal_error":
            allowed = [str(choice).strip("'") for choice in _choices(context.get("expected", ""))]
            return f"'{name}' cannot be {shown}{nearest(str(value), allowed)} (one of: {', '.join(allowed)})"
        case "string_type":
            return f"'{name}' should be text, not {shown}; put quotation marks around it"
        case "string_pattern_mismatch":
            return f"'{name}' cannot be {shown}; use small letters, digits, '-' and '_', a letter first"
        case "string_too_short" | "too_short":
            return f"'{name}' is empty; it needs at least one"
        case "string_too_long":
            return f"'{name}' is too long: at most {context.get('max_length')} characters"
        case "float_type" | "int_type" | "float_parsing" | "int_parsing" | "int_from_float":
            return f"'{name}' should be a number, not {shown}"
        case "tuple_type" | "list_type":
            return f"'{name}' should be a list (lines that begin with '- '), not {shown}"
        case "dict_type" | "model_type" | "model_attributes_type":
            return f"'{name}' should hold keys of its own (key: value), not {shown}"
        case "greater_than_equal" | "less_than_equal" | "less_than" | "greater_than":
            return f"'{name}' cannot be {shown}: {_bound(item['type'], context)}"
        case "value_error":
            return f"'{name}' {context.get('error', item['msg'])}"
        case _:
            return f"'{name}': {item['msg']}"


def _kind(value: Any) -> str:
    if value is None:
        return "nothing"
    return "a list" if isinstance(value, (list, tuple)) else "a group of keys"


def _bound(kind: str, context: dict[str, Any]) -> str:
    words = {"greater_than_equal": ("at least", "ge"), "less_than_equal": ("at most", "le")}
    words |= {"less_than": ("below", "lt"), "greater_than": ("above", "gt")}
    word, key = words[kind]
    return f"it must be {word} {context.get(key)}"


def _choices(expected: str) -> list[str]:
    return [part.strip() for piece in expected.split(" or ") for part in piece.split(",") if part.strip()]


def _keys_at(model: type[BaseModel], way: Location) -> list[str]:
    """List the keys that the models at ``way`` know, under the names that stand in a file."""
    places: list[Any] = [model]
    for step in way:
        places = [inner for place in places for inner in _step(place, step)]
    keys: list[str] = []
    for place in places:
        if isinstance(place, type) and issubclass(place, BaseModel):
            keys += [field.alias or name for name, field in place.model_fields.items()]
    return keys


def _step(place: Any, step: str | int) -> Iterator[Any]:
    if isinstance(place, type) and issubclass(place, BaseModel):
        for name, field in place.model_fields.items():
            if step in (name, field.alias):
                yield from _unwrapped(field.annotation)
    elif get_origin(place) in (tuple, list) and isinstance(step, int):
        yield from _unwrapped(get_args(place)[0])
    elif get_origin(place) is dict:
        yield from _unwrapped(get_args(place)[1])


def _unwrapped(annotation: Any) -> Iterator[Any]:
    """Yield the types that an annotation allows, without wrapping."""
    if get_origin(annotation) is Annotated:
        yield from _unwrapped(get_args(annotation)[0])
    elif get_origin(annotation) in (tuple, list, dict) or isinstance(annotation, type):
        yield annotation
    else:
        for choice in get_args(annotation):
            yield from _unwrapped(choice)
