"""``simulator check``: every problem of the authored content, as ``path:line: message``."""

from __future__ import annotations

from pathlib import Path

import click

from simulator.content.library import Library
from simulator.errors import Problem


@click.command("check")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.pass_context
def command(ctx: click.Context, paths: tuple[Path, ...]) -> None:
    """Check PATHs, or everything the simulator sees, and list every problem as path:line: message."""
    library = Library()
    if paths:
        files = [file for path in paths for file in _files(path)]
        problems = sorted({problem for file in files for problem in library.check_file(file)})
        count = len(files)
    else:
        count, problems = library.check()
    for problem in problems:
        click.echo(str(_shown(problem)))
    files_word = "file" if count == 1 else "files"
    problem_word = "problem" if len(problems) == 1 else "problems"
    click.echo(f"{count} {files_word} checked, {len(problems) or 'no'} {problem_word}", err=True)
    ctx.exit(1 if problems else 0)


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        return sorted(path.rglob("*.yaml"))
    return [path]


def _shown(problem: Problem) -> Problem:
    """Shorten the path to how it is written from here."""
    try:
        return Problem(problem.path.resolve().relative_to(Path.cwd().resolve()), problem.line, problem.message)
    except ValueError:
        return problem
