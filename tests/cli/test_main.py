"""The entry point: help, exit codes, and what happens when nobody reads on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from simulator import __version__
from simulator.cli.main import COMMANDS

from .conftest import Run

SCRIPT = Path(sys.executable).with_name("simulator")


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys, json\n"
        "from simulator.cli import main\n"
        "try:\n    main(['--help'])\n"
        "except SystemExit as left:\n    print(json.dumps([left.code, *sys.modules]), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    exit_code, *modules = json.loads(done.stderr)
    assert exit_code == 0
    packages = {name.split(".")[0] for name in modules}
    heavy = (
        "torch transformers sentence_transformers sklearn numpy sqlalchemy alembic textual rich jinja2 yaml pydantic"
    )
    assert packages & set(heavy.split()) == set()
    assert "click" in packages


def test_the_installed_script_lists_every_command() -> None:
    done = subprocess.run([SCRIPT, "--help"], capture_output=True, text=True, check=True)
    assert all(f"  {name} " in done.stdout for name in COMMANDS)
    assert done.stderr == ""


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(run: Run, name: str) -> None:
    done = run(name, "--help")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(f"Usage: simulator {name}")


def test_version(run: Run) -> None:
    assert run("--version").out.split()[-1] == __version__


@pytest.mark.parametrize(
    "arguments", [["nothing"], ["check", "--nothing"], ["schema"], ["schema", "nothing"], ["new", "persona"]]
)
def test_a_wrong_call_is_2(run: Run, arguments: list[str]) -> None:
    done = run(*arguments)
    assert done.code == 2
    assert done.out == ""
    assert "Usage: simulator" in done.err


def test_nobody_reads_on() -> None:
    """As in ``simulator schema persona | head -1``."""
    command = [sys.executable, "-m", "simulator", "schema", "persona"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    complaint = process.stderr.read()
    process.stderr.close()
    process.wait()
    assert complaint == b""


def test_a_terminal_that_cannot_show_everything() -> None:
    command = [sys.executable, "-m", "simulator", "schema", "persona"]
    environment = {**os.environ, "PYTHONIOENCODING": "latin-1", "PYTHONUTF8": "0"}
    done = subprocess.run(command, capture_output=True, env=environment, check=True)
    assert b"\\u2026" in done.stdout
    assert "…" not in done.stdout.decode("latin-1")


@pytest.mark.parametrize("kind", ["persona", "rubric", "exercise", "walkthrough", "exemplars"])
def test_a_schema_explains_every_key(run: Run, kind: str) -> None:
    done = run("schema", kind)
    assert (done.code, done.err) == (0, "")
    schema = json.loads(done.out)
    assert schema["$schema"].startswith("https://json-schema.org/")
    assert schema["properties"]["schema"]["const"] == f"{kind}/1"
    objects = [schema, *schema.get("$defs", {}).values()]
    keys = [(name, key) for one in objects for name, key in one.get("properties", {}).items()]
    assert keys
    assert [name for name, key in keys if not key.get("description")] == []
