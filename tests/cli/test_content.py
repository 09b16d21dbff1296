"""``check`` and ``new``: an educator's way from nothing to a file that works."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.content.library import FOLDERS, KINDS, Kind
from simulator.paths import bundled_folder

from .conftest import Run


class TestNew:
    @pytest.mark.parametrize("kind", KINDS)
    def test_gives_a_file_without_problems(self, run: Run, kind: Kind) -> None:
        done = run("new", kind, "my-own")
        assert done.code == 0
        file = Path(done.out.strip())
        assert file == Path(FOLDERS[kind]) / "my-own.yaml"
        checked = run("check", str(file))
        assert (checked.code, checked.out) == (0, "")
        assert f"simulator check {file}" in done.err

    @pytest.mark.parametrize("kind", KINDS)
    def test_never_writes_over_one(self, run: Run, kind: Kind) -> None:
        file = Path(run("new", kind, "my-own").out.strip())
        file.write_text("mine", encoding="utf8")
        done = run("new", kind, "my-own")
        assert (done.code, done.out) == (2, "")
        assert f"{file} is already there" in done.err
        assert file.read_text(encoding="utf8") == "mine"

    @pytest.mark.parametrize("name", ["My Own", "../up", "1st", "ä", "", "x" * 61])
    def test_takes_only_what_can_be_an_id(self, run: Run, name: str) -> None:
        done = run("new", "persona", name)
        assert done.code == 2
        assert f"'{name}' cannot be an id" in done.err
        assert list(Path().iterdir()) == []

    def test_says_where_it_cannot_write(self, run: Run) -> None:
        Path("personas").write_text("a file in the way")
        done = run("new", "persona", "anna")
        assert done.code == 2
        assert "personas/anna.yaml cannot be written" in done.err


class TestCheck:
    def test_all_that_comes_with_the_program_is_sound(self, run: Run) -> None:
        done = run("check")
        assert (done.code, done.out) == (0, "")
        assert "no problems" in done.err

    def test_every_problem_is_shown_at_its_line(self, run: Run) -> None:
        file = Path(run("new", "persona", "anna").out.strip())
        lines = file.read_text(encoding="utf8").splitlines()
        number = next(n for n, line in enumerate(lines, 1) if line.startswith("core:"))
        lines[number - 1] = "core: nothing_like_it"
        file.write_text("\n".join([*lines, "colour: blue", ""]), encoding="utf8")
        done = run("check", str(file))
        assert done.code == 1
        assert any(line.startswith(f"{file}:{len(lines) + 1}: ") and "colour" in line for line in done.out.splitlines())
        file.write_text("\n".join([*lines, ""]), encoding="utf8")
        done = run("check", str(file))
        assert done.out.startswith(f"{file}:{number}: ")
        assert "nothing_like_it" in done.out
        assert done.err == "1 file checked, 1 problem\n"

    def test_a_folder_is_checked_whole(self, run: Run) -> None:
        for kind in KINDS:
            run("new", kind, "anna")
        (Path("personas") / "empty.yaml").touch()
        done = run("check", ".")
        assert done.code == 1
        assert done.out.startswith("personas/empty.yaml:1: ")
        assert done.err.startswith(f"{len(KINDS) + 1} files checked")

    def test_own_files_are_checked_without_being_named(self, run: Run) -> None:
        (Path("exercises")).mkdir()
        (Path("exercises") / "mine.yaml").write_text("schema: exercise/1\nid: mine\n", encoding="utf8")
        done = run("check")
        assert done.code == 1
        assert all(line.startswith("exercises/mine.yaml:") for line in done.out.splitlines())

    def test_a_file_that_is_not_there(self, run: Run) -> None:
        done = run("check", "personas/nobody.yaml")
        assert done.code == 1
        assert done.out.startswith("personas/nobody.yaml:1: ")

    def test_the_same_problem_is_said_once(self, run: Run) -> None:
        Path("broken.yaml").write_text("a: [", encoding="utf8")
        once, twice = run("check", "broken.yaml"), run("check", "broken.yaml", "broken.yaml")
        assert once.code == 1
        assert once.out == twice.out

    def test_a_path_from_elsewhere_is_shown_as_it_is(self, run: Run) -> None:
        done = run("check", str(bundled_folder() / "pyproject.toml"))
        assert done.code == 1
        assert done.out.startswith(str(bundled_folder() / "pyproject.toml"))
