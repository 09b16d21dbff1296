"""Put the complaints of model validation into words that an educator can act on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel, ValidationError

from simulator.content.authored import Location, nearest, quoted


def complaints(error: ValidationError, model: type[BaseModel], data: Any) -> list[tuple[Location, str]]:
    """List each complaint about ``data`` with the way to its value in the file."""
    found: dict[tuple[Location, str], None] = {}
    for item in error.errors(include_url=False):
        way = _way(item["loc"], data, item["type"])
        if not _says_nothing(item["type"], item["input"], of_branch=len(way) < len(item["loc"])):
            found[way, _said(dict(item), way, model)] = None
    return list(found)


def _way(place: Location, data: Any, kind: str) -> Location:
    """Leave out the steps that validation adds for the branches of a union and for keys: no file holds them."""
    way: list[str | int] = []
    for step in place:
        here = step in data if isinstance(data, dict) else isinstance(data, list) and isinstance(step, int)
        if here:
            data = data[step]
        if here or (kind == "missing" and step == place[-1]):
            way.append(step)
    return tuple(way)


def _says_nothing(kind: str, value: Any, of_branch: bool) -> bool:
    """Tell whether a complaint only follows from another: its mending mends this one too."""
    if of_branch and (kind == "tuple_type" or (kind == "string_type" and isinstance(value, list))):
        # What may be a text or a list is neither; one complaint is enough, that of what it looks like.
        return True
    # Items that are wrong are not counted, so that a list of them would be called empty.
    return kind == "too_short" and bool(value)


def _said(item: dict[str, Any], way: Location, model: type[BaseModel]) -> str:
    name = _named(way)
    context: dict[str, Any] = item.get("ctx", {})
    value = item.get("input")
    shown = quoted(value) if isinstance(value, (str, int, float, bool)) else _kind(value)
    match item["type"]:
        case "extra_forbidden":
            return f"{name} is not a key here{nearest(str(way[-1]), _keys_at(model, way[:-1]))}"
        case "missing":
            return f"the key {name} is missing"
        case "literal_error":
            allowed = [str(choice).strip("'") for choice in _choices(context.get("expected", ""))]
            if allowed == ["True"]:
                return f"{name} can only be true; leave it out otherwise"
            return f"{name} cannot be {shown}{nearest(str(value), allowed)} (one of: {', '.join(allowed)})"
        case "string_type" if value is None:
            return f"{name} is empty; write something after it, or delete it"
        case "string_type":
            return f"{name} should be text, not {shown}; put quotation marks around it"
        case "string_pattern_mismatch":
            what = f"the key {shown} cannot be used" if "[key]" in item["loc"] else f"{name} cannot be {shown}"
            return f"{what}; use small letters, digits, '-' and '_', a letter first{_as_id(str(value))}"
        case "string_too_short":
            return f"{name} is empty; write something between the quotation marks, or delete it"
        case "too_short":
            return f"{name} is empty; it needs at least one"
        case "string_too_long":
            return f"{name} is too long: at most {context.get('max_length')} characters"
        case "int_type" | "int_parsing" | "int_from_float":
            return f"{name} should be a whole number, not {shown}"
        case "float_type" | "float_parsing":
            hint = "; take the quotation marks away" if re.fullmatch(r"\d+(\.\d+)?", str(value)) else ""
            return f"{name} should be a number, not {shown}{hint}"
        case "bool_type" | "bool_parsing":
            return f"{name} should be true or false, not {shown}"
        case "tuple_type" | "list_type":
            return f"{name} should be a list (lines that begin with '- '), not {shown}"
        case "dict_type" | "model_type" | "model_attributes_type":
            return f"{name} should hold keys of its own (key: value), not {shown}"
        case "greater_than_equal" | "less_than_equal" | "less_than" | "greater_than":
            return f"{name} cannot be {shown}: {_bound(item['type'], context)}"
        case "value_error":
            return f"{name} {context.get('error', item['msg'])}"
        case _:
            return f"{name}: {item['msg']}"


def _named(way: Location) -> str:
    """Name a value by its key, or by its place in the list of that key."""
    if not way:
        return "this file"
    if isinstance(way[-1], str):
        return quoted(way[-1])
    inside = next((step for step in reversed(way) if isinstance(step, str)), None)
    return f"item {way[-1] + 1}" + (f" of {quoted(inside)}" if inside else "")


def _as_id(text: str) -> str:
    """Suggest how a text might be written as an id, as the end of a message, or nothing."""
    name = re.sub(r"[^a-z0-9-]+", "_", text.lower()).strip("_-")
    return f", such as '{name}'" if re.fullmatch(r"[a-z][a-z0-9_-]{0,59}", name) else ""


def _kind(value: Any) -> str:
    if value is None:
        return "nothing"
    return "a list" if isinstance(value, (list, tuple)) else "a group of keys"


def _bound(kind: str, context: dict[str, Any]) -> str:
    words = {"greater_than_equal": ("at least", "ge"), "less_than_equal": ("at most", "le")}
    words |= {"less_than": ("below", "lt"), "greater_than": ("above", "gt")}
    word, key = words[kind]
    return f"it must be {word} {context.get(key):g}"


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
