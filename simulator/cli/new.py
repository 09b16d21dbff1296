"""``simulator new``: a small, complete file to begin one's own from."""

from __future__ import annotations

from pathlib import Path

import click

from simulator.content.library import FOLDERS, KINDS, Kind
from simulator.content.starting import starting_text
from simulator.errors import UsageError


@click.command("new")
@click.argument("kind", type=click.Choice(KINDS))
@click.argument("name", metavar="ID")
def command(kind: Kind, name: str) -> None:
    """Write a small, complete KIND called ID into this folder, to change into your own."""
    text = starting_text(kind, name)
    file = Path(FOLDERS[kind]) / f"{name}.yaml"
    if file.exists():
        raise UsageError(f"{file} is already there; choose another id, or edit it")
    try:
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf8")
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror}") from error
    click.echo(str(file))
    click.echo(f"Edit it, then run: simulator check {file}", err=True)
