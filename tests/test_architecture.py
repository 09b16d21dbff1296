"""What is imported when: the core knows neither a screen nor a model, and nothing heavy comes before it is needed."""

from __future__ import annotations

import json
import pkgutil
import subprocess
import sys

import pytest

import simulator
from simulator import content

HEAVY = frozenset(
    ["textual", "torch", "transformers", "sentence_transformers", "sklearn", "sqlalchemy", "openai", "matplotlib"]
)
CORE = [
    "simulator.errors",
    "simulator.paths",
    *(f"simulator.content.{module.name}" for module in pkgutil.iter_modules(content.__path__)),
    "simulator.session",
    "simulator.alliance",
    "simulator.verdict",
    "simulator.practice",
]


def imported_by(module: str) -> set[str]:
    """Return the top-level packages that a fresh interpreter holds after importing a module."""
    code = f"import sys, json, {module}; print(json.dumps(sorted({{name.split('.')[0] for name in sys.modules}})))"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    found: list[str] = json.loads(done.stdout)
    return set(found)


@pytest.mark.parametrize("module", CORE)
def test_the_core_imports_neither_a_screen_nor_a_model(module: str) -> None:
    assert imported_by(module) & HEAVY == set()


def test_the_app_opens_without_the_encoder_the_store_and_the_content() -> None:
    heavy = {"torch", "transformers", "sentence_transformers", "sklearn", "sqlalchemy", "pydantic", "matplotlib"}
    assert imported_by("simulator.tui.app") & heavy == set()


def test_the_command_line_opens_without_pydantic_too() -> None:
    assert imported_by("simulator.cli") & (HEAVY | {"pydantic", "yaml", "numpy", "rich", "jinja2", "alembic"}) == set()


def test_the_store_opens_without_migrations_and_templates() -> None:
    assert imported_by("simulator.records.store") & {"alembic", "jinja2", "torch", "matplotlib"} == set()


def test_the_scorer_loads_without_fitting() -> None:
    assert imported_by("simulator.scoring.scorer") & {"sklearn", "torch", "transformers", "textual"} == set()


def test_the_test_sees_what_is_imported() -> None:
    """Without this, a broken probe would let everything pass."""
    assert {"sqlalchemy", "simulator"} <= imported_by("simulator.records.store")
    assert "textual" in imported_by("textual.app")
    assert simulator.__name__ in imported_by("simulator.errors")
