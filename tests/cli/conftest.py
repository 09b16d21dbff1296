"""Run the command line in this process, as the installed script does."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from simulator.cli import main


class Done(NamedTuple):
    """Hold how a command ended and what it wrote."""

    code: int
    out: str
    err: str


Run = Callable[..., Done]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return what runs a command in a folder of its own, with given bytes on standard input."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)

    def ran(*arguments: str, given: str | bytes = b"") -> Done:
        given = given.encode() if isinstance(given, str) else given
        written = {name: io.TextIOWrapper(io.BytesIO(), encoding="utf8") for name in ("stdout", "stderr")}
        with monkeypatch.context() as patched:
            patched.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given), encoding="utf8"))
            for name, stream in written.items():
                patched.setattr(sys, name, stream)
            with pytest.raises(SystemExit) as left:
                main(list(arguments))
        texts = []
        for stream in written.values():
            stream.flush()
            texts.append(stream.buffer.getvalue().decode())
        return Done(int(left.value.code or 0), *texts)

    return ran
